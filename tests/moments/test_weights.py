"""Every weight of the one file speaks, alike in both engines; no device is read worse than the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.moments import golden
from tests.moments.device import Device, device
from tests.moments.test_golden import CASES, on_the_device
from warehouse.models.lab import lab
from warehouse.rules import defaults

RULES = defaults()
# Everything that says anything opens a moment, so that what was said can be read from its evidence.
OPEN = {"open": 0.01, "margin": 0}
CONDITIONS = {
    "video_half": {"event": "video_progress", "percent": RULES["video_half_percent"]},
    "read": {
        "event": "engagement",
        "page_type": RULES["read_pages"][0],
        "visible_ms": RULES["read_visible_ms"],
    },
    "booking_visit": {"event": "booking", "kind": RULES["visit_bookings"][0]},
}
LOOK = {"event": "view_item", "category": "a"}


def events(kind: str, key: str) -> list[dict[str, Any]]:
    """What a session must hold for the signal `kind:key` to speak."""
    if kind == "event":
        return [{"at": 0, **CONDITIONS.get(key, {"event": key})}]
    if kind == "page":
        return [{"at": 0, "event": "page_view", "page_type": f"https://schema.org/{key}", "url_path": "/"}]
    if kind == "ref":
        came = {"channel": "organic_search"} if key == "search" else {"social_kind": key}
        return [{"at": 0, "event": "page_view", **came}]
    return [{"at": 0, "product_id": "1", **LOOK}, {"at": 1, "product_id": "12"[kind == "compare"], **LOOK}]


def sessions() -> Iterator[tuple[str, list[dict[str, Any]], str, list[int]]]:
    """(name, events, the signal they must show, its weights) for each weight, page type and path."""
    for signal, w in RULES["weights"].items():
        kind, _, key = signal.partition(":")
        yield signal, events(kind, key), signal, w
    for sent, page in RULES["pages"].items():
        yield f"pages:{sent}", events("page", sent), f"page:{page}", RULES["weights"][f"page:{page}"]
    for part, page in RULES["path"].items():
        view = {"at": 0, "event": "page_view", "url_path": f"/shop/{part}/x"}
        yield f"path:{part}", [view], f"page:{page}", RULES["weights"][f"page:{page}"]


WEIGHTS = {name: (held, signal, w) for name, held, signal, w in sessions()}
BY_SITE = {name: {"rules": OPEN, "name": name, "events": held} for name, (held, _, _) in WEIGHTS.items()}


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
    """Of the moment's own intent, which its strongest weight names or the outcome the event is."""
    _, signal, weights = WEIGHTS[name]
    intents = RULES["intents"]
    told = {(s, m["intent"]): w for m in by_sql[name] for _, s, _, w in m["evidence"]}
    (intent,) = {intent for s, intent in told if s == signal}
    assert told[signal, intent] == weights[intents.index(intent)] > 0


@pytest.mark.parametrize("name", WEIGHTS)
def test_and_alike_on_the_device(name: str, by_sql: dict[str, list[dict[str, Any]]], phone: Device) -> None:
    assert phone.moments(BY_SITE[name]) == [on_the_device(m, 0) for m in by_sql[name]]


def test_no_device_is_read_otherwise_than_the_others() -> None:
    """Ruling 23: the device is no evidence. Golden sessions on each kind of device give the same moments."""
    held = {
        f"{kind}/{name}": held_on(kind, session)
        for kind in ("desktop", "mobile", "tablet")
        for name, session in CASES.items()
    }
    con = lab()
    golden.load(con, held)
    found = golden.found(con, held)
    con.close()
    for name in CASES:
        assert found[f"mobile/{name}"] == found[f"desktop/{name}"] == found[f"tablet/{name}"]


def held_on(kind: str, session: dict[str, Any]) -> dict[str, Any]:
    return {**session, "events": [{**event, "device_type": kind} for event in session["events"]]}
