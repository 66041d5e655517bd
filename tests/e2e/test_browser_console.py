"""A real Chromium opens the console of a running server: figures, filters, the live strip, no error."""

from __future__ import annotations

import json
import re
import shutil
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.e2e.people import sign_in
from tests.e2e.server import ROOT, Server, hetk, wait_until
from tests.warehouse.console.world import make_lake

AXE = ROOT / "warehouse/console/web/node_modules/axe-core/axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
expect.set_options(timeout=30_000)
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: sudo apt install chromium"),
]


def give(context: BrowserContext, cookie: str) -> None:
    """Signs a browser in (tests/e2e/people.py)."""
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": "/console/"}])


@contextmanager
def tab(cookie: str = "", expected: str = "net::ERR_ABORTED", **options: Any) -> Iterator[Page]:
    """A page of whoever has the cookie, that may log no error but `expected`, fail no request, open no dialogue.

    A page that is left takes its requests with it: they end in ERR_ABORTED.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-IN", **options)
        context.set_default_timeout(20_000)
        if cookie:
            give(context, cookie)
        page = context.new_page()
        mistakes: list[str] = []
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda line: mistakes.append(line.text) if line.type == "error" else None)
        page.on("requestfailed", lambda request: mistakes.append(f"{request.url} failed: {request.failure}"))
        page.on("dialog", lambda dialog: mistakes.append(f"a dialogue: {dialog.message}"))
        yield page
        assert [one for one in mistakes if not re.search(expected, one)] == []
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("console")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HETK_TOMBSTONE_KEY", str(folder / "elsewhere" / "tombstone.key"))
        with Server(make_lake(folder / "data").root) as running:
            yield running


def send(server: Server, key: str, events: list[dict[str, Any]], **context: Any) -> None:
    """Through the public door, as a page would."""
    now = time.time_ns() // 1_000_000
    ids = [
        f"{now:012x}"[:8] + "-" + f"{now:012x}"[8:] + f"-7{n:03x}-8000-{n:012x}" for n in range(len(events))
    ]
    sent = [
        {"id": id, "t": now, "seq": n, **event} for n, (id, event) in enumerate(zip(ids, events, strict=True))
    ]
    body = json.dumps({"v": 1, "key": key, "sent": now, "ctx": context, "events": sent}).encode()
    headers = {"Content-Type": "text/plain", "User-Agent": AGENT}
    with urllib.request.urlopen(
        urllib.request.Request(f"{server.url}/v1/events", data=body, headers=headers)
    ) as ok:
        assert ok.status < 300


def test_a_walk_through_the_console(server: Server) -> None:
    key = server.add_site("walk")
    with tab(sign_in(server)) as page:
        page.goto(f"{server.private_url}/console/?site=shop")
        channels = page.get_by_role("region", name="Channels")
        expect(channels.get_by_role("button", name="E-mail")).to_be_visible()
        before = page.locator(".card b").first.inner_text()
        channels.get_by_role("button", name="E-mail").click()
        expect(page.get_by_role("button", name="Take away the filter channel E-mail")).to_be_visible()
        assert "channel=email" in page.url
        expect(page.locator(".card b").first).not_to_have_text(before)
        channels.get_by_role("button", name="SQL").click()
        expect(channels.locator("pre")).to_contain_text("channel = 'email'")
        page.get_by_role("region", name="Moments by intent").get_by_role("button", name="Table").click()
        expect(page.get_by_role("columnheader", name="intent")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Take away the filter channel E-mail")).to_be_visible()
        page.get_by_role("combobox", name="Site").select_option("walk")
        page.get_by_role("button", name="Take away the filter channel E-mail").click()
        expect(page.get_by_text("hetk snippet walk")).to_be_visible()
        expect(page.locator(".live .dot.on")).to_be_visible()
        send(server, key, [{"event": "search", "props": {"search_term": "copper kettle"}}])
        expect(page.get_by_label("The latest moments and searches")).to_contain_text("copper kettle")


PAGES = [
    "",
    "moments",
    "journeys",
    "searches",
    "products",
    "funnels",
    "channels",
    "visitor",
    "campaigns",
    "uplift",
    "quality",
    "questions",
    "sql",
]
OWN = ["people", "account"]
STRINGS = (Path(__file__).parents[1] / "warehouse" / "console" / "xss.txt").read_text("utf-8").splitlines()


@pytest.mark.long
@pytest.mark.parametrize("name", [*PAGES, *OWN])
def test_every_page_opens_without_a_mistake(server: Server, name: str) -> None:
    with tab(sign_in(server)) as page:
        page.goto(f"{server.private_url}/console/{name}?site=shop")
        expect(page.locator("main .wait").first).to_be_hidden()
        expect(page.locator(".tile").first).to_be_visible()
        expect(page.locator(".tile[aria-busy=true]")).to_have_count(0, timeout=120_000)
        expect(page.locator(".failed")).to_have_count(0)


@pytest.mark.long
def test_nothing_that_is_sent_runs(server: Server) -> None:
    """As event, page, title, search, product and campaign; on every page that shows one."""
    assert len(STRINGS) == 60
    key = server.add_site("hostile")
    events: list[dict[str, Any]] = []
    for text in STRINGS:
        events += [
            {"event": "page_view", "url": f"https://x.example/{quote(text)}?utm_campaign={quote(text)}"},
            {"event": "page_view", "title": text},
            {"event": "search", "props": {"search_term": text, "results": 0}},
            {"event": "view_item", "props": {"product_id": text, "category": text, "item_name": text}},
            {"event": text[:60], "props": {text[:30]: text}},
        ]
    for n in range(0, len(events), 40):
        send(server, key, events[n : n + 40], url="https://x.example/")
    wait_until(lambda: len(server.rows("FROM searches WHERE site_id = 'hostile'")) >= 50)
    with tab(sign_in(server)) as page:
        for name in PAGES:
            for more in ("", f"&search={quote(STRINGS[3])}"):
                page.goto(f"{server.private_url}/console/{name}?site=hostile&range=today{more}")
                expect(page.locator(".tile").first).to_be_visible()
                expect(page.locator(".tile[aria-busy=true]")).to_have_count(0, timeout=120_000)
            assert page.locator("main :is(script, iframe, object, embed, img, style, form)").count() == 0
        page.goto(f"{server.private_url}/console/searches?site=hostile&range=today")
        expect(page.get_by_role("region", name="Most searched")).to_contain_text("<")


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds on a page that was opened with bypass_csp."""
    if not AXE.exists():
        pytest.skip("axe-core is not here: npm --prefix warehouse/console/web ci")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


