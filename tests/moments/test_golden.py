"""SQL and the device's fold give the moments written down in tests/contract/moments, and the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.moments import golden
from tests.moments.device import Device, device
from warehouse.models.lab import lab

CASES = {session["name"]: session for session in golden.sessions()}


@pytest.fixture(scope="module")
def by_sql() -> dict[str, list[dict[str, Any]]]:
    con = lab()
    golden.load(con, CASES)
    return golden.found(con, CASES)


@pytest.fixture(scope="module")
def phone() -> Iterator[Device]:
    with device() as running:
        yield running


def test_there_are_sixty_sessions_of_all_intents_states_and_ends() -> None:
    moments = [m for session in CASES.values() for m in session["moments"]]
    assert len(CASES) >= 60
    assert {m["intent"] for m in moments} == {"know", "go", "do", "buy"}
    assert {m["state"] for m in moments} == {"satisfied", "converted", "abandoned", "expired"}
    assert {m["closed_by"] for m in moments} == {"outcome", "idle", "span", "topic", "intent", "end"}
    assert any(not session["moments"] for session in CASES.values())


@pytest.mark.parametrize("name", CASES)
def test_sql_finds_what_is_written_down(name: str, by_sql: dict[str, list[dict[str, Any]]]) -> None:
    found = by_sql[name]
    written = CASES[name]["moments"]
    assert len(found) == len(written), found
    for ours, theirs in zip(found, written, strict=True):
        assert ours == ours | expected(theirs, CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_device_finds_what_sql_finds(
    name: str, by_sql: dict[str, list[dict[str, Any]]], phone: Device
) -> None:
    skew = 1000 * CASES[name].get("skew_seconds", 0)
    assert phone.moments(CASES[name]) == [on_the_device(m, skew) for m in by_sql[name]]


@pytest.mark.parametrize(("ago", "state", "closed_by"), [(590, "open", "open"), (660, "expired", "end")])
def test_a_moment_is_open_while_its_silence_is_shorter_than_idle(
    ago: int, state: str, closed_by: str
) -> None:
    con = lab()
    start = datetime.now(UTC) - timedelta(seconds=ago)
    cases = {"shop": {"name": "now", "start": start.isoformat(), "events": [{"at": 0, "event": "view_cart"}]}}
    golden.load(con, cases)
    (moment,) = golden.found(con, cases)["shop"]
    assert (moment["state"], moment["closed_by"]) == (state, closed_by)


def expected(written: dict[str, Any], session: dict[str, Any]) -> dict[str, Any]:
    """A moment of the file in the words of `golden.told`; what the file does not name is nothing."""
    skew = 1000 * session.get("skew_seconds", 0)
    times = [round(1000 * e["at"]) + skew for e in session["events"]]
    unnamed = dict.fromkeys(("outcome", "outcome_value", "topic_query", "topic_category", "lang"))
    fixed = {
        "started": times[written["first"] - 1],
        "detected": times[written["detected"] - 1],
        "ended": times[written["last"] - 1],
        "evidence": [tuple(one) for one in written["evidence"]],
    }
    return unnamed | {name: value for name, value in written.items() if name != "last"} | fixed


def on_the_device(moment: dict[str, Any], skew: int) -> dict[str, Any]:
    """A moment of the warehouse as the device tells it: on its own clock."""
    times = {name: moment[name] - skew for name in ("started", "detected", "ended")}
    return moment | times | {"evidence": [list(one) for one in moment["evidence"]]}
