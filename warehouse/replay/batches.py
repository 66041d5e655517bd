"""Rows in, bodies of POST /v1/events out: as full as the limits allow, one language and user agent each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from warehouse.replay.mapping import BATCH_TEXTS, BadRow, Row

LIB = "hetk-replay/1"
EVENTS_MAX = 500
BODY_BYTES_MAX = 480 * 1024  # under the collector's 512 KiB, envelope included
BUFFERED_EVENTS_MAX = 20_000  # over all open batches (a web log has thousands of user agents)
_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass
class Batch:
    """Encoded events that share their batch fields; `first` is the lowest row number among them."""

    shared: tuple[str | None, ...]
    first: int
    events: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, event: bytes) -> None:
        self.events.append(event)
        self.size += len(event) + 1

    def fits(self, event: bytes) -> bool:
        return len(self.events) < EVENTS_MAX and self.size + len(event) < BODY_BYTES_MAX

    @property
    def user_agent(self) -> str | None:
        return self.shared[BATCH_TEXTS.index("user_agent")]

    def body(self, key: str) -> bytes:
        """The user agent is no part of it: it travels as a header and is never written down."""
        ctx = {name: value for name, value in zip(BATCH_TEXTS, self.shared, strict=True) if value is not None}
        ctx.pop("user_agent", None)
        head = {"v": 1, "key": key, "sent": int(time.time() * 1000), "lib": LIB, "history": True, "ctx": ctx}
        return _encode(head)[:-1] + b',"events":[' + b",".join(self.events) + b"]}"

    def halves(self) -> tuple[Batch, Batch]:
        middle = len(self.events) // 2
        parts = (self.events[:middle], self.events[middle:])
        left, right = (Batch(self.shared, self.first, part, sum(map(len, part))) for part in parts)
        return left, right


class Batcher:
    """Yields full batches; knows the lowest row number that it still holds back."""

    def __init__(self) -> None:
        self._open: dict[tuple[str | None, ...], Batch] = {}
        self._buffered = 0
        self.next_row = 0

    def lowest_held(self) -> int:
        return min((batch.first for batch in self._open.values()), default=self.next_row)

    def feed(
        self, rows: Iterable[tuple[int, Row | BadRow]], on_bad: Callable[[BadRow], None]
    ) -> Iterator[Batch]:
        for number, row in rows:
            if isinstance(row, BadRow):
                on_bad(row)
            else:
                yield from self._add(number, row)
            self.next_row = number + 1  # only now: while a batch is handed out, this row is in none
        yield from self._flush()

    def _add(self, number: int, row: Row) -> Iterator[Batch]:
        event = _encode(row.event)
        batch = self._open.get(row.batch)
        if batch is not None and not batch.fits(event):
            yield self._close(row.batch)
            batch = None
        if batch is None:
            batch = self._open[row.batch] = Batch(row.batch, number)
        batch.add(event)
        self._buffered += 1
        if self._buffered >= BUFFERED_EVENTS_MAX:
            yield from self._flush()

    def _close(self, shared: tuple[str | None, ...]) -> Batch:
        batch = self._open.pop(shared)
        self._buffered -= len(batch.events)
        return batch

    def _flush(self) -> Iterator[Batch]:
        for shared in list(self._open):
            yield self._close(shared)