@pytest.mark.long
def test_from_a_journey_to_a_visit_and_its_visitor(server: Server) -> None:
    with tab(sign_in(server), bypass_csp=True, timezone_id="Asia/Kolkata") as page:
        page.goto(f"{server.private_url}/console/journeys?site=shop&range=28d")
        expect(page.locator(".live")).to_contain_text("a day begins at 05:30")
        visits = page.locator(".tile", has=page.locator(".visits")).locator("li")
        expect(visits.first).to_be_visible()
        page.get_by_role("button", name="1. buy → not answered").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="The visits that went this way")).to_be_visible()
        assert "follows=1-buy-unanswered" in page.url
        assert violations(page) == []
        visits.first.get_by_role("link").click()
        expect(page.get_by_role("heading", name="In plain words")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("link", name="Everything of this visitor").click()
        expect(page.get_by_role("region", name="What happened, visit by visit")).to_be_visible()
        expect(page.get_by_role("region", name="Consent now")).to_be_visible()
        assert violations(page) == []


@pytest.mark.long
def test_an_admin_hands_out_and_forgets(server: Server) -> None:
    key = server.add_site("forgetful")
    consent = {"visitor": "visitor-Zoe-9431", "mode": "first_party", "consent": {"analytics": True}}
    send(server, key, [{"event": "search", "props": {"search_term": "copper kettle"}}], **consent)
    wait_until(lambda: server.rows("FROM ev WHERE site_id = 'forgetful'"))
    with tab(sign_in(server), bypass_csp=True) as page:
        page.goto(f"{server.private_url}/console/visitor?site=forgetful")
        page.get_by_role("searchbox", name="Visitor id").fill("visitor-Zoe-9431")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("region", name="What happened")).to_contain_text("copper kettle")
        with page.expect_download() as file:
            page.get_by_role("button", name="Hand out as JSON").click()
        assert "copper kettle" in Path(file.value.path()).read_text("utf-8")
        page.get_by_role("button", name="Forget …").click()
        dialogue = page.get_by_role("dialog", name="Forget this visitor?")
        expect(dialogue).to_contain_text("1 visit with 1 event")
        assert violations(page) == []
        dialogue.get_by_role("button", name="Cancel").click()
        expect(dialogue).to_be_hidden()
        page.get_by_role("button", name="Forget …").click()
        dialogue.get_by_role("button", name="Forget for good").click()
        expect(page.get_by_role("status")).to_contain_text("1 event erased", timeout=90_000)
        expect(page.get_by_text("Nothing is kept under this id.")).to_be_visible()
    assert server.rows("FROM ev WHERE site_id = 'forgetful'") == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["hi", "bn", "et"])
