"""What pages may do: a check of where a request comes from, security headers on each answer.

A page of another site that is open in the same browser must not read or send: its requests say so
(Sec-Fetch-Site, Origin).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from warehouse.console.replies import Failed

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


def check_stranger(request: web.Request, origin: str) -> None:
    """Refuses what a page of another site asks or sends. `origin` is our own, as browsers see it.

    A cookie is not sent with such requests (SameSite); this holds where there is no cookie too.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"} and not _navigates(
        request
    ):
        raise Failed(403, "another site asks for this: open the console itself")
    if request.method in {"GET", "HEAD"}:
        return
    sent_by = request.headers.get("Origin")
    if sent_by is not None and sent_by != origin:
        raise Failed(
            403,
            f"{sent_by} sends this, and the console is {origin}: open the console itself; a proxy in front of "
            "it passes Host and X-Forwarded-Proto on",
        )
    if request.content_type != "application/json":
        raise Failed(415, "send JSON, with Content-Type: application/json")


def _navigates(request: web.Request) -> bool:
    """A link somewhere else that leads here."""
    return request.headers.get("Sec-Fetch-Mode") == "navigate" and request.method == "GET"


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")  # who signs out leaves nothing behind
