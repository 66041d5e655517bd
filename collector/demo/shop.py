"""Requests under /shop in, pages and files of the demo shop out; only with `serve --demo`, on the private port:
so its pages send their events to another origin, as the pages of a real site do.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path

from aiohttp import web

from collector.datadir import DataDir
from collector.demo import pages, site
from collector.demo.catalog import LANGUAGES, catalog
from collector.demo.html import View, document

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
PLAIN = ("cart", "checkout", "thanks", "learn", "how-to", "seen")
# The shop also proves that the snippet lives under a strict policy: no inline script, no eval, Trusted Types.
POLICY = (
    "default-src 'self'; script-src 'self' {collector}; connect-src 'self' {collector}; img-src 'self' data:;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'"
)
NAMED_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]")
HEADERS = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def demo_shop(data: DataDir, public_port: int) -> Callable[[web.BaseRequest], Awaitable[web.Response]]:
    """The handler of every path under /shop; the collector is on the same host's `public_port`. The snippet is
    made per page: a rotated key shows at once.
    """

    async def handle(request: web.BaseRequest) -> web.Response:
        _, _, language, rest = [*request.path.split("/", 3), "", ""][:4]
        if language == "static":
            return _file(rest)
        if not language:
            return web.Response(status=302, headers={"Location": f"/shop/{_wanted_language(request)}/"})
        view = _view(language, rest, request.query) if language in LANGUAGES else pages.missing("en")
        known = language if language in LANGUAGES else "en"
        collector = f"http://{_host(request)}:{public_port}"
        html = document(view, known, rest, request.query.get("text", ""), site.snippet(data, collector))
        headers = HEADERS | {"Content-Security-Policy": POLICY.format(collector=collector)}
        return web.Response(text=html, content_type="text/html", status=view.status, headers=headers)

    return handle


def _host(request: web.BaseRequest) -> str:
    """The name the visitor used for this machine, without the port."""
    named = NAMED_HOST.match(request.headers.get("Host", ""))
    return named[0] if named else "127.0.0.1"


@cache
def _files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in STATIC.iterdir()}


def _file(name: str) -> web.Response:
    body = _files().get(name)
    if body is None:
        return web.Response(status=404, text="no such file")
    kind = TYPES[Path(name).suffix]
    return web.Response(body=body, content_type=kind, charset="utf-8", headers={"Cache-Control": "no-cache"})


def _view(language: str, rest: str, query: Mapping[str, str]) -> View:
    kind, _, name = rest.rstrip("/").partition("/")
    if kind == "" or kind in PLAIN:
        return pages.plain(language, kind) if kind else pages.home(language)
    if kind == "search":
        return pages.search(language, query.get("text", "")[:200].strip())
    if kind == "compare":
        return pages.compare(language, query.get("ids", "").split(",")[:4])
    if kind == "stores":
        return pages.stores(language)
    if kind == "c" and name in catalog().categories:
        return pages.shelf(language, name)
    product = catalog().product(name) if kind == "p" else None
    return pages.product(language, product) if product else pages.missing(language)


def _wanted_language(request: web.BaseRequest) -> str:
    """The first of the browser's languages that the shop speaks."""
    asked = request.headers.get("Accept-Language", "").lower().split(",")
    return next((tag.strip()[:2] for tag in asked if tag.strip()[:2] in LANGUAGES), "en")
