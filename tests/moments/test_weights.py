"""Every weight of the one file speaks, alike in both engines; no device is read worse than the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.moments import golden
from tests.moments.device import Device, device
from tests.moments.test_golden import CASES, same
from warehouse.models.lab import lab
from warehouse.rules import defaults

RULES = defaults()
# Everything that says anything opens a moment, so that what was said can be read from its evidence.
OPEN = {"open": 0.01, "lead": 0.0, "temperature": 0.3}
HOURS = {"night": 3, "morning": 7, "midday": 12, "afternoon": 16, "evening": 21}
VIEWS = [
    {"at": 0, "event": "view_item", "product_id": "p1"},
    {"at": 1, "event": "view_item", "product_id": "p1"},
    {"at": 2, "event": "view_item", "product_id": "p2"},
]


def arrival(key: str) -> dict[str, Any]:
    event = {"at": 0, "event": "page_view", "url_path": "/"}
    if key in HOURS:
        return {"start": f"2026-03-02T{HOURS[key]:02}:00:00Z", "events": [{**event, "timezone": "UTC"}]}
    if key in ("mobile", "tablet"):
        return {"events": [{**event, "device_type": key}]}
    social = key in ("profile", "group", "group_city", "group_topic", "post", "friend")
    return {"events": [{**event, "social_kind" if social else "channel": key}]}


def sessions() -> Iterator[tuple[str, dict[str, Any], str, list[float]]]:
    """(name, session, the signal it must show, its weights) for each weight."""
    for key, w in RULES["event"].items():
        yield f"event-{key}", {"events": [{"at": 0, "event": key, "url_path": "/"}]}, f"event:{key}", w
    for key, w in RULES["page"].items():
        view = {"at": 0, "event": "page_view", "page_type": f"https://schema.org/{key}", "url_path": "/"}
        yield f"page-{key}", {"events": [view]}, f"page:{key}", w
    for key, page in RULES["path"].items():
        view = {"at": 0, "event": "page_view", "url_path": f"/shop/{key}/x"}
        yield f"path-{key}", {"events": [view]}, f"page:{page}", RULES["page"][page]
    for key, w in RULES["arrival"].items():
        yield f"arrival-{key}", arrival(key), f"arrival:{key}", w
    for key, w in RULES["sequence"].items():
        yield f"sequence-{key}", {"events": VIEWS}, f"sequence:{key}", w
    dwelt = {"at": 0, "event": "engagement", "page_type": "recipe", "visible_ms": 15_000}
    half = [w * RULES["dwell_scale"] for w in RULES["page"]["recipe"]]
    yield "dwell", {"events": [dwelt]}, "page:recipe", half


WEIGHTS = {name: (session, signal, w) for name, session, signal, w in sessions() if max(w) > 0}
BY_SITE = {name: {"rules": OPEN, "name": name, **session} for name, (session, _, _) in WEIGHTS.items()}


@pytest.fixture(scope="module")
def by_sql() -> dict[str, list[dict[str, Any]]]:
    con = lab()
    golden.load(con, BY_SITE)
    found = golden.found(con, BY_SITE)
    con.close()
    return found


@pytest.fixture(scope="module")
def phone() -> Iterator[Device]:
    with device() as running:
        yield running


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_weight_speaks_in_sql(name: str, by_sql: dict[str, list[dict[str, Any]]]) -> None:
    _, signal, weights = WEIGHTS[name]
    told = {signal: w for m in by_sql[name] for _, signal, w in m["evidence"]}
    assert told[signal] == pytest.approx(max(weights))


@pytest.mark.parametrize("name", WEIGHTS)
def test_and_alike_on_the_device(name: str, by_sql: dict[str, list[dict[str, Any]]], phone: Device) -> None:
    assert phone.moments(BY_SITE[name]) == [same(m, 0) for m in by_sql[name]]


@pytest.mark.long
def test_no_device_is_read_much_worse_than_the_others() -> None:
    """Ruling 23 on the golden sessions: what the device adds to the evidence must not hide what is wanted."""
    right: dict[str, int] = {}
    for kind in ("desktop", "mobile", "tablet"):
        held = {name: held_on(kind, session) for name, session in CASES.items() if "rules" not in session}
        con = lab()
        golden.load(con, held)
        found = golden.found(con, held)
        con.close()
        right[kind] = sum(
            [m["intent"] for m in found[name]] == [m["intent"] for m in session["moments"]]
            for name, session in held.items()
        )
        print(f"{kind:<8} {right[kind]} of {len(held)} sessions read right")
    mean = sum(right.values()) / 3 / len(held)
    for kind, count in right.items():
        share = count / len(held)
        upper = share + 1.64 * (share * (1 - share) / len(held)) ** 0.5 + 1 / len(held)
        assert upper >= mean - 0.1, (kind, right)
        assert share > 0.9, (kind, right)


def held_on(kind: str, session: dict[str, Any]) -> dict[str, Any]:
    return {**session, "events": [{**event, "device_type": kind} for event in session["events"]]}
