"""A folder of tracking plans in, the plans of all sites out; changed files are read again, no restart.

`SITE.toml` is our own short form, `SITE.json` a JSON Schema of each event's props (docs/config.md).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import msgspec

from collector import logs
from warehouse.load.plan import EventPlan, Plan, Type

# JSON Schema words that say nothing a value could break.
REMARKS = {"$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated"}
SCHEMA_WORDS = {"type", "properties", "required", "additionalProperties"}
TYPES = ", ".join(get_args(Type)) + ", or a list of these"
Stamp = tuple[str, int, int]


class PlanFiles:
    """The plans of one data directory. A file that cannot be used is named in the log; its plan stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: tuple[Stamp, ...] = ()
        self._plans: dict[str, Plan] = {}

    def read(self) -> Mapping[str, Plan]:
        """By site; looks at the files' times first, so that it may be called for each load."""
        stamps = self._look()
        if stamps != self._stamps:
            self._stamps = stamps
            self._plans = self._read([self._folder / name for name, _, _ in stamps])
        return self._plans

    def _look(self) -> tuple[Stamp, ...]:
        found = []
        for path in plan_paths(self._folder):
            try:
                state = path.stat()
            except FileNotFoundError:
                continue
            found.append((path.name, state.st_mtime_ns, state.st_size))
        return tuple(found)

    def _read(self, paths: list[Path]) -> dict[str, Plan]:
        plans: dict[str, Plan] = {}
        for path in paths:
            try:
                if path.stem in plans:
                    raise ValueError(f"{path.stem} has another plan already: keep one of .json and .toml")
                plans[path.stem] = read_plan(path)
            except (OSError, ValueError, msgspec.ValidationError) as error:
                logs.warn("a tracking plan cannot be used, correct it", plan=path.name, error=str(error))
                if path.stem in self._plans:
                    plans[path.stem] = self._plans[path.stem]
        return plans


def plan_paths(folder: Path) -> list[Path]:
    """The files that are plans; there need be no folder."""
    return sorted([*folder.glob("*.toml"), *folder.glob("*.json")])


def read_plan(path: Path) -> Plan:
    """One file. Raises OSError, or ValueError (ValidationError is one) with the place of the mistake."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return _plan(tomllib.loads(text))
    document = msgspec.json.decode(text)
    if not isinstance(document, dict) or not isinstance(document.get("events"), dict):
        raise ValueError('Expected {"mode": ..., "events": {NAME: JSON Schema of its props}}')
    rest = {key: value for key, value in document.items() if key not in REMARKS}
    events = {name: _event(schema, name) for name, schema in document["events"].items()}
    return _plan(rest | {"events": events})


def _plan(document: dict[str, Any]) -> Plan:
    """msgspec hides names that people chose as [...]: each event and prop is tried singly first."""
    events = document.get("events")
    for name, each in events.items() if isinstance(events, dict) else ():
        props = each.get("props") if isinstance(each, dict) else None
        for prop, kinds in props.items() if isinstance(props, dict) else ():
            _try(kinds, Type | tuple[Type, ...], f"events.{name}.props.{prop}", f"; it takes {TYPES}")
        _try(each, EventPlan, f"events.{name}")
    return msgspec.convert(document, Plan)


def _try(value: Any, kind: Any, where: str, more: str = "") -> None:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{where}: {error}{more}") from None


def _event(schema: Any, name: str) -> dict[str, Any]:
    words = _words(schema, SCHEMA_WORDS, f"events.{name}")
    if words.get("type", "object") != "object":
        raise ValueError(f"events.{name}.type: Expected object, props are one")
    if words.get("additionalProperties", True) not in (True, False):
        raise ValueError(f"events.{name}.additionalProperties: Expected true or false")
    props = {}
    for prop, each in words.get("properties", {}).items():
        kind = _words(each, {"type"}, f"events.{name}.properties.{prop}").get("type", [])
        # A null counts as missing, so it is always allowed where the prop is not required.
        kinds = [one for one in ([kind] if isinstance(kind, str) else kind) if one != "null"]
        if kinds:
            props[prop] = kinds
    known = set(words.get("properties", {}))
    free = {one: ["string", "number", "boolean", "array", "object"] for one in known - set(props)}
    return {
        "required": words.get("required", []),
        "props": props | free,
        "others": words.get("additionalProperties", True),
    }


def _words(schema: Any, known: set[str], where: str) -> dict[str, Any]:
    if not isinstance(schema, dict):
        raise ValueError(f"{where}: Expected a JSON Schema object")
    if unknown := set(schema) - known - REMARKS:
        raise ValueError(
            f"{where}: {', '.join(sorted(unknown))} is not supported; known: {', '.join(sorted(known))}"
        )
    return {key: value for key, value in schema.items() if key not in REMARKS}
