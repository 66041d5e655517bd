"""Random sessions by the hundred, with random rules and gaps at the very boundary: SQL and the device's fold find
the same moments, to the ninth digit; and what the fold has told of a session, it never takes back.
"""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from tests.moments import golden
from tests.moments.device import device
from warehouse.models.lab import lab
from warehouse.rules import defaults

KINDS = [name.removeprefix("event:") for name in defaults()["weights"] if name.startswith("event:")]
KINDS += [
    "video_progress",
    "page_view",
    "page_view",
    "search",
    "search",
    "view_item",
    "view_item",
    "unheard_of",
]
PAGES = [
    "product",
    "FAQPage",
    "https://schema.org/HowTo",
    "Store",
    "article",
    "checkout",
    "unheard_of",
    None,
    None,
]
QUERIES = ["shoes", "red shoes", "hats", "blue hats", "जूते", "लाल जूते", "जाल", "靴", "赤い靴", "帽子", "x", ""]
CATEGORIES = ["a", "a.b", "hats", "hats.red", "शॉप", "靴"]
# Steps after answers, answers that neither end nor force, an answer taken away.
OUTCOMES = {
    "generate_lead": {"intent": "buy", "level": "answer"},
    "share": {"intent": "know", "level": "step", "ends": True},
    "view_item": {"intent": "know", "level": "step"},
    "booking": None,
}
AT_ONCE = 100


def session(dice: random.Random) -> golden.Session:
    rules: dict[str, Any] = {}
    if dice.random() < 0.6:
        rules = {
            "prior": dice.choice([0.5, 1, 2]),
            "open": dice.choice([0.3, 0.4, 0.55, 0.7]),
            "margin": dice.choice([0, 0.05, 0.15, 0.4]),
            "half_life_ms": dice.choice([20_000, 300_000, 1_800_000]),
            "idle_ms": dice.choice([60_000, 600_000]),
            "span_ms": dice.choice([300_000, 21_600_000]),
            "search_weight": dice.choice([500, 2000]),
            "outcomes": dice.choice([{}, OUTCOMES]),
        }
    known = defaults() | rules
    at = 0
    events: list[dict[str, Any]] = []
    for _ in range(dice.randint(1, 30)):
        gaps = [
            0,
            1,
            999,
            5000,
            30_000,
            known["idle_ms"],
            known["idle_ms"] + 1,
            known["span_ms"] - at,
            1_799_999,
        ]
        weights = [5, 5, 10, 40, 40, 6, 6, 2, 1]
        at += max(0, dice.choices(gaps, weights)[0]) if events else 0
        events.append(event(dice, at))
    return {"name": "random", "events": events, "rules": rules}


def event(dice: random.Random, at: int) -> dict[str, Any]:
    said: dict[str, Any] = {"at": at / 1000, "event": dice.choice(KINDS)}
    if dice.random() < 0.6:
        said |= {"product_id": dice.choice(["p1", "p2", "p3"]), "category": dice.choice(CATEGORIES)}
        if dice.random() < 0.3:
            del said[dice.choice(["product_id", "category"])]
    if said["event"] == "search" or dice.random() < 0.05:
        said |= {
            "search_norm": dice.choice(QUERIES),
            "search_lang": dice.choice(["en", "hi", None]),
            "search_intent": dice.choice(["know", "go", "do", "buy", "none"]),
            "search_confidence": dice.choice([0, 0.111, 0.5, 0.987]),
        }
    more = {
        "page_type": dice.choice(PAGES),
        "url_path": dice.choice(["/", "/blog/x", "/p/7", "/stores", "/Cart", None]),
        "page_lang": dice.choice(["en", "et", None]),
        "channel": dice.choice(["organic_search", "paid_search", "direct", None]),
        "social_kind": dice.choice(["group_city", "friend", "profile", None, None]),
        "value": dice.choice([5.5, 7.25, None]),
        "visible_ms": dice.choice([0, 19_999, 20_000, None]),
        "percent": dice.choice([49, 50, 75, None]),
        "kind": dice.choice(["table", "call", None]),
        "is_bot": dice.random() < 0.05,
    }
    return said | {name: value for name, value in more.items() if value is not None}


def told(moments: list[dict[str, Any]]) -> str:
    """Comparable: 80 and 80.0 are one, a tuple is a list."""
    return json.dumps(
        [m | {"outcome_value": m["outcome_value"] and float(m["outcome_value"])} for m in moments],
        sort_keys=True,
        ensure_ascii=False,
    )


@pytest.mark.parametrize("batches", [1, pytest.param(30, marks=pytest.mark.long)])
def test_device_and_warehouse_find_the_same_moments(batches: int) -> None:
    seed = time.time_ns()
    dice = random.Random(seed)
    con = lab()
    found = 0
    with device() as phone:
        for _ in range(batches):
            cases = {f"s{n:03}": session(dice) for n in range(AT_ONCE)}
            con.execute("DELETE FROM events")
            con.execute("DELETE FROM moment_models")
            golden.load(con, cases)
            warehouse = golden.found(con, cases)
            for site, case in cases.items():
                ours, theirs = told(phone.moments(case)), told(warehouse[site])
                assert ours == theirs, (
                    f"seed {seed}\n{json.dumps(case, ensure_ascii=False)}\n{ours}\n{theirs}"
                )
                found += len(warehouse[site])
    assert found > 50 * batches, found


@pytest.mark.parametrize("sessions", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_what_was_told_is_never_taken_back(sessions: int) -> None:
    """Of each beginning of a session: no moment vanishes, none becomes less sure."""
    seed = time.time_ns()
    dice = random.Random(seed)
    with device() as phone:
        for _ in range(sessions):
            case = session(dice)
            before: dict[int, float] = {}
            for length in range(1, len(case["events"]) + 1):
                begun = case | {"events": case["events"][:length]}
                now = {m["first"]: m["confidence"] for m in phone.moments(begun)}
                where = f"seed {seed}, {length} events of {json.dumps(case, ensure_ascii=False)}"
                assert before.keys() <= now.keys(), where
                assert all(now[first] >= sure for first, sure in before.items()), where
                before = now
