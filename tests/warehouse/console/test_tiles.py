"""Every tile says the same from memory as from the lake, whose own models are tested elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from collector.datadir import DataDir
from collector.uuid7 import uuid7
from tests.e2e.server import ROOT
from warehouse.console.reader import Reader
from warehouse.console.tiles import tiles
from warehouse.console.view import View, read_view
from warehouse.models import days, runner
from warehouse.models.lab import insert
from warehouse.store import open_lake, transaction

ASKED: list[list[tuple[str, str]]] = [
    [("range", "7d")],
    [("range", "today"), ("country", "IN")],
    [("range", "7d"), ("intent", "buy"), ("device_type", "mobile"), ("page", "/c/4")],
]


@pytest.fixture(scope="module")
def reader(lake: DataDir) -> Iterator[Reader]:
    reader = Reader(lake, rest=0)
    yield reader
    reader.close()


def _answers(reader: Reader, view: View, *, from_lake: bool) -> dict[str, Any]:
    names = [[name, tile.filled(view), tile.from_lake or from_lake] for name, tile in tiles().items()]
    answer = reader.answer(
        {"op": "tiles", "first": str(view.earliest), "last": str(view.last), "tiles": names}
    )
    assert "error" not in answer, answer
    found: dict[str, Any] = answer["tiles"]
    assert [tile for tile in found.values() if "error" in tile] == []
    return {name: (tile["columns"], tile["rows"]) for name, tile in found.items()}


@pytest.mark.long
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_memory_and_lake_answer_alike(reader: Reader, asked: list[tuple[str, str]]) -> None:
    view = read_view([("site", "shop"), *asked])
    from_memory = _answers(reader, view, from_lake=False)
    assert from_memory == _answers(reader, view, from_lake=True)
    assert sum(len(rows) for _, rows in from_memory.values()) > 10


@pytest.mark.long
def test_a_closed_day_that_opens_again_is_read_again(lake: DataDir, reader: Reader) -> None:
    view = read_view([("site", "shop"), ("range", "7d")])
    before = _answers(reader, view, from_lake=False)
    day = closed_day(lake)
    put(lake, [{"visitor_id": "came-late", "event": "page_view", "ts": f"{day} 10:00:00"}])
    after = _answers(reader, view, from_lake=False)
    assert after != before
    assert after == _answers(reader, view, from_lake=True)


@pytest.mark.long
def test_an_order_after_midnight_belongs_to_its_visit_and_is_refunded_later(lake: DataDir) -> None:
    """A view of one day reads the day before it too, and the day before that for this order."""
    day = closed_day(lake) + timedelta(days=2)
    evening, midnight = day - timedelta(days=2), day - timedelta(days=1)
    bought = {"visitor_id": "owl", "country": "BD", "order_id": "owl-1", "currency": "EUR", "value": 40}
    put(lake, [{"visitor_id": "owl", "country": "BD", "event": "page_view", "ts": f"{evening} 23:50:00"},
               bought | {"event": "purchase", "ts": f"{midnight} 00:05:00"}])  # fmt: skip
    view = read_view([("site", "shop"), ("from", str(day)), ("to", str(day)), ("country", "BD")])
    reader = Reader(lake, rest=0)
    earned = []
    for event in ("refund", None):
        found = _answers(reader, view, from_lake=False)
        assert found == _answers(reader, view, from_lake=True)
        earned.append([row[-1] for row in found["revenue"][1]])
        if event:
            now = datetime.now(UTC).replace(tzinfo=None)
            put(lake, [{"visitor_id": None, "event": event, "order_id": "owl-1", "currency": "EUR", "value": 15,
                        "ts": now}])  # fmt: skip
    reader.close()
    assert earned == [[40], [25]]


def closed_day(lake: DataDir) -> date:
    """The first one."""
    con = open_lake(lake)
    day = days.closed(con)[0]
    con.close()
    return day


def put(lake: DataDir, rows: list[dict[str, Any]]) -> None:
    """Late events, as the loader puts them."""
    con = open_lake(lake)
    received = datetime.now(UTC).replace(tzinfo=None)
    given = {"site_id": "shop", "ts_received": received}
    rows = [{"event_id": str(uuid7(time.time_ns() // 1_000_000))} | given | row for row in rows]
    with transaction(con):
        insert(con, "events", rows)
        runner.reopen(con, {date.fromisoformat(str(row["ts"])[:10]) for row in rows})
    con.close()


def test_a_tile_says_what_it_asks() -> None:
    for tile in tiles().values():
        assert tile.ask.endswith("?"), tile.name
        assert (
            tile.from_lake
            or tile.facts == "visits"
            or tile.facts in {path.stem for path in (ROOT / "warehouse/models/70_console").glob("*.sql")}
        )


@pytest.mark.long
def test_a_view_of_no_days_is_empty_and_not_an_error(reader: Reader) -> None:
    first = datetime.now(UTC).date() - timedelta(days=900)
    view = read_view([("site", "nobody"), ("from", str(first)), ("to", str(first))])
    answers = _answers(reader, view, from_lake=False)
    assert {name for name, (_, rows) in answers.items() if rows} == set()
