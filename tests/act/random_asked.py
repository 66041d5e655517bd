"""Dice in, a question to the engine out: everything would hold, and at most a few things are broken.

Contexts drawn at random alone reach the choice in 2 of 100; the rules after the gates would go unseen.
"""

from __future__ import annotations

import random
from typing import Any

from collector.act.hash import pick
from tests.act.golden import Asked

DAY = 86_400_000
NOW = 1_800_000_000_000  # 08:00 UTC
PLACES = ("hero", "footer", "constructor")
KINDS = ("content", "offer", "banner", "nearby", "push", "mail", "webhook")
IDS = ("shoes", "hats", "2", "10", "constructor", "kauplus", "a-b")
SPANS = (0, 1, 1_800_000, DAY, 7 * DAY, 30 * DAY, 90 * DAY, -DAY)

# Condition, where the context says it, what holds, what the context says then.
CONDITIONS: list[tuple[str, tuple[str, ...], Any, Any]] = [
    ("lang", ("lang",), ["hi", "et"], "hi-in"),
    ("channel", ("channel",), ["search", "social"], "search"),
    ("page_type", ("page_type",), ["product"], "product"),
    ("hour", ("tz_off",), [780, 840], 330),
    ("intent", ("moment", "intent"), ["buy", "go"], "buy"),
    ("confidence", ("moment", "conf"), 700, 700),
    ("category", ("moment", "category"), ["shoes"], "shoes/running"),
    ("words", ("moment", "words"), ["जूते", "kingad"], ["osta", "kingad"]),
    ("segment", ("segments",), ["regular"], ["new", "regular"]),
    ("cart", ("cart", "state"), ["open"], "open"),
    ("cart_min", ("cart", "value"), [490_000, "EUR"], 490_000),
    ("stock", ("stock",), 3, 3),
    ("distance", ("distance",), 25_000, 25_000),
]
ODD: dict[str, list[Any]] = {
    "lang": ["hi", "et-EE", "en", "", "hi-", "hil"],
    "tz_off": [0, -720, 840, 329, 389, 390],
    "conf": [0, 699, 701, 1000],
    "category": ["shoes", "shoestrings", "", "shoes/"],
    "words": [[], ["जूते"], ["x"]],
    "segments": [[], ["new"]],
    "value": [0, 489_999, 490_001],
    "currency": ["USD", ""],
    "stock": [0, 2, 4],
    "distance": [0, 24_999, 25_001],
}


def random_asked(dice: random.Random) -> Asked:
    """{"act", "ctx", "state"}."""
    one = _passing(dice)
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
        dice.choice(BREAKS)(dice, one)
    return one if dice.random() < 0.99 else one | {"act": None}


def _passing(dice: random.Random) -> Asked:
    place = dice.choice(PLACES)
    ids = dice.sample(IDS, dice.randint(1, 6))
    campaigns = [_campaign(dice, name, place) for name in ids]
    ctx: dict[str, Any] = {
        "place": place, "now": NOW + dice.choice((0, 0, 1, -1, 59_999, 60_000, 3_600_000)),
        "draw": f"{dice.getrandbits(64):x}", "age": dice.choice((0, 60_000)),
        "unit": dice.choice((f"v:{dice.getrandbits(32)}", f"u:õ{dice.getrandbits(16)}", None)),
        "consent": {"analytics": True, "personalization": True, "ads": True}, "sensitive": False,
        "moment": {}, "cart": {"currency": "EUR"}, "tz_off": 330,
    }  # fmt: skip
    for _, path, _, holds in CONDITIONS:
        _set(ctx, path, holds)
    act = {
        "v": 1, "rev": 1, "salt": f"{dice.getrandbits(64):016x}", "kill": False, "fresh": 60_000,
        "quiet": [1260, 480], "reach_day": 1, "reach_week": 3, "place_cool": 1_800_000,
        "fewer_for": 90 * DAY, "list": sorted(campaigns, key=lambda c: (-c["pri"], c["id"])),
    }  # fmt: skip
    return {"act": act, "ctx": ctx, "state": {}}


def _campaign(dice: random.Random, name: str, place: str) -> dict[str, Any]:
    asked = dice.sample(CONDITIONS, dice.choice((0, 1, 3, 13)))
    return {
        "id": name, "rev": dice.randint(1, 9), "place": place if dice.random() < 0.9 else "elsewhere",
        "kind": dice.choice(KINDS), "basis": dice.choice(("personal", "contextual")), "offline": dice.random() < 0.2,
        "pri": dice.choice((0, 0, 0, 5, -5)), "w": dice.choice((1, 100, 1000)),
        "hold": dice.choice((0, 1000, 5000)), "cap": dice.randint(1, 3), "cool": [DAY, 30 * DAY],
        "need": dice.choice(([], ["personalization"], ["personalization", "ads"])),
        "when": {condition: wanted for condition, _, wanted, _ in asked},
        "vars": [{"k": k, "w": dice.randint(1, 1000)} for k in "abc"[: dice.randint(1, 3)]],
    }  # fmt: skip


