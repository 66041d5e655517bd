"""Golden decisions of tests/contract/act in; act, context and state of each, as JSON, out."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec

from collector.act import Act, Context, decide, note, settle

CONTRACT = Path(__file__).parents[1] / "contract" / "act"

Asked = dict[str, Any]  # {"act", "ctx", "state"}


def read(name: str) -> Any:
    return json.loads((CONTRACT / f"{name}.json").read_text(encoding="utf-8"))


def cases() -> list[dict[str, Any]]:
    files = sorted(path.stem for path in CONTRACT.glob("*.json"))
    return [case for file in files if file not in ("base", "hash") for case in read(file)]


def asked(changes: dict[str, Any]) -> Asked:
    """The base with its changes: {"ctx.moment.conf": 699}; {"ago": ms} is so long before the context's `now`."""
    tree: Asked = copy.deepcopy(read("base"))
    for path, value in changes.items():
        *way, last = path.split(".")
        at: Any = tree
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
        at[last] = value
    found: Asked = _dated(tree, tree["ctx"]["now"])
    return found


def _dated(value: Any, now: int) -> Any:
    if isinstance(value, list):
        return [_dated(one, now) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"ago"}:
        return now - value["ago"]
    return {key: _dated(one, now) for key, one in value.items()}


def answer(one: Asked) -> dict[str, Any]:
    """What the engine says, and what it remembers of it."""
    act = msgspec.convert(one["act"], Act | None)
    ctx = msgspec.convert(one["ctx"], Context)
    state = settle(one["state"], ctx.now)
    decision = decide(act, ctx, state)
    note(state, decision, ctx.now, ctx.unit)
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode({"decision": decision, "state": state}))
    return found
