"""The named questions: one short query a file; its question and its picture stand in the header."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent
PARAM = re.compile(r"coalesce\(getvariable\('(\w+)'\), (?:(\d+)|'([^']*)'|\()")
WHOLE_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class Param:
    """What may be given with --param; an empty `choices` takes any text."""

    name: str
    default: str
    number: bool
    choices: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What a value is, in words."""
        if self.number:
            return "a whole number"
        return f"one of {', '.join(self.choices)}" if self.choices else "a text"

    @property
    def example(self) -> str:
        """A value that is taken."""
        return self.default or self.name.upper()

    def takes(self, value: str) -> bool:
        """Whether a value can be used."""
        if self.number:
            return WHOLE_NUMBER.fullmatch(value) is not None
        return value in self.choices if self.choices else value != ""


class BadParam(ValueError):
    """A parameter that a question does not take; the text names it and what is taken."""


@dataclass(frozen=True)
class Question:
    """`ask` is the question in words; `chart` is `bar COLUMN`, `spark COLUMN` or empty. A line
    `-- NAME: a, b` in the header says what a parameter takes.
    """

    name: str
    ask: str
    chart: str
    sql: str
    params: tuple[Param, ...]

    @property
    def words(self) -> str:
        """The question, with the parameters it takes."""
        return " ".join([self.ask, *(f"--param {param.name}={param.example}" for param in self.params)])

    def variables(self, given: Mapping[str, str]) -> dict[str, str]:
        """Name -> SQL literal, to be set before the query runs. Raises BadParam."""
        known = {param.name: param for param in self.params}
        made = {}
        for name, value in given.items():
            if name not in known:
                raise BadParam(f"{self.name} takes NAME=VALUE with NAME of: {', '.join(known) or 'none'}")
            param = known[name]
            if not param.takes(value):
                raise BadParam(f"{name} is {param.kind}, for example {name}={param.example}")
            made[name] = value if param.number else "'" + value.replace("'", "''") + "'"
        return made


def questions(root: Path = ROOT) -> dict[str, Question]:
    """All questions by name, in the order of their names."""
    return {path.stem: read(path) for path in sorted(root.glob("*.sql"))}


def read(path: Path) -> Question:
    """Parses one file: a header of `-- key: value` lines, then the query."""
    head: dict[str, str] = {}
    body = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-- "):
            key, _, value = line.removeprefix("-- ").partition(":")
            head[key] = value.strip()
        else:
            body.append(line)
    sql = "\n".join(body).strip()
    return Question(path.stem, head.get("ask", ""), head.get("chart", ""), sql, tuple(_params(sql, head)))


def _params(sql: str, head: dict[str, str]) -> list[Param]:
    found = []
    for name, number, text in PARAM.findall(sql):
        choices = tuple(choice.strip() for choice in head.get(name, "").split(",") if choice)
        found.append(Param(name, number or text, bool(number), choices))
    return found
