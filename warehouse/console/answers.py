"""An address in, the JSON of its tiles out: kept while the lake has not changed, or for a moment."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson

from collector.datadir import DataDir
from warehouse.console import changes
from warehouse.console.child import Child, ChildFailed
from warehouse.console.reader import signature
from warehouse.console.tiles import tiles
from warehouse.console.view import View, read_view

KEPT_MAX = 64
KEPT_S = 60.0  # of an unchanged lake: moments grow old by the clock
KEPT_CHANGED_S = 2.0
ANSWER_S = 60.0


@dataclass(frozen=True)
class Kept:
    """An answer and when it was made."""

    body: bytes
    etag: str
    signature: tuple[int, ...]
    at: float


class Answers:
    """Of one data directory."""

    def __init__(self, data: DataDir) -> None:
        self.reader = Child("reader", data)
        self._data = data
        self._kept: OrderedDict[object, Kept] = OrderedDict()
        self._ahead: asyncio.Task[None] | None = None

    def read_ahead(self) -> None:
        """Once: the days of the first page are read while whoever came still signs in."""
        if self._ahead is None:
            self._ahead = asyncio.create_task(self._read_first_days())

    async def _read_first_days(self) -> None:
        view = read_view([("site", "any")])
        question = {"op": "tiles", "first": str(view.earliest), "last": str(view.last), "tiles": []}
        with suppress(ChildFailed):  # the page's own question will tell
            await self.reader.ask(question, ANSWER_S)

    async def close(self) -> None:
        """Ends the process that reads."""
        if self._ahead is not None:
            self._ahead.cancel()
        await self.reader.close()

    async def tiles(self, view: View, names: list[str]) -> Kept:
        """{"tiles": {name: {ask, filter, sql, columns, rows | error}}, "view": {...}}; with `changes` among
        the names also {"changes": [...]}. Raises ChildFailed.
        """
        built = (view.steps, view.within, view.unit)
        key = (view.site, view.first, view.last, str(view.filters), built, tuple(names))
        now, seen = time.monotonic(), signature(self._data)
        kept = self._kept.get(key)
        if kept and now - kept.at < (KEPT_S if kept.signature == seen else KEPT_CHANGED_S):
            return kept
        made = _finish(await self._ask(view, names), view, names)
        body = orjson.dumps(made)
        kept = Kept(body, f'"{hashlib.sha256(body).hexdigest()[:20]}"', seen, now)
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return kept

    def drop(self) -> None:
        """Keeps nothing of what was answered: somebody in it was forgotten."""
        self._kept.clear()

    async def _ask(self, view: View, names: list[str]) -> dict[str, Any]:
        known = tiles()
        told = changes.TILES if "changes" in names else ()
        wanted = dict.fromkeys([*(name for name in names if name != "changes"), *told])
        asked = [[name, known[name].filled(view), known[name].from_lake] for name in wanted]
        question = {"op": "tiles", "first": str(view.earliest), "last": str(view.last), "tiles": asked}
        answer: dict[str, Any] = orjson.loads(await self.reader.ask(question, ANSWER_S))
        if "error" in answer:
            raise ChildFailed(str(answer["error"]))
        return answer


def _finish(answer: dict[str, Any], view: View, names: list[str]) -> dict[str, Any]:
    """Adds what the page shows beside the rows. What differs from one answer to the next (times) stays out,
    so that equal answers have equal tags.
    """
    found = answer["tiles"]
    for name, tile in found.items():
        known = tiles()[name]
        tile |= {"ask": known.ask, "filter": known.filter, "sql": known.filled(view)}
        tile.pop("ms", None)
    made: dict[str, Any] = {
        "tiles": found,
        "view": {"site": view.site, "first": str(view.first), "last": str(view.last), "grain": view.grain,
                 "before": str(view.earliest)},
    }  # fmt: skip
    if "changes" in names:
        made["changes"] = changes.changes(found)
    return made
