"""The one hot request without aiohttp's machinery: bytes of a plain POST /v1/events in, the bytes of its
answer out.

Only a connection that is idle and whose next bytes are one plain request of this kind is served here;
everything else goes to aiohttp's parser. Status, body and journal are the same on both ways
(tests/collector/test_fastpath.py). This leans on private state of aiohttp, which is pinned for it; `lacking`
names what is missing after an update, and then the way through aiohttp is taken.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any, NamedTuple

from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE
from aiohttp.web_protocol import RequestHandler
from multidict import CIMultiDict, CIMultiDictProxy

from collector.connection import Connection, Server
from collector.errors import JournalError
from collector.handlers import EVENTS_PATH, JSON_HEADERS, Books, Doors, Handler, Reply, answered
from collector.pipeline import Receipt, acknowledge, prepare, unstored

HEAD_BYTES_MAX = 4096
HEADS_CACHED = 512
LENGTH_DIGITS_MAX = 9
TURNS = 3  # of the event loop
HOLD_SECONDS = 0.25  # a body that is not complete by then is aiohttp's, with its timeout
_START = b"POST %s HTTP/1.1\r\n" % EVENTS_PATH.encode()
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: ([0-9]{1,%d})\r\n" % LENGTH_DIGITS_MAX)
_HEADER = re.compile(rb"([A-Za-z0-9-]{1,64}): ([!-~](?:[ -~]{0,2046}[!-~])?)\r\n")
# Headers that change what a request means: whoever sends them is served by aiohttp.
_MEANINGFUL = frozenset(
    ("transfer-encoding", "content-encoding", "expect", "upgrade", "connection", "te", "trailer")
)
_PRIVATE = [
    "_waiter",
    "_messages",
    "_payload_parser",
    "_upgraded",
    "_close",
    "_force_close",
    "_buffer_paused",
    "_keepalive_timeout",
    "_next_keepalive_close_time",
    "_process_keepalive",
    "_loop",
]


class Head(NamedTuple):
    """A plain request's head: `before` and `after` the digits of its length, all else senders repeat."""

    before: bytes
    after: bytes
    headers: CIMultiDictProxy[str]


class Request(NamedTuple):
    """A plain request, of whose `length` bytes of body so many are here."""

    head: Head
    length: int
    body: bytes


def lacking() -> list[str]:
    """What the fast path leans on and this aiohttp does not have."""
    names = {name for kind in RequestHandler.__mro__ for name in vars(kind)}
    return [name for name in _PRIVATE if name not in names]


def read_request(data: bytes, seen: Head | None = None) -> Request | None:
    """One plain POST of events whose body may not be all here yet. None when aiohttp must look at it. `seen`:
    the head of the one before, which is mostly this one's too.
    """
    head = _head_like(data, seen) if seen is not None and data.startswith(seen.before) else None
    if head is None:
        head = _head_of(data)
    if head is None:
        return None
    first = len(head.before)
    last = data.index(b"\r", first)
    length, body = int(data[first:last]), data[last + len(head.after) :]
    if len(body) > length or body.startswith(b"\x1f"):
        return None
    return Request(head, length, body)


def _head_like(data: bytes, seen: Head) -> Head | None:
    first = len(seen.before)
    last = data.find(b"\r", first, first + LENGTH_DIGITS_MAX + 1)
    return seen if data[first:last].isdigit() and data.startswith(seen.after, last) else None


def _head_of(data: bytes) -> Head | None:
    if not data.startswith(_START):
        return None
    end = data.find(_END, 0, HEAD_BYTES_MAX)
    shown = _LENGTH.search(data, 0, end + 2) if end > 0 else None
    if shown is None:
        return None
    first, last = shown.span(1)
    return read_head(data[:first], data[last : end + len(_END)])


