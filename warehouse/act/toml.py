"""TOML text and a form in; the form filled, or every mistake with its line and its fix, out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

Form = TypeVar("Form", bound=msgspec.Struct)


class Mistake(NamedTuple):
    """Prints as `file:line: field: what. Fix: how`."""

    file: str
    line: int
    field: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.what}. Fix: {self.fix}"


def near(wrong: str, known: Sequence[str], otherwise: str = "") -> str:
    """A fix: the known word that was meant, else what is said otherwise, else all of them."""
    found = get_close_matches(wrong, known, 1)
    return f"did you mean {found[0]}?" if found else otherwise or f"take one of {', '.join(known)}"


class Lines:
    """Where the fields of a TOML text stand; `variant.1.weight` is the second [[variant]]'s."""

    def __init__(self, text: str) -> None:
        self._line: dict[str, int] = {}
        counts: dict[str, int] = {}
        table, inside = "", ""
        for number, line in enumerate(text.splitlines(), start=1):
            if inside:  # a text or list over several lines
                inside = "" if inside in line else inside
                continue
            if many := re.match(r"\s*\[\[\s*([^\]]+?)\s*\]\]", line):
                name = many[1]
                counts[name] = counts.get(name, -1) + 1
                table = f"{name}.{counts[name]}"
                self._line.setdefault(table, number)
            elif one := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
                table = self._numbered(one[1], counts)
                self._line.setdefault(table, number)
            elif key := re.match(r"\s*([\w.\"'-]+?)\s*=\s*(.*)", line):
                path = re.sub("[\"']", "", key[1])
                steps = f"{table}.{path}".strip(".").split(".")
                for n in range(len(steps)):  # text.en = ... stands for text too
                    self._line.setdefault(".".join(steps[: n + 1]), number)
                inside = _unclosed(key[2])

    def of(self, path: str) -> int:
        """The field's line, else that of what holds it, else 1."""
        while path:
            if path in self._line:
                return self._line[path]
            path = path.rpartition(".")[0]
        return 1

    @staticmethod
    def _numbered(name: str, counts: dict[str, int]) -> str:
        first, dot, rest = re.sub("[\"']", "", name).partition(".")
        return f"{first}.{counts[first]}{dot}{rest}" if first in counts else first + dot + rest


def _unclosed(value: str) -> str:
    """What ends a value that goes on in the next line."""
    for quotes in ('"""', "'''"):
        if value.count(quotes) == 1:
            return quotes
    return "]" if value.startswith("[") and "]" not in value else ""


def parse(file: str, raw: bytes) -> tuple[dict[str, Any] | None, Lines, list[Mistake]]:
    """The tree, or why it is none."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return None, Lines(""), [Mistake(file, line, "file", "is not UTF-8", "save it as UTF-8")]
    lines = Lines(text)
    try:
        return tomllib.loads(text), lines, []
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = re.search(r" \(at (?:line (\d+).*|end of document)\)", message)
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        what = "is not TOML: " + (message[: at.start()] if at else message)
        fix = "texts stand in quotes, lists in [ ], times like 2026-12-01T08:00:00+02:00"
        return None, lines, [Mistake(file, line, "file", what, fix)]


def fill(
    form: type[Form], tree: dict[str, Any], file: str, lines: Lines
) -> tuple[Form | None, list[Mistake]]:
    """Every wrong field is named, not only the first."""
    mistakes = list(_mistakes(form, tree, file, lines, ""))
    return (None, mistakes) if mistakes else (msgspec.convert(tree, form), [])


def _mistakes(
    form: type[msgspec.Struct], tree: dict[str, Any], file: str, lines: Lines, at: str
) -> list[Mistake]:
    known = {one.encode_name: one for one in fields(form)}
    found = []
    for name, value in tree.items():
        path = f"{at}{name}"
        if name not in known:
            fix = near(name, list(known), f"take it out; there are: {', '.join(known)}")
            found.append(Mistake(file, lines.of(path), path, "there is no such field", fix))
        else:
            found += _value_mistakes(known[name].type, value, file, lines, path)
    for name, one in known.items():
        if one.required and name not in tree:
            path = f"{at}{name}"
            found.append(Mistake(file, lines.of(at.rstrip(".")), path, "is missing", _example(one, path)))
    return found


def _value_mistakes(kind: Any, value: Any, file: str, lines: Lines, path: str) -> list[Mistake]:
    if (form := _form_of(kind)) and isinstance(value, dict):
        return _mistakes(form, value, file, lines, path + ".")
    if (form := _form_of(_item_of(kind))) and isinstance(value, list):
        return [
            mistake
            for n, one in enumerate(value)
            for mistake in _value_mistakes(form, one, file, lines, f"{path}.{n}")
        ]
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        what = str(error).partition(" - at ")[0]
        fix = EXAMPLES.get(path.rpartition(".")[2], "see the table of fields in docs/act.md")
        return [Mistake(file, lines.of(path), path, what, fix)]
    return []


def _bare(kind: Any) -> Any:
    """Without Annotated and None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        kinds = [one for one in get_args(kind) if one is not type(None)]
        return _bare(kinds[0])
    return kind


