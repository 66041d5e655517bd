"""aiohttp's connections with our answers: bytes that are no HTTP in, an error in JSON out that quotes none of
them.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler

from collector.errors import Refused
from collector.handlers import Books, Handler, response

BROKEN = Refused(
    400, "bad_http", "this is no well-formed HTTP/1.1 request: mend its request line, headers or chunks"
)
LONG_LINE = Refused(
    400, "headers_too_large", "the request line or a header is longer than 8190 bytes: shorten it"
)


class Connection(RequestHandler):
    """One connection. aiohttp's own error page quotes the request and cannot be read by a page of another
    origin; its log line names the address.
    """

    __slots__ = ("_books",)

    def __init__(self, manager: Server, **kwargs: Any) -> None:
        super().__init__(manager, **kwargs)
        self._books = manager.books

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Called by aiohttp where no handler could be; the connection is closed after the answer."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the answer is sent already")
        error: Exception = LONG_LINE if isinstance(exc, LineTooLong) else BROKEN
        if status >= 500:
            error = exc if isinstance(exc, Exception) else Exception(message or "no handler could answer")
        answer = response(self._books.refuse("other", error))
        self._books.count("other", answer.status)
        answer.force_close()
        return answer


class Server(web.Server):
    """aiohttp's low-level server with these connections."""

    def __init__(self, handler: Handler, books: Books, **settings: Any) -> None:
        super().__init__(handler, **settings)
        self.books = books

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)
