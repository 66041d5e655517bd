"""A real Chromium walks through the demo shop of a running server; every action is a row in SQL."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from collector.datadir import DataDir
from collector.demo.html import queries
from tests.e2e.server import Server, wait_until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
)
# An ordinary visitor: a headless user agent would rightly be labelled a bot. Set for the whole browser: what
# is sent after the page is gone (fetchLater) does not know of a page's own setting.
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: sudo apt install chromium"),
]


@contextmanager
def _tab(**options: Any) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS.split(), "--disable-blink-features=AutomationControlled", f"--user-agent={AGENT}"],
            ignore_default_args=["--enable-automation"],
        )
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
        context.set_default_timeout(8_000)
        page = context.new_page()
        mistakes: list[str] = []
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda line: mistakes.append(line.text) if line.type == "error" else None)
        yield page
        assert mistakes == []
        page.close(run_before_unload=True)
        context.close()
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("shop") / "data"
    data.mkdir()
    DataDir(data).demo_past.touch()
    (data / "hetk.toml").write_text('[intent]\nbuy = ["kevadkampaania"]\n')
    with Server(data, "--demo") as running:
        yield running


def _mine(server: Server, locale: str, condition: str) -> list[dict[str, Any]]:
    """Rows of this browser: the synthetic visitors never use the locales of the tests."""
    return server.rows(
        f"SELECT * FROM events WHERE locale = '{locale}' AND {condition} ORDER BY ts, session_seq"
    )


def _arrived(server: Server, locale: str, **events: int) -> list[dict[str, Any]]:
    """This browser's rows, once at least so many of each event are there; pages arrive in any order."""
    missing = Counter(events)

    def rows() -> list[dict[str, Any]]:
        found = _mine(server, locale, "event <> 'engagement'")
        nonlocal missing
        missing = Counter(events) - Counter(row["event"] for row in found)
        return [] if missing else found

    try:
        found: list[dict[str, Any]] = wait_until(rows)
    except AssertionError:
        raise AssertionError(f"never arrived: {dict(missing)}") from None
    return found


def _shop_for_a_kettle(page: Page, url: str) -> None:
    page.goto(f"{url}/shop/en/")
    page.click("[data-consent=all]")
    page.fill("input[name=text]", "kettle")
    page.press("input[name=text]", "Enter")
    page.wait_for_url("**/search?**")
    page.click("a[href='/shop/en/p/gooseneck']")
    page.wait_for_url("**/p/gooseneck")
    page.click(".product [data-add]")
    page.click("a.cart")
    page.wait_for_url("**/cart")
    page.click("#to-checkout")
    page.wait_for_url("**/checkout")
    page.fill("input[name=name]", "Mari Maasikas")
    page.click("form.sheet button")
    page.wait_for_url("**/thanks")


def test_a_purchase_from_search_to_thanks_is_rows_with_the_right_columns(server: Server) -> None:
    with _tab(locale="en-ZA") as page:
        _shop_for_a_kettle(page, server.private_url)
        rows = _arrived(server, "en-ZA", page_view=6, view_cart=1, purchase=1)
    by_event = {row["event"]: row for row in rows}
    names = [row["event"] for row in rows]

    assert {row["is_bot"] for row in rows} == {False}
    assert {row["device_type"] for row in rows} == {"desktop"}
    assert names.count("page_view") == 6
    assert names.count("search") == 1
    search = by_event["search"]
    assert (search["search_query"], search["search_results"]) == ("kettle", 4)
    assert (search["page_type"], search["page_lang"]) == ("search", "en")
    clicked = by_event["select_item"]
    assert (clicked["product_id"], clicked["search_query"]) == ("gooseneck", "kettle")
    viewed = by_event["view_item"]
    assert (viewed["product_id"], viewed["brand"], viewed["category"]) == ("gooseneck", "Vari", "kettles")
    assert (Decimal(str(viewed["price"])), viewed["currency"]) == (Decimal(64), "EUR")
    added, bought = by_event["add_to_cart"], by_event["purchase"]
    assert added["cart_id"] == by_event["view_cart"]["cart_id"] == bought["cart_id"]
    assert bought["order_id"].startswith("T-")
    assert Decimal(str(bought["value"])) == Decimal(64)
    assert [item["item_id"] for item in bought["items"]] == ["gooseneck"]
    assert "Mari" not in str(rows)


@pytest.mark.long
def test_consent_decides_who_a_row_belongs_to(server: Server) -> None:
    with _tab(locale="en-NZ") as page:
        page.goto(f"{server.private_url}/shop/en/c/tea")
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert page.context.cookies() == []
        page.click("[data-consent=some]")
        page.goto(f"{server.private_url}/shop/en/learn")
        page.click("[data-helpful=yes]")
        _arrived(server, "en-NZ", page_view=2, helpful_click=1)
    rows = _mine(server, "en-NZ", "event IN ('page_view', 'helpful_click')")
    assert [(row["id_mode"], row["consent_analytics"]) for row in rows] == [
        ("cookieless", None),
        ("first_party", True),
        ("first_party", True),
    ]
    assert rows[1]["visitor_id"] == rows[2]["visitor_id"] != rows[0]["visitor_id"]
    assert rows[2]["consent_personalization"] is False


@pytest.mark.long
def test_a_refusal_leaves_no_rows(server: Server) -> None:
    with _tab(locale="en-IE") as page:
        page.goto(f"{server.private_url}/shop/en/")
        page.click("[data-consent=none]")
        page.goto(f"{server.private_url}/shop/en/p/sencha")
        page.click(".product [data-add]")
        page.goto(f"{server.private_url}/shop/en/cart")
        page.wait_for_timeout(1500)
    wait_until(lambda: server.rows("SELECT 1 AS one FROM events WHERE event = 'consent_changed'"))
    named = _mine(server, "en-IE", "event IN ('view_item', 'add_to_cart', 'view_cart')")
    assert named == []


