"""Messages between the console and its children: a length of four bytes, then JSON. Both ends are here."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any, BinaryIO

import orjson

MESSAGE_BYTES_MAX = 64 * 1024 * 1024
OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY

Message = dict[str, Any]


def encode(message: Any) -> bytes:
    """JSON of what DuckDB answers: UUIDs, intervals and whole numbers beyond 64 bits as text."""
    try:
        return orjson.dumps(message, default=_plain, option=OPTIONS)
    except TypeError:
        return orjson.dumps(_without_large(message), default=_plain, option=OPTIONS)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)


def _without_large(value: Any) -> Any:
    """orjson takes no whole number of more than 64 bits, and no surrogate; they travel as text."""
    if isinstance(value, dict):
        return {str(key): _without_large(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_large(one) for one in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return str(value) if isinstance(value, int) and value.bit_length() > 63 else value


async def receive(stream: asyncio.StreamReader) -> bytes:
    """The next message's JSON. Raises IncompleteReadError when the other end is gone."""
    size = int.from_bytes(await stream.readexactly(4), "big")
    return await stream.readexactly(size)


def send(stream: asyncio.StreamWriter, message: Message) -> None:
    """Buffered; drain it."""
    body = encode(message)
    stream.write(len(body).to_bytes(4, "big") + body)


def serve(answer: Callable[[Message], Message]) -> None:
    """The child's end: answers what comes on stdin until it ends. `answer` must not raise."""
    wire_in, wire_out = sys.stdin.buffer, sys.stdout.buffer
    while (message := _read(wire_in)) is not None:
        reply(answer(message), wire_out)


def reply(message: Message, out: BinaryIO | None = None) -> None:
    """Sends one message to the parent."""
    out = out or sys.stdout.buffer
    body = encode(message)
    out.write(len(body).to_bytes(4, "big") + body)
    out.flush()


def _read(wire: BinaryIO) -> Message | None:
    head = wire.read(4)
    if len(head) < 4:
        return None
    message: Message = orjson.loads(wire.read(int.from_bytes(head, "big")))
    return message
