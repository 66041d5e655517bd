"""SQL and the device's fold give the moments written down in tests/contract/moments, and the same ones."""

from __future__ import annotations

from collections.abc import Iterator
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


def test_there_are_sixty_sessions_of_all_intents_and_states() -> None:
    moments = [m for session in CASES.values() for m in session["moments"]]
    assert len(CASES) >= 60
    assert {m["intent"] for m in moments} == {"know", "go", "do", "buy"}
    assert {m["state"] for m in moments} == {"satisfied", "converted", "abandoned", "expired"}
    assert any(not session["moments"] for session in CASES.values())


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_sql_finds_what_is_written_down(name: str, by_sql: dict[str, list[dict[str, Any]]]) -> None:
    assert by_sql[name] == [expected(m, CASES[name], got) for m, got in zipped(CASES[name], by_sql[name])]


@pytest.mark.parametrize("name", CASES)
def test_device_finds_what_sql_finds(
    name: str, by_sql: dict[str, list[dict[str, Any]]], phone: Device
) -> None:
    skew = 1000 * CASES[name].get("skew_seconds", 0)
    assert phone.moments(CASES[name]) == [same(m, skew) for m in by_sql[name]]


def zipped(
    session: dict[str, Any], found: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every moment written down beside the one found; one that was not found stands beside nothing."""
    return [(m, found[i] if i < len(found) else {}) for i, m in enumerate(session["moments"])]


def expected(written: dict[str, Any], session: dict[str, Any], got: dict[str, Any]) -> dict[str, Any]:
    """What is written down, with the found value where the file leaves a thing open."""
    skew = 1000 * session.get("skew_seconds", 0)
    times = [round(1000 * e["at"]) + skew for e in session["events"]]
    fixed = {
        **written,
        "outcome": written.get("outcome"),
        "confidence": pytest.approx(written["confidence"], abs=1e-6),
        "started": times[written["first"] - 1],
        "detected": times[written["detected"] - 1],
        "ended": times[written["last"] - 1],
    }
    return {**got, **fixed}


def same(moment: dict[str, Any], skew: int) -> dict[str, Any]:
    """A moment of the warehouse as the device tells it: on its own clock, numbers to 1e-6."""
    return {
        **moment,
        **{name: moment[name] - skew for name in ("started", "detected", "ended")},
        "confidence": pytest.approx(moment["confidence"], abs=1e-6),
        "p": pytest.approx(moment["p"], abs=1e-6),
        "evidence": [[n, signal, pytest.approx(w, abs=1e-6)] for n, signal, w in moment["evidence"]],
    }
