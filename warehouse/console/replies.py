"""A body in, a JSON response out; and the other way round."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import orjson
from aiohttp import web

T = TypeVar("T")


class Failed(Exception):
    """A request that is answered with {"error": text} and this status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


async def read(request: web.Request, kind: type[T], form: str) -> T:
    """The body as a struct. Raises Failed, which shows the `form` that is wanted."""
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Failed(400, f"send {form}: {error}") from None


def answered(body: object, status: int = 200) -> web.Response:
    """Compressed where the browser takes it."""
    response = web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
    response.enable_compression()
    return response


def failed(text: str, status: int) -> web.Response:
    """{"error": text}: what went wrong and what to do."""
    return answered({"error": text}, status)
