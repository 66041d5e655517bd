"""A body in, a JSON response out."""

from __future__ import annotations

import orjson
from aiohttp import web


def answered(body: object, status: int = 200) -> web.Response:
    """Compressed where the browser takes it."""
    response = web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
    response.enable_compression()
    return response


def failed(text: str, status: int) -> web.Response:
    """{"error": text}: what went wrong and what to do."""
    return answered({"error": text}, status)
