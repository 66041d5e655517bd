"""The address of a page becomes SQL conditions; nothing in it becomes SQL itself."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from warehouse.console.tiles import tiles
from warehouse.console.view import FILTERS, BadView, read_view

NOW = datetime(2026, 11, 30, 14, 3)


@pytest.mark.parametrize(
    ("pairs", "first", "last", "grain"),
    [
        ([], date(2026, 11, 24), date(2026, 11, 30), "hour"),
        ([("range", "today")], date(2026, 11, 30), date(2026, 11, 30), "minutes"),
        ([("range", "yesterday")], date(2026, 11, 29), date(2026, 11, 29), "minutes"),
        ([("range", "28d")], date(2026, 11, 3), date(2026, 11, 30), "day"),
        ([("range", "365d")], date(2025, 12, 1), date(2026, 11, 30), "week"),
        ([("from", "2026-11-01"), ("to", "2026-11-08")], date(2026, 11, 1), date(2026, 11, 8), "hour"),
    ],
)
def test_days_of_an_address(pairs: list[tuple[str, str]], first: date, last: date, grain: str) -> None:
    view = read_view([("site", "shop"), *pairs], NOW)
    assert (view.first, view.last, view.grain) == (first, last, grain)
    assert (view.first - view.earliest) == view.length


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([], "site"),
        ([("site", "s"), ("range", "5d")], "7d"),
        ([("site", "s"), ("from", "yesterday")], "2026-11-30"),
        ([("site", "s"), ("from", "2026-11-30"), ("to", "2026-11-01")], "before"),
        ([("site", "s"), ("from", "1999-11-30"), ("to", "2026-11-01")], "1100"),
        ([("site", "s"), ("country", "x" * 501)], "500"),
        ([("site", "s"), ("country", "\0")], "country"),
    ],
)
def test_says_what_is_wrong_with_an_address(pairs: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(BadView, match=words):
        read_view(pairs, NOW)


def test_the_period_before_ends_where_the_running_one_has_got_to() -> None:
    sql = read_view([("site", "s"), ("range", "today")], NOW).fill("{both}", "visits", "started_at")
    assert "started_at < TIMESTAMP '2026-11-29 14:10:00'" in sql
    sql = read_view([("site", "s"), ("range", "yesterday")], NOW).fill("{both}", "visits", "started_at")
    assert "started_at < TIMESTAMP '2026-11-29 00:00:00'" in sql


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("facts", ["visits", "visit_moments", "visit_searches", "visit_pages"])
def test_a_value_stays_a_value(name: str, facts: str) -> None:
    """One literal more than with a harmless value, and the same tree."""
    hostile = "a' OR true; DROP TABLE visits; --"
    trees = []
    for value in ("harmless", hostile):
        view = read_view([("site", value), (name, value), (name, "")], NOW)
        sql = "SELECT 1 FROM x WHERE " + view.fill("{both}", facts, "ts")
        row = duckdb.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        assert row is not None
        assert '"error":false' in row[0]
        assert value.replace("'", "''") in sql
        trees.append(row[0].replace(hostile, "harmless"))
    assert len(trees[0]) == len(trees[1]) or trees[0].count("{") == trees[1].count("{")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("steps", ",", "1 to 8"), ("steps", "a,b,c,d,e,f,g,h,i", "1 to 8"), ("within", "0", "365"), ("within", "x", "365"),
     ("unit", "year", "day, week, month")],
)  # fmt: skip
def test_says_what_is_wrong_with_a_funnel(name: str, value: str, words: str) -> None:
    with pytest.raises(BadView, match=words):
        read_view([("site", "s"), (name, value)], NOW)


def test_a_funnel_is_of_whom_the_filters_let_through() -> None:
    asked = [("site", "s"), ("steps", "it's,b"), ("within", "30"), ("unit", "day")]
    everybody = tiles()["funnel"].filled(read_view(asked, NOW))
    assert "funnel(['it''s', 'b'], 30," in everybody
    assert everybody.startswith("SELECT")
    some = tiles()["funnel"].filled(read_view([*asked, ("country", "IN")], NOW))
    assert "FROM visits WHERE site_id = 's' AND country = 'IN'" in some
    assert "visitors := (SELECT ids FROM chosen)" in some
    for sql in (everybody, some, tiles()["retention"].filled(read_view(asked, NOW))):
        row = duckdb.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        assert row is not None
        assert '"error":false' in row[0]