def _any_campaign(dice: random.Random, one: Asked) -> dict[str, Any]:
    found: dict[str, Any] = dice.choice(one["act"]["list"] or [_campaign(dice, "x", "hero")])
    return found


def _set(ctx: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        ctx = ctx[step]
    ctx[path[-1]] = value


def _say_something_else(dice: random.Random, one: Asked) -> None:
    _, path, _, holds = dice.choice([*CONDITIONS, ("", ("cart", "currency"), None, "EUR")])
    _set(one["ctx"], path, dice.choice([None, None, *ODD.get(path[-1], ["something"]), holds]))


def _answer_consent(dice: random.Random, one: Asked) -> None:
    answer = dice.choice((False, None, True))
    one["ctx"]["consent"][dice.choice(("analytics", "personalization", "ads"))] = answer
    one["ctx"]["sensitive"] = dice.choice((True, False, None))


def _change_campaign(dice: random.Random, one: Asked) -> None:
    now = one["ctx"]["now"]
    campaign = _any_campaign(dice, one)
    name, value = dice.choice([
        ("stopped", True), ("offline", True), ("sensitive", True), ("from", now + dice.choice((-1, 0, 1))),
        ("until", now + dice.choice((-1, 0, 1))), ("place", "elsewhere"), ("need", ["profiling"]),
        ("when", {"hour": dice.choice(([810, 811], [811, 810], [1320, 360], [700, 810]))}),
        ("when", {"lang": ["hi-in"]}), ("when", {"category": ["shoes/running"]}),
    ])  # fmt: skip
    campaign[name] = value


def _change_act(dice: random.Random, one: Asked) -> None:
    kind = dice.choice(("age", "kill", "empty", "quiet", "place", "draw"))
    if kind == "age":
        one["ctx"]["age"] = dice.choice((None, 60_001, 59_999))
    elif kind == "kill":
        one["act"]["kill"] = True
    elif kind == "empty":
        one["act"]["list"] = []
    elif kind == "quiet":
        one["act"]["quiet"] = dice.choice(([810, 811], [480, 1260], [811, 900]))
    elif kind == "place":
        one["ctx"]["place"] = "nowhere"
    else:
        one["ctx"]["draw"] = dice.choice(("", "ж", "\n", "🙂"))


def _remember(dice: random.Random, one: Asked) -> None:
    now: int = one["ctx"]["now"]
    state = one["state"]

    def stamp() -> int:
        return now - dice.choice(SPANS) + dice.choice((-1, 0, 1))

    campaign = _any_campaign(dice, one)
    for _ in range(dice.randint(1, 3)):
        part = dice.choice(("shown", "kind", "reach", "dis", "bad", "place", "fewer", "arm", "garbage"))
        key = {"kind": campaign["kind"], "fewer": campaign["kind"], "place": one["ctx"]["place"]}.get(
            part, campaign["id"]
        )
        if part in ("shown", "kind"):
            state.setdefault(part, {})[key] = [stamp() for _ in range(dice.randint(1, 3))]
        elif part == "reach":
            state[part] = [stamp() for _ in range(dice.randint(1, 4))]
        elif part == "arm":
            state.setdefault(part, {})[key] = dice.random() < 0.5
        elif part == "garbage":
            state.setdefault(dice.choice(("shown", "dis", "arm")), {})[key] = dice.choice(
                (None, "x", [], {}, -1, [str(now - 1)], [now - 0.5], [True])
            )
        else:
            state.setdefault(part, {})[key] = stamp()


def _fewer(dice: random.Random, one: Asked) -> None:
    """Two stamps are needed for it: chance alone rarely meets both."""
    kind = _any_campaign(dice, one)["kind"]
    now = one["ctx"]["now"]
    one["state"]["fewer"] = {kind: now - dice.choice((0, 90 * DAY - 1, 90 * DAY))}
    one["state"]["kind"] = {kind: [now - dice.choice((0, 7 * DAY - 1, 7 * DAY))]}


def _often_reached(dice: random.Random, one: Asked) -> None:
    """A campaign that leaves the page, and messages spread over a week."""
    campaign = _any_campaign(dice, one)
    campaign["kind"] = "push"
    one["state"]["reach"] = [one["ctx"]["now"] - days * DAY for days in (2, 4, dice.choice((6, 7)))]


def _edge_of_the_holdout(dice: random.Random, one: Asked) -> None:
    """The unit's own number is the campaign's share, or one less."""
    campaign = _any_campaign(dice, one)
    unit = one["ctx"]["unit"] = f"v:{dice.getrandbits(32)}"
    place = pick([one["act"]["salt"], f"holdout\n{campaign['id']}", unit], 10_000)
    campaign["hold"] = place + dice.choice((0, 1))


BREAKS = (
    _often_reached,
    _edge_of_the_holdout,
_say_something_else, _say_something_else, _answer_consent, _change_campaign, _change_act, _remember,
          _remember, _fewer)  # fmt: skip
