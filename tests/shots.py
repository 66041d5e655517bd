"""`make shots`: a lake's console in headless Chromium, every page, as PNGs to be looked at.

Sites: the generated world of the console's tests, an empty one, or the data directory that is named. Files go
to .cache/shots/SITE-PAGE-LOOK.png; the looks are light, dark, phone, Hindi, Bengali and Estonian.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, sync_playwright

from collector.datadir import DataDir
from tests.e2e.people import sign_in
from tests.e2e.server import ROOT, Server, hetk
from tests.e2e.test_browser_console import CHROMIUM, OWN, PAGES, give, send
from tests.warehouse.console.world import make_lake
from warehouse.people import entry, users
from warehouse.people.entry import Who
from warehouse.people.log import SHELL, By
from warehouse.people.roles import Role
from warehouse.people.store import People

OUT = ROOT / ".cache" / "shots"
SETTLED_MS = 60_000
DOORS = ("login", "setup")
ONES = (
    "one",
    "story",
    "campaign",
)  # of the visitor with most moments, a visit with decisions; a campaign whose file was changed
RICHEST = "SELECT visitor_id, arg_max(session_id, n_events) AS session_id FROM moments WHERE site_id = '{}' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
CHANGED = "tasting-room"
EVENTS = 30_000  # enough that some campaigns have a verdict
WANTED = (
    "tea shop near me", "difference between assam and darjeeling", "buy oolong 100 g", "how to brew white tea",
    "चाय की दुकान", "price of a copper kettle",
)  # fmt: skip
DECIDED = "SELECT session_id FROM ev_sessions WHERE site_id = '{}' AND event = 'decision_dismissed' GROUP BY 1 ORDER BY count(*), 1 LIMIT 1"
INVITED = "Ana-Liisa von und zu Õllesaare"
DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 900}}
LOOKS: dict[str, dict[str, Any]] = {
    "light": DESK | {"locale": "en-GB", "color_scheme": "light"},
    "dark": DESK | {"locale": "en-GB", "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "color_scheme": "light"},
    "hindi": DESK | {"locale": "hi-IN", "color_scheme": "light"},
    "bengali": DESK | {"locale": "bn-BD", "color_scheme": "light"},
    "estonian": DESK | {"locale": "et-EE", "color_scheme": "light"},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="show this data directory instead of the generated ones")
    parser.add_argument("--site", default="shop", help="the site of --data to show")
    parser.add_argument(
        "--pages", default=",".join([*PAGES, *ONES, *OWN, *DOORS]), help="which pages, by commas"
    )
    parser.add_argument("--looks", default=",".join(LOOKS), help="which looks, by commas")
    parser.add_argument("--range", default="28d", help="which days")
    asked = parser.parse_args()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        data = asked.data or make_lake(Path(folder) / "data", EVENTS).root
        with Server(data) as server:
            key = "" if asked.data else hetk("site", "key", "shop", "--write", "--data", data).stdout.strip()
            sites = [asked.site] if asked.data else [asked.site, "empty"]
            if not asked.data:
                server.add_site("empty")
                work_on_campaigns(server)
            for site in sites:
                shoot(server, site, asked.pages.split(","), asked.looks.split(","), asked.range, key)
    print(f"{len(list(OUT.iterdir()))} pictures in {OUT.relative_to(ROOT)}")


def shoot(server: Server, site: str, pages: list[str], looks: list[str], days: str, key: str = "") -> None:
    """Every page in every look; with a write key people are there while the overview is taken."""
    cookie = sign_in(server)
    populate(server)
    richest = server.rows(RICHEST.format(site))
    if richest and (decided := server.rows(DECIDED.format(site))):
        richest[0] |= decided[0]
    pages = [name for name in pages if richest or name not in ONES]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for look in looks:
            for name in pages:
                if name == "" and key and site != "empty":
                    visit(server, key)
                file = OUT / f"{site}-{name or 'overview'}-{look}.png"
                picture(
                    browser,
                    address(server, name, site, days, *richest),
                    look,
                    file,
                    cookie if name not in DOORS else "",
                )
                print(file.name, flush=True)
        browser.close()


def address(server: Server, name: str, site: str, days: str, *richest: dict[str, Any]) -> str:
    """Of a page; `login` and `setup` are what stands before them all, `one` is a visitor, `story` a visit."""
    if name == "one":
        return f"{server.private_url}/console/visitor?site={site}&visitor={richest[0]['visitor_id']}"
    if name == "story":
        return f"{server.private_url}/console/story?site={site}&id={richest[0]['session_id']}"
    if name == "campaign":
        return f"{server.private_url}/console/campaigns?site={site}&range={days}&campaign={CHANGED}"
    if name == "setup":
        link = users.link(People(DataDir(server.data)), INVITED, By("", SHELL))
        return f"{server.private_url}/console/setup#{link}"
    return f"{server.private_url}/console/{name if name != 'login' else ''}?site={site}&range={days}"


def populate(server: Server) -> None:
    """Some people, of whom some have been here, and a token."""
    people, by = People(DataDir(server.data)), By("admin", "203.0.113.0/24")
    for name, role in (("Mari Maasikas", "analyst"), ("রাহুল দে", "viewer")):
        sign_in(server, cast(Role, role), name)
    if users.password_of(people, INVITED) is None:
        users.add(people, INVITED, "viewer", by)
        id = (users.password_of(people, "admin") or (0,))[0]
        me = Who(id, "admin", "admin", "session")
        entry.make_token(people, me, "nightly spreadsheet", "viewer", 90, by)
        entry.make_token(people, me, "notebook", "analyst", 0, by)


def visit(server: Server, key: str) -> None:
    """A few people search, each for something else, just now."""
    for n, words in enumerate(WANTED):
        consent = {"visitor": f"now-{n}", "mode": "first_party", "consent": {"analytics": True}}
        send(server, key, [{"event": "search", "props": {"search_term": words}}], **consent)


def work_on_campaigns(server: Server) -> None:
    """One is changed and not published, one stopped, one has a mistake."""
    folder = server.data / "campaigns" / "shop"
    edits = {CHANGED: ('distance = "25 km"', 'lang = ["et"]'), "pot-size": ('"kettles"', '"kettles/"')}
    for name, (there, instead) in edits.items():
        path = folder / f"{name}.toml"
        path.write_text(path.read_text("utf-8").replace(there, instead), "utf-8")
    hetk("campaign", "stop", "shop", "cart-help", "--data", server.data)


def picture(browser: Browser, url: str, look: str, file: Path, cookie: str) -> None:
    """The whole page, once nothing on it waits."""
    context = browser.new_context(reduced_motion="reduce", **LOOKS[look])
    if cookie:
        give(context, cookie)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("main .tile", timeout=SETTLED_MS)
    page.wait_for_selector(".wait", state="detached", timeout=SETTLED_MS)
    if page.query_selector(".now"):
        page.wait_for_selector(".live .dot.on", timeout=SETTLED_MS)
    page.wait_for_timeout(500)  # fonts and charts; a picture, not a test
    page.screenshot(path=file, full_page=True)
    context.close()


if __name__ == "__main__":
    main()