def test_errors_come_in_the_readers_language(server: Server, language: str) -> None:
    own = json.loads((ROOT / f"warehouse/console/web/src/messages/errors/{language}.json").read_text("utf-8"))
    with tab(sign_in(server), expected="status of 400") as page:
        page.add_init_script(f"localStorage.setItem('hetk-language', '{language}')")
        page.goto(f"{server.private_url}/console/sql?site=shop&q=DELETE FROM events")
        page.locator(".button.main").click()
        said = own["this is a {} statement, and the console only reads: ask with SELECT or FROM"]
        expect(page.locator(".error")).to_have_text(said.replace("{1}", "delete"))


@pytest.mark.long
@pytest.mark.parametrize("name", [*PAGES, *OWN])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(server: Server, name: str, scheme: Literal["light", "dark"]) -> None:
    with tab(sign_in(server), color_scheme=scheme, bypass_csp=True) as page:
        page.goto(f"{server.private_url}/console/{name}?site=shop")
        expect(page.locator(".tile").first).to_be_visible()
        expect(page.locator(".tile[aria-busy=true]")).to_have_count(0, timeout=120_000)
        found = violations(page)
    assert found == []


@pytest.mark.long
def test_an_admin_publishes_and_stops_campaigns(server: Server) -> None:
    folder = server.data / "campaigns" / "shop"
    path = folder / "cart-help.toml"
    whole = path.read_text("utf-8")
    with tab(sign_in(server), bypass_csp=True) as page:
        page.goto(f"{server.private_url}/console/campaigns?site=shop")
        expect(page.get_by_role("region", name="Places on the pages")).to_contain_text(
            "above the lines of the cart"
        )
        path.write_text(whole.replace('cart = ["abandoned"]', 'cart = ["abandond"]'), "utf-8")
        page.get_by_role("button", name="Check again").click()
        mistakes = page.get_by_role("region", name="Mistakes")
        expect(mistakes).to_contain_text("did you mean abandoned?")
        assert violations(page) == []
        mistakes.get_by_role("link").click()
        expect(page.locator(".source li.minus")).to_contain_text("there is no cart 'abandond'")
        assert violations(page) == []
        path.write_text(whole.replace('cart = ["abandoned"]\n', ""), "utf-8")
        page.get_by_role("link", name="All campaigns").click()
        page.get_by_role("button", name="Check again").click()
        expect(page.get_by_role("status")).to_contain_text("no mistakes")
        wider = page.get_by_role("region", name="What publishing would change")
        expect(wider).to_contain_text("the condition is gone: cart")
        wider.get_by_role("button", name="Publish").click()
        wider.get_by_role("button", name="Really publish, to more people").click()
        expect(page.get_by_role("status")).to_contain_text("Published")
        expect(wider).to_be_hidden()
        page.get_by_role("link", name="A cart that was left").click()
        expect(page.get_by_role("region", name="In plain words")).to_contain_text("at most 1 time a day")
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Really stop").click()
        expect(page.get_by_role("status")).to_contain_text("Stopped")
        page.get_by_role("link", name="All campaigns").click()
        page.get_by_role("button", name="Stop all campaigns …").click()
        dialogue = page.get_by_role("dialog", name="Stop all campaigns")
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(dialogue).to_be_hidden()
        page.get_by_role("button", name="Stop all campaigns …").click()
        dialogue.get_by_role("button", name="Stop all campaigns").click()
        expect(page.get_by_role("region", name="Stop all campaigns")).to_contain_text("every page keeps")
        page.get_by_role("button", name="Let it be shown again").click()
        expect(page.get_by_role("region", name="Stop all campaigns")).to_be_hidden()
    path.write_text(whole, "utf-8")
    hetk("campaign", "stop", "shop", "cart-help", "--undo", "--data", server.data)
    hetk("campaign", "publish", "shop", "--yes", "--data", server.data)


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "hi", "bn", "et"])
def test_decisions_stand_in_the_story_of_a_visit(server: Server, language: str) -> None:
    words = json.loads((ROOT / f"warehouse/console/web/src/messages/{language}.json").read_text("utf-8"))
    (one,) = server.rows(
        "SELECT session_id FROM ev_sessions WHERE event = 'decision_dismissed' ORDER BY ts LIMIT 1"
    )
    with tab(sign_in(server), bypass_csp=True) as page:
        page.add_init_script(f"localStorage.setItem('hetk-language', '{language}')")
        page.goto(f"{server.private_url}/console/story?site=shop&id={one['session_id']}")
        steps = page.locator(".steps").filter(has_text=words["decided.not_useful"].split(":")[0]).first
        for key in ("decided.show", "decided.shown", "because.distance", "decided.others"):
            expect(steps).to_contain_text(words[key].split("{")[0].strip())
        expect(steps).to_contain_text(words["reason.no"].replace("{text}", words["condition.page_type"]))
        assert violations(page) == []
        steps.locator("a.link").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert "/campaigns?" in page.url


