"""The bytes of a request's body: a stream in, bounded and inflated bytes out."""

from __future__ import annotations

import asyncio
import zlib

from aiohttp import StreamReader, web

from collector.config import Config
from collector.errors import Refused

ENCODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
_GZIP = b"\x1f\x8b"
_GZIP_BITS, _ZLIB_BITS, _RAW_BITS = 31, 15, -15


async def read_body(request: web.BaseRequest, config: Config) -> bytes:
    """Raises Refused: 408 too slow, 413 too large, 400 not what Content-Encoding says, 415 an encoding we do
    not take.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ENCODINGS:
        raise Refused(415, "bad_encoding", "send the body plain or with Content-Encoding: gzip or deflate")
    limits = config.limits
    if (request.content_length or 0) > limits.wire_bytes_max:
        await _discard(request, config)
        raise _too_large(limits.wire_bytes_max)
    body = await _read(request, config)
    if body.startswith(_GZIP):
        return inflate(body, limits.body_bytes_max)
    if encoding == "deflate" and body:
        return inflate(body, limits.body_bytes_max, _deflate_bits(body))
    if encoding.endswith("gzip") and body:
        raise Refused(
            400,
            "bad_gzip",
            "Content-Encoding says gzip, the body is not: compress it or leave the header out",
        )
    if len(body) > limits.body_bytes_max:
        raise _too_large(limits.body_bytes_max)
    return body


def _deflate_bits(body: bytes) -> int:
    """The standard's deflate has zlib's two bytes in front; half of the world leaves them out."""
    has_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _ZLIB_BITS if has_header else _RAW_BITS


def inflate(body: bytes, bytes_max: int, bits: int = _GZIP_BITS) -> bytes:
    """gzip or deflate, never more than `bytes_max` of memory for what comes out. Raises Refused."""
    inflater = zlib.decompressobj(wbits=bits)
    try:
        plain = inflater.decompress(body, bytes_max + 1)
    except zlib.error:
        raise Refused(400, "bad_gzip", "the compressed body is damaged: compress it again") from None
    if len(plain) > bytes_max:
        raise _too_large(bytes_max)
    if not inflater.eof:
        raise Refused(400, "bad_gzip", "the compressed body ends too early: send all of it")
    if inflater.unused_data:
        raise Refused(
            400, "bad_gzip", "there are bytes behind the end of the compressed body: send one gzip member"
        )
    return plain


async def _read(request: web.BaseRequest, config: Config) -> bytes:
    most, seconds = config.limits.wire_bytes_max, config.http.body_seconds_max
    try:
        if request.content.is_eof():  # it came with the headers: no timer needed
            body = request.content.read_nowait()
        else:
            async with asyncio.timeout(seconds):
                body = await _gather(request.content, most)
    except TimeoutError:
        text = f"the body did not arrive within {seconds:g} s: send it again"
        raise Refused(408, "slow_body", text) from None
    except (web.RequestPayloadError, ConnectionError):  # or the sender went away
        text = "the body ended early or its chunks are damaged: send it again"
        raise Refused(400, "bad_body", text) from None
    if len(body) > most:
        await _discard(request, config)
        raise _too_large(most)
    return body


async def _gather(content: StreamReader, most: int) -> bytes:
    """All of it, or a little more than `most`."""
    chunks, size = [], 0
    while size <= most and (chunk := await content.readany()):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


async def _discard(request: web.BaseRequest, config: Config) -> None:
    """A sender that is still writing sees a reset instead of the 413: read a bounded rest first."""
    left = config.limits.discard_bytes_max
    try:
        async with asyncio.timeout(config.limits.discard_seconds_max):
            while left > 0 and (chunk := await request.content.readany()):
                left -= len(chunk)
    except (TimeoutError, web.RequestPayloadError, ConnectionError):
        pass  # the answer is 413 either way


def _too_large(bytes_max: int) -> Refused:
    return Refused(
        413,
        "too_large",
        f"the body may have {bytes_max} bytes after inflating: split the batch and send the parts",
    )
