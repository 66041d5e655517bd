"""Who may ask, and what a page may do: checks before each answer, security headers on each answer.

Without accounts the console answers on this machine alone. A page of another site that is open in the same
browser must not read it: its requests say so (Sec-Fetch-Site, Origin), and a name that somebody else points
at 127.0.0.1 is not ours (Host).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp import web

LOCAL_HOST = re.compile(r"^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses strangers with 403."""
    if not LOCAL_HOST.match(request.host):
        port = request.host.rpartition(":")[2]
        raise web.HTTPForbidden(
            text=f"open the console as http://127.0.0.1:{port}/console/ on its own machine"
        )
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"} and not _navigates(
        request
    ):
        raise web.HTTPForbidden(text="another site asks for this: open the console itself")
    if request.method not in {"GET", "HEAD"}:
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            raise web.HTTPForbidden(text="another site sends this: open the console itself")
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="send JSON, with Content-Type: application/json")
    return await handler(request)


def _navigates(request: web.Request) -> bool:
    """A link somewhere else that leads here."""
    return request.headers.get("Sec-Fetch-Mode") == "navigate" and request.method == "GET"


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`."""
    response.headers.update(HEADERS)
