"""A site's differences from the rules of moments in; checked ones out, or an error naming key and fix.

One wrong value would stop the moments of all sites, so nothing unchecked reaches `moment_models`.
"""

from __future__ import annotations

import json
from difflib import get_close_matches
from importlib import resources
from typing import Any

from click import ClickException

INTENTS = ("know", "go", "do", "buy")
LISTS = ("read_pages", "visit_bookings")
LEVELS = ("step", "answer", "convert")
WHOLE = ("half_life_ms", "idle_ms", "span_ms", "search_weight", "read_visible_ms")
POSITIVE = ("prior", "half_life_ms", "idle_ms", "span_ms")


def defaults() -> dict[str, Any]:
    """The one file of weights and thresholds."""
    file = resources.files("warehouse.models").joinpath("30_moments", "moment_defaults.json")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def check(patch: Any) -> dict[str, Any]:
    """Raises ClickException for what neither the warehouse nor the device could use."""
    if not isinstance(patch, dict):
        raise ClickException(
            'rules are one JSON object, for example {"weights": {"event:tile_seen": [0, 0, 0, 600]}}'
        )
    known = defaults()
    for key, value in patch.items():
        if key not in known or key == "intents":
            near = get_close_matches(key, known, n=1)
            hint = f" The nearest: {near[0]}." if near else ""
            raise ClickException(f"there is no rule {key!r}.{hint} All of them: {', '.join(known)}")
        _check_rule(key, value)
    return patch


def _check_rule(key: str, value: Any) -> None:
    if key == "weights":
        for name, weights in _entries(key, value):
            _weights(f"{key}.{name}", weights)
    elif key == "outcomes":
        for name, entry in _entries(key, value):
            _outcome(f"{key}.{name}", entry)
    elif key in ("pages", "path"):
        for name, page in _entries(key, value):
            if not isinstance(page, str):
                _refuse(f"{key}.{name}", page, "a kind of page, as text")
    elif key == "chances":
        for name, curve in _entries(key, value):
            _chance(f"{key}.{name}", name, curve)
    elif key in LISTS:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            _refuse(key, value, "a list of names")
    elif key == "model":
        if not isinstance(value, str) or not value:
            _refuse(key, value, "a name")
    elif not _number(value) or value < 0 or (key in POSITIVE and value <= 0):
        _refuse(key, value, "a number of 0 or more" if key not in POSITIVE else "a number above 0")
    elif key in WHOLE and value != int(value):
        _refuse(key, value, "a whole number")


def _entries(key: str, value: Any) -> list[tuple[str, Any]]:
    """Names and values of a table; null takes a default away."""
    if not isinstance(value, dict):
        _refuse(key, value, "an object of names")
    for name in value:
        if '"' in name or "\\" in name:
            raise ClickException(f"{key}.{name}: a name without quotes and backslashes is needed")
    return [(name, entry) for name, entry in value.items() if entry is not None]


def _outcome(key: str, entry: Any) -> None:
    if not isinstance(entry, dict) or entry.get("intent") not in INTENTS:
        _refuse(key, entry, '{"intent": "know", "go", "do" or "buy", "level": ...}')
    if entry.get("level") not in LEVELS:
        _refuse(f"{key}.level", entry.get("level"), '"step", "answer" or "convert"')
    for name in ("ends", "forces"):
        if not isinstance(entry.get(name, False), bool):
            _refuse(f"{key}.{name}", entry[name], "true or false")


def _chance(key: str, intent: str, curve: Any) -> None:
    if (
        intent not in INTENTS
        or not isinstance(curve, list)
        or len(curve) != 2
        or not all(map(_number, curve))
    ):
        _refuse(key, curve, "know, go, do or buy with two numbers, at and slope,")


def _weights(key: str, value: Any) -> None:
    whole = isinstance(value, list) and all(_number(one) and one == int(one) and one >= 0 for one in value)
    if not whole or len(value) != 4:
        _refuse(key, value, "four whole numbers of 0 or more, in thousandths: know, go, do, buy")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _refuse(key: str, value: Any, wanted: str) -> None:
    raise ClickException(f"{key} is {json.dumps(value)}; {wanted} is needed")
