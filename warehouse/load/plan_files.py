"""A folder of tracking plans in, the plans of all sites out; changed files are read again, no restart.

`SITE.toml` is our own short form, `SITE.json` a JSON Schema of each event's props (docs/config.md).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from collector import logs
from warehouse.load.plan import Plan

# JSON Schema words that say nothing a value could break.
REMARKS = {"$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated"}
SCHEMA_WORDS = {"type", "properties", "required", "additionalProperties"}
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
        for path in sorted([*self._folder.glob("*.toml"), *self._folder.glob("*.json")]):
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


def read_plan(path: Path) -> Plan:
    """One file. Raises OSError, or ValueError (ValidationError is one) with the place of the mistake."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return msgspec.convert(tomllib.loads(text), Plan)
    document = msgspec.json.decode(text)
    if not isinstance(document, dict) or not isinstance(document.get("events"), dict):
        raise ValueError('Expected {"mode": ..., "events": {NAME: JSON Schema of its props}}')
    rest = {key: value for key, value in document.items() if key not in REMARKS}
    events = {name: _event(schema, name) for name, schema in document["events"].items()}
    return msgspec.convert(rest | {"events": events}, Plan)


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
