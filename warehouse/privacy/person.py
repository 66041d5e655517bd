"""A person of one site; whether a document, or bytes that are none, name that person.

Ids are compared whole and where the wire contract has ids: `visitor` and `user` of a context or an event, the
collector's hashes `v` and `v2`. A product `1042` is not the user `1042`, and `customer-12` not `customer-1`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

WHOLE_BELOW = 8  # characters
KINDS = {"visitor": "visitor", "user": "user"}
HASHES = ("v", "v2")  # in `m`
PLAIN = re.compile(r"[A-Za-z0-9_.:@-]+")
MEMBERS = ("ctx", "m", "b", "context")  # of a journal line, a batch, a track body, a row held back
LISTS = ("events", "x")


class Object(list[tuple[str, Any]]):
    """A JSON object as its pairs: a name that stands twice in it hides nothing."""


def read(text: bytes) -> Any:
    """A decoded document, numbers as they are spelled. Raises ValueError and RecursionError."""
    return json.loads(text, object_pairs_hook=Object, parse_int=str, parse_float=str)


class Person(msgspec.Struct, frozen=True, dict=True):
    """The ids one person goes by on `site`."""

    site: str
    visitors: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every id once."""
        return tuple(dict.fromkeys((*self.visitors, *self.users)))

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(kind, id) of each."""
        return [("visitor", name) for name in self.visitors] + [("user", name) for name in self.users]

    def is_named_in(self, text: bytes) -> bool:
        """By an id of a JSON document (a line, a batch, an event); in what is no document, by its bytes."""
        if not self.may_be_in(text):
            return False
        try:
            tree = read(text)
        except (ValueError, RecursionError):
            return self.is_in_bytes(text)
        return any(value in self.of(kind) for kind, value in ids(tree)) or any(
            self.is_named_in(raw.encode()) for raw in _raws(tree)
        )

    def may_be_in(self, text: bytes) -> bool:
        """The cheap test before a document is decoded: an id may be spelled with escapes."""
        return any(name.encode() in text for name in self.names) or (
            b"\\" in text and self._escapes.search(text) is not None
        )

    def is_in_bytes(self, text: bytes) -> bool:
        """Bytes that nobody can decode: the id as a word, a short one only in quotes, else `v1` would be in
        every address.
        """
        return self._words.search(text) is not None

    def of(self, kind: str) -> tuple[str, ...]:
        """The ids of one kind, visitor or user."""
        return self.visitors if kind == "visitor" else self.users

    @cached_property
    def _escapes(self) -> re.Pattern[bytes]:
        """Which escapes could stand for a character of an id: of plain ASCII nobody escapes more than some."""
        plain = all(PLAIN.fullmatch(name) for name in self.names)
        return re.compile(rb"\\u00[2-7]" if plain else rb"\\")

    @cached_property
    def _words(self) -> re.Pattern[bytes]:
        quoted = [(name, msgspec.json.encode(name)) for name in self.names]
        spelled = [
            re.escape(text)
            if len(name) < WHOLE_BELOW
            else rb"(?<![\w-])" + re.escape(text[1:-1]) + rb"(?![\w-])"
            for name, text in quoted
        ]
        return re.compile(b"|".join(spelled) or b"(?!)")


def ids(tree: Any, within: str = "") -> Iterator[tuple[str, Any]]:
    """(kind, id) of each place of a decoded document that holds one."""
    for name, value in tree if isinstance(tree, Object) else ():
        if name in KINDS or (within == "m" and name in HASHES):
            yield KINDS.get(name, "visitor"), value
        elif name in MEMBERS:
            yield from ids(value, name)
        elif name in LISTS and isinstance(value, list):
            for one in value:
                yield from ids(one)


def _raws(tree: Any) -> Iterator[str]:
    """Rejected events of a line, as they were sent."""
    for name, value in tree if isinstance(tree, Object) else ():
        if name == "raw" and isinstance(value, str):
            yield value
        elif name == "x" and isinstance(value, list):
            for one in value:
                yield from _raws(one)
