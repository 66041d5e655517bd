"""Random sessions: SQL and the device's fold find the same moments."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.moments import golden
from tests.moments.device import device
from tests.moments.test_golden import same
from warehouse.models.lab import lab

PATHS = [
    "/",
    "/blog/a",
    "/blog/b",
    "/recipes/a",
    "/stores/x",
    "/p/1",
    "/compare/a",
    "/cart",
    "/x",
    "/FAQ/1/blog",
]
EVENTS = [
    "page_view",
    "page_view",
    "view_item",
    "view_item",
    "engagement",
    "search",
    "add_to_cart",
    "purchase",
    "video_progress",
    "call",
    "compare_items",
    "remove_from_cart",
    "web_vital",
    "own_event",
]
weights = st.sampled_from([0.0, 0.0, 0.25, 0.4, 0.75, 1.1, -0.3])
# Steps around every limit of the definition: equal times, idle time sharp, a new session, another block.
gaps = st.one_of(
    st.sampled_from([0, 0, 0.001, 1, 30, 299.999, 300, 300.001, 1800, 1800.001, 7000]),
    st.integers(0, 400_000).map(lambda ms: ms / 1000),
)


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, None, *values])


event: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"gap": gaps, "event": st.sampled_from(EVENTS)},
    optional={
        "url_path": st.sampled_from(PATHS),
        "page_type": maybe("HowTo", "https://schema.org/Store", "unheard-of"),
        "page_lang": maybe("en", "et"),
        "search_norm": maybe("shoes", "red shoes", "hats", "जूते", "লাল জুতা", "靴"),
        "search_lang": maybe("en", "hi"),
        "know": weights,
        "go": weights,
        "do": weights,
        "buy": weights,
        "product_id": maybe("p1", "p2", "p3"),
        "category": maybe("a", "a.b", "a.c", "b"),
        "order_id": maybe("o1", "o2"),
        "value": maybe(5.0, 7.25),
        "visible_ms": st.sampled_from([0, 5000, 12_000, 20_000, 90_000]),
        "scroll_pct": st.sampled_from([0, 49, 50, 100]),
        "percent": st.sampled_from([0, 25, 50, 75]),
        "place": maybe("Tartu"),
        "channel": maybe("organic_search", "paid_search", "direct"),
        "social_kind": maybe("group_city", "friend", "profile"),
        "device_type": maybe("mobile", "desktop"),
        "timezone": maybe("Asia/Kolkata", "America/Sao_Paulo", "nowhere"),
        "is_bot": st.sampled_from([False] * 9 + [True]),
    },
)
rules = st.fixed_dictionaries(
    {},
    optional={
        "half_life_minutes": st.lists(st.floats(0.5, 60), min_size=4, max_size=4),
        "prior": st.lists(st.floats(-1, 1), min_size=4, max_size=4),
        "temperature": st.floats(0.1, 2),
        "open": st.floats(0.3, 0.9),
        "lead": st.floats(0.02, 0.4),
        "rise": st.floats(0.05, 0.6),
        "idle_seconds": st.sampled_from([60, 300, 1200]),
        "block_seconds": st.sampled_from([600, 21_600]),
    },
)


@st.composite
def session(draw: st.DrawFn) -> golden.Session:
    at = 0.0
    events: list[dict[str, Any]] = []
    for drawn in draw(st.lists(event, min_size=1, max_size=25)):
        at = round(at + drawn["gap"], 3)
        said = {name: value for name, value in drawn.items() if name != "gap" and value is not None}
        events.append({"at": at, **said})
    return {"name": "random", "events": events, "rules": draw(rules)}


def differences(device: list[dict[str, Any]], warehouse: list[dict[str, Any]]) -> list[Any]:
    """(moment, name, on the device, in the warehouse) of each thing that differs."""
    if len(device) != len(warehouse):
        return [("count", device, warehouse)]
    pairs = enumerate(zip(device, (same(m, 0) for m in warehouse), strict=True))
    return [
        (i, name, ours[name], theirs[name])
        for i, (ours, theirs) in pairs
        for name in ours
        if ours[name] != theirs[name]
    ]


@pytest.mark.parametrize("batches", [4, pytest.param(40, marks=pytest.mark.long)])
def test_device_and_warehouse_find_the_same_moments(batches: int) -> None:
    con = lab()
    seen = {"sessions": 0, "moments": 0}

    # Not shrunk: the sessions of a batch are independent, the one that differs is small enough to read.
    @settings(
        max_examples=batches,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(st.lists(session(), min_size=6, max_size=12))
    def agree(drawn: list[golden.Session]) -> None:
        cases = {f"s{i:02}": each for i, each in enumerate(drawn)}
        con.execute("DELETE FROM events")
        con.execute("DELETE FROM moment_models")
        golden.load(con, cases)
        found = golden.found(con, cases)
        for site, each in cases.items():
            differ = differences(phone.moments(each), found[site])
            assert not differ, json.dumps([each, differ], indent=1, ensure_ascii=False, default=str)
            seen["sessions"] += 1
            seen["moments"] += len(found[site])

    with device() as phone:
        agree()
    assert seen["moments"] > 4 * batches, seen
