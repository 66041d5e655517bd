"""The doors of one's own account: password, sessions, tokens for programs."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from warehouse.console.callers import WHO, Callers
from warehouse.console.replies import Failed, answered, read
from warehouse.console.signing import WRONG
from warehouse.console.tries import Tries
from warehouse.people import entry, passwords, users
from warehouse.people.passwords import Busy, Passwords
from warehouse.people.roles import Role


class Change(msgspec.Struct):
    """Of the password."""

    old: str
    new: str


class NewToken(msgspec.Struct):
    """`days` 0 = until it is revoked."""

    name: str
    role: Role
    days: int = 90


class OldToken(msgspec.Struct):
    """One of those that /api/account lists."""

    id: int


class Own:
    """Of one private port."""

    def __init__(self, callers: Callers, hasher: Passwords) -> None:
        self._callers = callers
        self._people = callers.people
        self._passwords = hasher
        self._tries = Tries()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/account", self.account),
            web.post("/api/password", self.password),
            web.post("/api/sessions/end", self.end_sessions),
            web.post("/api/tokens", self.make),
            web.post("/api/tokens/revoke", self.revoke),
        ]

    async def account(self, request: web.Request) -> web.Response:
        """{"sessions", "tokens", "offered": roles that a token may have}"""
        return answered(self._own(request))

    async def password(self, request: web.Request) -> web.Response:
        """{"old", "new"}; other sessions of this person end."""
        who, asked = request[WHO], await read(request, Change, '{"old": "...", "new": "..."}')
        if wait_s := self._tries.count(str(who.id), self._callers.address(request)):
            raise Failed(429, f"too many tries: wait {wait_s} seconds")
        known = users.password_of(self._people, who.name)
        try:
            if known is None or not await self._passwords.fits(known[2], asked.old):
                raise Failed(400, WRONG)
            passwords.check(asked.new, who.name)
            hashed = await self._passwords.hash(asked.new)
        except Busy:
            raise Failed(503, "too many people sign in just now: try again") from None
        self._tries.forgive(str(who.id), self._callers.address(request))
        by = self._callers.by(request)
        await asyncio.to_thread(users.set_password, self._people, who.id, hashed, who.key, by)
        return answered(self._own(request))

    async def end_sessions(self, request: web.Request) -> web.Response:
        """All but this one."""
        await asyncio.to_thread(entry.end_others, self._people, request[WHO], self._callers.by(request))
        return answered(self._own(request))

    async def make(self, request: web.Request) -> web.Response:
        """{"name", "role", "days"} -> {"token": shown this once, ...}"""
        asked = await read(request, NewToken, '{"name": "...", "role": "viewer or analyst", "days": 90}')
        secret = await asyncio.to_thread(
            entry.make_token, self._people, request[WHO], asked.name, asked.role, asked.days,
            self._callers.by(request),
        )  # fmt: skip
        return answered(self._own(request) | {"token": secret})

    async def revoke(self, request: web.Request) -> web.Response:
        """{"id"}"""
        asked = await read(request, OldToken, '{"id": 1}')
        by = self._callers.by(request)
        await asyncio.to_thread(entry.revoke_token, self._people, request[WHO], asked.id, by)
        return answered(self._own(request))

    def _own(self, request: web.Request) -> dict[str, Any]:
        who = request[WHO]
        return entry.own(self._people, who) | {"offered": entry.offered(who.role)}
