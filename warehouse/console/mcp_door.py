"""An ASGI application in; the same one behind a token out: over HTTP a model's program shows one of an analyst's.

While nobody has an account in this data directory there is nothing to show, as at the console of a demo.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from warehouse.people import entry, users
from warehouse.people.entry import PREFIX
from warehouse.people.roles import may
from warehouse.people.store import People, digest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
REFUSAL = orjson.dumps(
    {"error": "send Authorization: Bearer TOKEN; an analyst makes one on the page of their account"}
)


def guarded(app: App, people: People) -> App:
    """Asked anew with each request: a revoked token ends at once."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or await asyncio.to_thread(opens, people, scope["headers"]):
            return await app(scope, receive, send)
        headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": REFUSAL})
        return None

    return answer


def opens(people: People, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether these headers of a request let it in."""
    sent = dict(headers).get(b"authorization", b"").decode("latin-1")
    kind, _, secret = sent.partition(" ")
    if kind.lower() == "bearer" and secret.startswith(PREFIX):
        who = entry.by_token(people, digest(secret.strip()))
        return who is not None and may(who.role, "analyst")
    return not sent and users.is_new(people)