@pytest.mark.long
def test_go_and_do_moments_and_a_search_without_an_answer(server: Server) -> None:
    with _tab(locale="bn-GB") as page:
        page.goto(f"{server.private_url}/shop/bn/seen?utm_source=instagram&utm_medium=social")
        # Who leaves before the second file has come leaves without the kind of the page.
        page.wait_for_selector("#sent li:has-text('page_view')", timeout=15_000)
        page.goto(f"{server.private_url}/shop/bn/search?text=কফি মেশিন")
        page.goto(f"{server.private_url}/shop/bn/stores")
        page.evaluate("document.addEventListener('click', (e) => e.preventDefault())")  # no telephone here
        page.click("[data-hetk-event=call][data-hetk-prop-store=dhaka]")
        page.click("[data-hetk-event=get_directions][data-hetk-prop-store=kolkata]")
        page.goto(f"{server.private_url}/shop/bn/how-to")
        page.click("#play")
        page.wait_for_selector("#sent li:has-text('video_progress')", timeout=15_000)
        arrived = _arrived(server, "bn-GB", page_view=4, search=1, call=1, get_directions=1, video_progress=1)
    rows = {row["event"]: row for row in reversed(arrived)}

    landing = rows["page_view"]
    assert (landing["channel"], landing["social_network"]) == ("organic_social", "instagram")
    assert (landing["page_type"], landing["utm_source"]) == ("landing", "instagram")
    assert (rows["search"]["search_query"], rows["search"]["search_results"]) == ("কফি মেশিন", 0)
    assert rows["search"]["page_lang"] == "bn"
    assert rows["call"]["props"]["store"] == "dhaka"
    assert rows["get_directions"]["props"]["store"] == "kolkata"
    assert rows["video_progress"]["props"] == {"video": "masala-chai", "percent": 25}


@pytest.mark.long
@pytest.mark.parametrize("page", sorted(queries()))
def test_the_question_each_page_suggests_has_an_answer(server: Server, page: str) -> None:
    wait_until(lambda: server.rows("SELECT count(*) AS n FROM ev")[0]["n"] > 5)
    server.rows(queries()[page])


def _hear(page: Page) -> None:
    """On every page from its first moment on: the queue that the snippet takes over."""
    page.add_init_script(
        "window.heard = []; window.hetk = function () { hetk.q.push(arguments) }; hetk.q = [];"
        "hetk('on', 'moment', notice => heard.push(notice))"
    )


def _heard(page: Page, condition: str) -> dict[str, Any]:
    for _ in range(80):
        found: dict[str, Any] | None = page.evaluate(
            f"heard.find(({{ type, moment }}) => {condition})?.moment"
        )
        if found:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"not heard: {condition}; heard: {page.evaluate('heard')}")


@pytest.mark.long
def test_a_moment_opens_on_the_page_and_goes_on_over_pages_only_when_agreed(server: Server) -> None:
    with _tab(locale="en-PH") as page:
        _hear(page)
        page.goto(f"{server.private_url}/shop/en/search?text=buy+kettle")
        before = _heard(page, "type == 'open'")
        assert (before["intent"], before["topic_query"]) == ("buy", "buy kettle")
        assert "search:buy" in [said["signal"] for said in before["evidence"]]
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0

        page.goto(f"{server.private_url}/shop/en/p/sencha")
        page.click(".product [data-add]")
        alone = _heard(page, "moment.outcome == 'add_to_cart'")
        assert alone["intent"] == "buy"
        assert alone.get("topic_query") != "buy kettle"
        assert "search:buy" not in [said["signal"] for said in alone["evidence"]]

        page.click("[data-consent=all]")
        page.goto(f"{server.private_url}/shop/en/search?text=buy+kettle")
        _heard(page, "moment.topic_query == 'buy kettle'")
        page.goto(f"{server.private_url}/shop/en/p/gooseneck")
        page.click(".product [data-add]")
        bought = _heard(page, "moment.outcome == 'add_to_cart'")
        assert (bought["intent"], bought["topic_query"]) == ("buy", "buy kettle")
        assert "search:buy" in [said["signal"] for said in bought["evidence"]]

        page.evaluate("hetk('consent', { analytics: false })")
        assert page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('hetk'))") == []


@pytest.mark.long
def test_a_word_of_the_site_opens_the_same_moment_on_the_page_and_in_the_lake(server: Server) -> None:
    # A browser of its own: without consent the others share a visitor, whose session began before this page.
    with _tab(locale="en-JM", user_agent=AGENT.replace("Chrome/142", "Chrome/141")) as page:
        _hear(page)
        page.goto(f"{server.private_url}/shop/en/search?text=kevadkampaania")
        heard = _heard(page, "moment.topic_query == 'kevadkampaania'")
        found = wait_until(
            lambda: server.rows(
                f"SELECT intent, topic, confidence FROM moments WHERE moment_id = '{heard['moment_id']}'"
            )
        )
    assert (heard["intent"], found[0]["intent"], found[0]["topic"]) == ("buy", "buy", "kevadkampaania")
    assert abs(found[0]["confidence"] - heard["confidence"]) < 1e-6


@pytest.mark.long
def test_a_page_in_hindi_reads_searches_with_its_own_language_file(server: Server) -> None:
    with _tab(locale="hi-IN") as page:
        _hear(page)
        page.goto(f"{server.private_url}/shop/hi/search?text=sasti+ketli+kharidna+hai")
        assert _heard(page, "type == 'open'")["intent"] == "buy"
        asked = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
        assert any("hetk-lang-hi-Latn-" in name for name in asked)
        assert not any("hetk-lang-et-" in name for name in asked)
