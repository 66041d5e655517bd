"""The demo shop shows its six campaigns, each in its moment; every decision is a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from collector.datadir import DataDir
from tests.e2e.server import Server, hetk, wait_until
from tests.e2e.test_browser_shop import CHROMIUM, _tab

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: sudo apt install chromium"),
]
TARTU = {"latitude": 58.38, "longitude": 26.72}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Nobody is held back: who is would be up to the visitor's id."""
    data = tmp_path_factory.mktemp("act") / "data"
    data.mkdir()
    DataDir(data).demo_past.touch()
    with Server(data, "--demo") as running:
        for path in (data / "campaigns" / "demo").glob("[a-z]*.toml"):
            lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("holdout")]
            path.write_text("\n".join(["holdout = 0.0", *lines]) + "\n", "utf-8")
        hetk("campaign", "publish", "demo", "--yes", "--data", data)
        yield running


def _at(page: Page, hour: int) -> None:
    """The clock of the page stands at an hour of yesterday, in Tallinn."""
    day = (datetime.now(UTC) - timedelta(days=1)).replace(hour=hour - 2, minute=0, second=0, microsecond=0)
    page.clock.set_fixed_time(day)


def _title(page: Page) -> str:
    return page.wait_for_selector(".hetk-act strong", timeout=20_000).text_content() or ""  # type: ignore[union-attr]


def _decisions(server: Server, locale: str, count: int, last: str = "decision") -> list[dict[str, Any]]:
    """So many decisions, and one event of the name `last`: rows arrive batch by batch."""

    def rows() -> list[dict[str, Any]]:
        found = server.rows(
            f"SELECT event, props FROM events WHERE locale = '{locale}' AND event LIKE 'decision%' ORDER BY ts, session_seq"
        )
        names = [row["event"] for row in found]
        return found if names.count("decision") >= count and last in names else []

    found: list[dict[str, Any]] = wait_until(rows)
    return found


def test_mornings_and_what_was_left_in_the_cart(server: Server) -> None:
    with _tab(locale="en-ZW", timezone_id="Europe/Tallinn") as page:
        _at(page, 8)
        page.goto(f"{server.private_url}/shop/en/")
        assert _title(page) == "Good morning"
        page.click("[data-consent=all]")
        page.goto(f"{server.private_url}/shop/en/p/gooseneck")
        page.click(".product [data-add]")
        _at(page, 11)
        page.goto(f"{server.private_url}/shop/en/")
        assert _title(page) == "Your cart is still here"
        page.click(".hetk-close")
        assert "Order by four" in (page.text_content("[data-hetk-slot=hero]") or "")
        rows = _decisions(server, "en-ZW", 2, "decision_dismissed")
    assert {row["event"] for row in rows} >= {"decision", "decision_shown", "decision_dismissed"}


def test_sizes_comparison_and_free_delivery(server: Server) -> None:
    with _tab(locale="en-BW", timezone_id="Europe/Tallinn") as page:
        _at(page, 12)
        page.goto(f"{server.private_url}/shop/en/p/gooseneck")
        page.click("[data-consent=all]")
        page.click(".product [data-add]")
        assert _title(page) == "Which size?"
        page.goto(f"{server.private_url}/shop/en/cart")
        assert "49 €" in _title(page)
        page.goto(f"{server.private_url}/shop/en/search?text=difference+between+assam+and+darjeeling")
        assert _title(page) == "Assam or Darjeeling?"
        rows = _decisions(server, "en-BW", 3)
    made = [row["props"] for row in rows if row["event"] == "decision"]
    assert {one["action"] for one in made} >= {"pot-size", "free-delivery", "assam-or-darjeeling"}
    assert all(one["chosen"] and one["latency_ms"] < 1000 for one in made)


def test_the_whole_story_in_hindi_from_a_search_to_sql(server: Server) -> None:
    """Searched -> a go moment -> a nearby offer -> asked why -> dismissed -> not shown again; all of it in SQL."""
    with _tab(
        locale="hi-IN", timezone_id="Europe/Tallinn", geolocation=TARTU, permissions=["geolocation"]
    ) as page:
        _at(page, 12)
        page.goto(f"{server.private_url}/shop/hi/")
        page.click("[data-consent=all]")
        page.goto(f"{server.private_url}/shop/hi/search?text=shoes near me")
        assert _title(page) == "Tartu: 19:00 तक खुला"
        page.click(".hetk-why")
        panel = page.wait_for_selector("hetk-why dialog")
        assert panel is not None
        told = panel.inner_text()
        assert "आपने अभी-अभी खोजा: “shoes near me”" in told
        assert "लगता है आप अभी कहीं जाने की जगह ढूँढ रहे हैं।" in told
        assert "पास में एक दुकान अभी खुली है।" in told
        page.keyboard.press("Escape")
        page.wait_for_selector("hetk-why", state="detached")
        page.click(".hetk-close")
        page.reload()  # in the same instant: what was dismissed is noted by then
        # A view of its own each time: where the person is comes a moment after the page.
        wait_until(lambda: page.evaluate(ASKED_ANEW) == "cool:dismissed")
        assert page.query_selector(".hetk-act") is None
    story = wait_until(lambda: server.rows(STORY) or None)
    assert story == [
        {
            "search_query": "shoes near me", "page_lang": "hi", "action": "tasting-room", "intent": "go", "lang": "hi",
            "why": ["intent", "confidence", "distance"], "asked_why": True, "dismissed": "close",
        }
    ]  # fmt: skip
    again = wait_until(
        lambda: server.rows(
            "SELECT action, sum(n) AS n FROM suppressions WHERE reason = 'cool:dismissed' GROUP BY action"
        )
    )
    assert [row["action"] for row in again] == ["tasting-room"]
    moments = server.rows("SELECT intent FROM moments WHERE topic_query = 'shoes near me'")
    assert {row["intent"] for row in moments} == {"go"}
    position = server.rows("SELECT count(*) AS n FROM events WHERE props::VARCHAR LIKE '%58.3%'")
    assert position[0]["n"] == 0, "the exact position stays on the device"


ASKED_ANEW = "() => new Promise(ok => { hetk('page'); hetk('decide', 'hero', d => ok(d.suppressed_by)) })"
# All that happened to what was decided after the search; the page's clock stands still, so times say no order.
STORY = """
SELECT DISTINCT s.search_query, s.page_lang, d.action, d.intent, d.lang, d.why, d.explained_at IS NOT NULL AS asked_why, d.dismissed
FROM decided AS d JOIN events AS s ON s.site_id = d.site_id AND s.visitor_id = d.visitor_id AND s.event = 'search' AND s.ts <= d.ts
WHERE s.search_query = 'shoes near me' AND s.locale = 'hi-IN' AND d.dismissed IS NOT NULL AND d.shown_at IS NOT NULL
"""