@pytest.mark.long
def test_a_verdict_stands_in_words_and_as_a_picture(tmp_path: Path) -> None:
    with (
        Server(make_lake(tmp_path / "data", 30_000).root) as server,
        tab(sign_in(server), bypass_csp=True) as page,
    ):
        page.goto(f"{server.private_url}/console/uplift?site=shop&range=28d")
        found = page.get_by_role("region", name="Uplift")
        for name, verdict in {
            "tasting-room": "Helps",
            "assam-or-darjeeling": "Harms: stop it",
            "breakfast-tea": "No effect seen yet",
            "free-delivery": "Too early to say",
        }.items():
            line = found.get_by_role("listitem").filter(has=page.get_by_role("link", name=name, exact=True))
            expect(line).to_contain_text(verdict)
            (row,) = server.rows(f"SELECT low, high FROM actions WHERE action = '{name}'")
            low, high = (
                f"{row[side] * 100:+.1f}".removesuffix(".0").replace("-", "\u2212")
                for side in ("low", "high")
            )
            expect(line.get_by_role("img")).to_have_attribute(
                "aria-label", re.compile(re.escape(f"between {low} and {high}"))
            )
        expect(found).to_contain_text("more people are needed to tell")
        assert violations(page) == []
        found.get_by_role("button", name="Table").click()
        expect(found.get_by_role("columnheader", name="people still needed")).to_be_visible()
        why = page.get_by_role("region", name="Why it was not shown")
        why.get_by_role("button", name="free-delivery").click()
        expect(why).to_contain_text("otherwise: value of the cart")
