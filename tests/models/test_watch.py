"""What watches the data: consent of what was shown, event names that drift, hours with odd volumes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.models import runner
from warehouse.models.lab import insert, lab
from warehouse.models.model import load_models, read_model
from warehouse.queries import questions


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = lab()
    yield con
    con.close()


def ask(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    answer = con.execute(questions()[name].sql)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def fill(con: duckdb.DuckDBPyConnection, event: str, start: str, every: str, times: int) -> None:
    con.execute(
        "INSERT INTO events (event_id, site_id, visitor_id, event, ts, ts_received) "
        f"SELECT uuid(), 's', 'v', '{event}', TIMESTAMP '{start}' + n * INTERVAL {every}, "
        f"TIMESTAMP '{start}' + n * INTERVAL {every} FROM range({times}) AS r(n)"
    )


@pytest.mark.long
def test_names_that_appear_and_names_that_fall_silent_are_told_apart(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, "page_view", "2026-01-01", "'1' DAY", 30)
    fill(con, "old_name", "2026-01-01", "'1' DAY", 10)
    fill(con, "new_name", "2026-01-28", "'1' DAY", 2)
    found = {row["event"]: (row["events"], row["is_new"]) for row in ask(con, "names_drifting")}
    assert found == {"old_name": (10, False), "new_name": (2, True)}


@pytest.mark.long
def test_an_hour_unlike_its_hour_of_the_week_is_found_and_a_steady_one_is_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    for week in range(4):
        for hour, per_hour in ((9, 100), (14, 400)):
            fill(con, "page_view", f"2026-01-{5 + 7 * week:02} {hour:02}:00:00", "'1' SECOND", per_hour)
    assert ask(con, "volume_anomalies") == []
    fill(con, "page_view", "2026-01-12 09:30:00", "'1' SECOND", 300)  # normal for 14:00, not for 9:00
    con.execute("DELETE FROM events WHERE ts >= '2026-01-19 14:00:30' AND ts < '2026-01-19 15:00:00'")
    found = {str(row["hour"]): (row["n"], row["usual"]) for row in ask(con, "volume_anomalies")}
    assert found == {"2026-01-12 09:00:00": (400, 100), "2026-01-19 14:00:00": (30, 400)}


@pytest.mark.long
def test_an_outage_is_found_though_it_has_no_events(con: duckdb.DuckDBPyConnection) -> None:
    for week in range(4):
        for day in (5, 6):
            fill(con, "page_view", f"2026-01-{day + 7 * week:02} 09:00:00", "'1' SECOND", 100)
    con.execute("DELETE FROM events WHERE ts >= '2026-01-13' AND ts < '2026-01-14'")
    found = [(str(row["hour"]), row["n"], row["usual"]) for row in ask(con, "volume_anomalies")]
    assert found == [("2026-01-13 09:00:00", 0, 100)]


@pytest.mark.long
def test_a_prop_that_vanished_is_found_and_a_rare_or_a_steady_one_is_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, "add_to_cart", "2026-01-01", "'12' HOUR", 70)
    con.execute('UPDATE events SET props = \'{"size": 1, "colour": 2}\', price = 1')
    con.execute("UPDATE events SET props = '{\"colour\": 2}' WHERE ts >= '2026-01-28 12:30:00'")
    con.execute("UPDATE events SET coupon = 'c' WHERE ts < '2026-01-10'")
    found = [(row["event"], row["prop"], row["share_before"]) for row in ask(con, "props_vanishing")]
    assert found == [("add_to_cart", "size", 1)]
    con.execute("UPDATE events SET price = NULL WHERE ts >= '2026-01-28 12:30:00'")
    assert [row["prop"] for row in ask(con, "props_vanishing")] == ["price", "size"]


@pytest.mark.long
def test_decisions_without_consent_are_none_until_the_check_is_removed(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """The same rows: decided with the check of consent, and by a chooser without it."""
    people = {"yes": True, "no": False, "unknown": None}
    for n, (visitor, granted) in enumerate(people.items()):
        decide(con, n, visitor, granted, check=True)
    assert ask(con, "shown_without_consent") == []
    for n, (visitor, granted) in enumerate(people.items()):
        decide(con, 10 + n, visitor, granted, check=False)
    assert {row["visitor_id"] for row in ask(con, "shown_without_consent")} == {"no", "unknown"}


@pytest.mark.long
def test_the_answer_hangs_on_the_view_s_own_condition(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    decide(con, 1, "yes", True, check=True)
    assert ask(con, "shown_without_consent") == []
    model = next(m for m in load_models() if m.name == "shown_without_consent")
    text = model.path.read_text(encoding="utf-8")
    path = tmp_path / model.path.name
    path.write_text(text.replace(" WHERE granted IS NOT TRUE", ""))
    assert path.read_text() != text
    runner.build(con, [read_model(path) if m.name == model.name else m for m in load_models()])
    assert len(ask(con, "shown_without_consent")) == 1


def decide(con: duckdb.DuckDBPyConnection, n: int, visitor: str, granted: bool | None, check: bool) -> None:
    """One decision for personalization; shown unless the check of consent holds it back."""
    at = "2026-01-05 10:00:00"
    held = check and granted is not True
    decision: dict[str, Any] = {"decision_id": f"d{n}", "site_id": "s", "visitor_id": visitor}
    decision |= {"purpose": "personalization", "decided_at": at, "action": "nudge"}
    decision |= {"shown_at": None if held else at, "suppressed": "consent" if held else None}
    insert(con, "decisions", [decision])
    if not held:
        event: dict[str, Any] = {"event_id": f"00000000-0000-0000-0000-{n:012d}", "site_id": "s", "ts": at}
        event |= {"visitor_id": visitor, "event": "decision_shown", "decision_id": f"d{n}"}
        insert(con, "events", [event | {"consent_personalization": granted}])