@lru_cache(HEADS_CACHED)
def read_head(before: bytes, after: bytes) -> Head | None:
    """From the request line to the empty line, the length's digits left out. None when aiohttp must look at
    it.
    """
    data = b"%s0%s" % (before, after)
    headers: CIMultiDict[str] = CIMultiDict()
    at, end = len(_START), len(data) - 2
    while at < end:
        header = _HEADER.match(data, at)
        if header is None:
            return None
        name = header[1].decode()
        if name.lower() in _MEANINGFUL or name in headers:
            return None
        headers[name] = header[2].decode()
        at = header.end()
    if at != end or "Host" not in headers:
        return None
    return Head(before, after, CIMultiDictProxy(headers))


class FastServer(Server):
    """The server with the fast connections."""

    def __init__(self, handler: Handler, doors: Doors, books: Books, **settings: Any) -> None:
        super().__init__(handler, books, **settings)
        self.doors = doors
        self.limits = doors.tools.config.limits

    def __call__(self) -> RequestHandler:
        return FastConnection(self, loop=self._loop, **self._kwargs)


class FastConnection(Connection):
    """One connection. `_fast` while a batch waits for the disk, `_held` an incomplete request."""

    __slots__ = (
        "_answered",
        "_body_bytes_max",
        "_doors",
        "_fast",
        "_head",
        "_held",
        "_hold_timer",
        "_later",
        "_missing",
        "_parser_clean",
    )

    def __init__(self, manager: FastServer, **kwargs: Any) -> None:
        super().__init__(manager, **kwargs)
        self._doors = manager.doors
        self._body_bytes_max = min(manager.limits.body_bytes_max, manager.limits.wire_bytes_max)
        self._fast = False
        self._head: Head | None = None  # of the request before
        self._answered: asyncio.Future[None] | None = None
        self._held: list[bytes] = []  # packets of an incomplete request
        self._missing = 0  # bytes of it
        self._hold_timer: asyncio.Handle | None = None
        self._later: list[bytes] = []  # packets that came while a batch waited for the disk
        self._parser_clean = True  # aiohttp's parser is not in the middle of something

    def data_received(self, data: bytes) -> None:
        if self._fast:
            self._later.append(data)
            self._pause()
        elif self._missing > len(data):  # still incomplete: no look at it, and no more time for it
            self._held.append(data)
            self._missing -= len(data)
        elif self._held:
            self._take([*self._release(), data])
        else:
            self._take([data])

    def _take(self, packets: list[bytes], turns: int = TURNS) -> None:
        """`turns`: how often aiohttp may still be waited for."""
        data = packets[0] if len(packets) == 1 else b"".join(packets)
        request = read_request(data, self._head) if self._parser_clean else None
        if request is None or request.length > self._body_bytes_max:
            self._to_aiohttp(packets, whole=request is not None and request.length == len(request.body))
        elif self._idle():
            if len(request.body) < request.length:
                self._hold(packets, request.length - len(request.body))
            else:
                self._serve(request)
        elif turns and self._quiet():
            # A new connection's task has not run yet, or aiohttp has answered and its task is not back from
            # it: without waiting a turn of the loop, a busy connection never came to the fast path.
            self._held = packets
            self._hold_timer = self._loop.call_soon(lambda: self._take(self._release(), turns - 1))
        else:
            self._to_aiohttp(packets, whole=request.length == len(request.body))

    def _idle(self) -> bool:
        """True when aiohttp waits for a request on this connection."""
        return self._waiter is not None and not self._waiter.done() and self._quiet()

    def _quiet(self) -> bool:
        """True when nothing lies between these bytes and the end of what aiohttp has been given."""
        return (
            not self._messages
            and self._payload_parser is None
            and not (self._upgraded or self._close or self._force_close or self._buffer_paused)
        )

    def _to_aiohttp(self, packets: list[bytes], whole: bool = False) -> None:
        """Packet by packet, as they came. `whole`: they are one request, after which the parser holds
        nothing.
        """
        whole = whole or _is_one_without_body(b"".join(packets))
        self._parser_clean = self._parser_clean and whole
        for packet in packets:
            super().data_received(packet)

    def _hold(self, packets: list[bytes], missing: int) -> None:
        self._held, self._missing = packets, missing
        self._hold_timer = self._loop.call_later(HOLD_SECONDS, self._give_up_holding)

    def _release(self) -> list[bytes]:
        held, self._held, self._missing = self._held, [], 0
        if self._hold_timer is not None:
            self._hold_timer.cancel()
            self._hold_timer = None
        return held

    def _give_up_holding(self) -> None:
        if held := self._release():
            self._to_aiohttp(held)

    def _serve(self, request: Request) -> None:
        self._head = request.head
        peer = self.peername
        address = str(peer[0]) if isinstance(peer, tuple) else str(peer or "")
        tools = self._doors.tools
        try:
            delivery = self._doors.deliver(address, request.head.headers, request.body)
            line, receipt = prepare(delivery, tools)
            tools.journal.write(line, partial(self._stored, receipt))
        except JournalError as error:
            self._write(self._books.refuse(EVENTS_PATH, unstored(error, tools)))
        except Exception as error:  # noqa: BLE001 the last border: the client must get an answer
            self._write(self._books.refuse(EVENTS_PATH, error))
        else:
            self._fast = True

    def _stored(self, receipt: Receipt, error: JournalError | None) -> None:
        """The disk has spoken; what came meanwhile is next."""
        self._fast = False
        tools = self._doors.tools
        if error is None:
            self._write(answered(acknowledge(receipt, tools)))
        else:
            self._write(self._books.refuse(EVENTS_PATH, unstored(error, tools)))
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)
        if self._later and self.transport is not None:
            later, self._later = self._later, []
            self._resume()
            for packet in later:
                self.data_received(packet)

    def _write(self, reply: Reply) -> None:
        self._books.count(EVENTS_PATH, reply.status)
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self.transport is not None:
            self.transport.write(_http(reply))

    def _process_keepalive(self) -> None:
        """aiohttp's timer. A connection that looks idle to aiohttp may wait for the disk or its body."""
        if self._fast or self._held:
            self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        super()._process_keepalive()

    def _pause(self) -> None:
        if self.transport is not None and not self._buffer_paused:
            self.transport.pause_reading()

    def _resume(self) -> None:
        if self.transport is not None:
            self.transport.resume_reading()

    def close(self) -> None:
        """Called when the worker stops: a batch that waits for the disk is answered first."""
        if not self._fast:
            if held := self._release():
                self._to_aiohttp(held)
            super().close()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 aiohttp's signature
        if self._fast:
            self._answered = self._loop.create_future()
            await asyncio.wait([self._answered], timeout=timeout)
        await super().shutdown(timeout)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._release()
        self._later = []
        super().connection_lost(exc)


def _is_one_without_body(data: bytes) -> bool:
    """True for one whole GET or OPTIONS: after it aiohttp's parser holds nothing."""
    if not data.startswith((b"GET /", b"OPTIONS /")) or data.find(_END) != len(data) - len(_END):
        return False
    lower = data.lower()
    return not any(name in lower for name in (b"content-length", b"transfer-encoding", b"upgrade"))


def _http(reply: Reply) -> bytes:
    """The same headers that aiohttp writes."""
    date = rfc822_formatted_time()
    if reply.headers is JSON_HEADERS:
        return _usual_head(reply.status, len(reply.body), date) + reply.body
    return _head(reply.status, reply.headers, len(reply.body), date) + reply.body


@lru_cache(64)
def _usual_head(status: int, length: int, date: str) -> bytes:
    """Changes once a second."""
    return _head(status, JSON_HEADERS, length, date)


def _head(status: int, headers: Mapping[str, str], length: int, date: str) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}Content-Length: {length}\r\n"
        f"Date: {date}\r\nServer: {SERVER_SOFTWARE}\r\n\r\n"
    ).encode()