def _form_of(kind: Any) -> type[msgspec.Struct] | None:
    bare = _bare(kind)
    return bare if isinstance(bare, type) and issubclass(bare, msgspec.Struct) else None


def _item_of(kind: Any) -> Any:
    bare = _bare(kind)
    return get_args(bare)[0] if get_origin(bare) is list else None


def _example(one: FieldInfo, path: str) -> str:
    return EXAMPLES.get(path, EXAMPLES.get(one.encode_name, f"write {one.encode_name}"))


# How a field is written, for whoever left it out or wrote it otherwise.
EXAMPLES = {
    "title": 'title = "Free delivery this week", for your staff only',
    "kind": 'kind = "content", or offer, banner, nearby, size_guide, comparison, support',
    "goal": 'goal = "purchase", the event that says it worked',
    "when": "write the line [when]; with nothing under it the campaign is for everybody",
    "variant": 'write [[variant]], key = "a" and text.en = { title = "..." }',
    "key": 'key = "a": a-z, 0-9 and -, at most 20',
    "text": 'text.en = { title = "Free delivery", body = "Until Sunday.", button = "Shop" }',
    "basis": 'basis = "personal", or "contextual": page, language, time and this document\'s moment alone',
    "from": "from = 2026-12-01T08:00:00+02:00, without quotes",
    "until": "until = 2026-12-24T20:00:00+02:00, without quotes",
    "holdout": "holdout = 0.10, from 0 to 0.5",
    "priority": "priority = 0, a whole number from -100 to 100",
    "weight": "weight = 100, a whole number from 1 to 1000",
    "day": "day = 3, from 1 to 3",
    "confidence": "confidence = 0.7, from 0 to 1",
    "stock": "stock = 1, a whole number of 1 or more",
    "amount": 'cart_min = { amount = "49.00", currency = "EUR" }, both in quotes',
    "currency": 'currency = "EUR", three capitals',
    "cart_min": 'cart_min = { amount = "49.00", currency = "EUR" }',
    "distance": 'distance = "25 km"',
    "hour": 'hour = ["08:00", "20:30"]',
    "lang": 'lang = ["en", "hi"]',
    "goal_within": 'goal_within = "7d"',
    "sensitive": "sensitive = true or false, without quotes",
    "offline": "offline = true or false, without quotes",
    "placements": 'write [[placements]] and name = "hero"',
    "name": 'name = "hero": a-z, 0-9 and -, at most 40',
    "stores": "write [[stores]] with id, name, lat, lon, zone and hours",
    "id": 'id = "tartu": a-z, 0-9 and -, at most 40',
    "lat": "lat = 58.3816, degrees north, without quotes",
    "lon": "lon = 26.7210, degrees east, without quotes",
    "zone": 'zone = "Europe/Tallinn"',
    "hours": 'hours = "Mo-Fr 09:00-20:00; Sa 10:00-16:00"',
    "closed": "closed = [2026-12-24], days without quotes",
}
