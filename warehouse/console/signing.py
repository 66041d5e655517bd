"""The doors by which one gets in and out: name and password or a one-time link in, a session's cookie out."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from warehouse.console.callers import WHO, Callers
from warehouse.console.replies import Failed, answered, failed, read
from warehouse.console.tries import Tries
from warehouse.errors import LinkGone
from warehouse.people import entry, log, passwords, users
from warehouse.people.entry import Who
from warehouse.people.log import By
from warehouse.people.passwords import Busy, Passwords
from warehouse.people.store import digest

WRONG = "this name and this password do not belong together"


class SignIn(msgspec.Struct):
    """Who one says to be."""

    name: str
    password: str


class SetUp(msgspec.Struct):
    """A link and the password one chooses; the name where the link has none."""

    link: str
    password: str
    name: str = ""


class Opened(msgspec.Struct):
    """A link that is looked at."""

    link: str


class Signing:
    """Of one private port."""

    def __init__(self, callers: Callers) -> None:
        self.passwords = Passwords()
        self._callers = callers
        self._people = callers.people
        self._tries = Tries()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/login", self.login),
            web.post("/api/link", self.link),
            web.post("/api/setup", self.set_up),
            web.post("/api/logout", self.logout),
        ]

    async def login(self, request: web.Request) -> web.Response:
        """{"name", "password"} -> {"me"} and the cookie; 401, or 429 when there were too many."""
        asked = await read(request, SignIn, '{"name": "...", "password": "..."}')
        name, address = users.folded(asked.name)[: users.NAME_CHARS_MAX], self._callers.address(request)
        if wait_s := self._tries.count(name, address):
            return _wait(wait_s)
        known = users.password_of(self._people, asked.name)
        id, called, hashed = known or (0, "", None)
        by = By(called, self._callers.source(request))
        try:
            if not await self.passwords.fits(hashed, asked.password) or hashed is None:
                await asyncio.to_thread(self._note_refused, by)
                raise Failed(401, WRONG)
            if self.passwords.is_old(hashed):
                fresh = await self.passwords.hash(asked.password)
                await asyncio.to_thread(users.renew_hash, self._people, id, hashed, fresh)
                hashed = fresh
        except Busy:
            return _wait(5, status=503)
        self._tries.forgive(name, address)
        return await self._begin(request, id, hashed, by)

    async def link(self, request: web.Request) -> web.Response:
        """{"link"} -> {"name", "role"}: whose password it sets; name null = the first admin's."""
        asked = await read(request, Opened, '{"link": "..."}')
        self._count_link(request)
        found = users.read_link(self._people, asked.link)
        self._tries.forgive("", self._callers.address(request))
        return answered({"name": found.name, "role": found.role})

    async def set_up(self, request: web.Request) -> web.Response:
        """{"link", "password", "name"} -> {"me"} and the cookie. The link is used up."""
        asked = await read(request, SetUp, '{"link": "...", "password": "...", "name": "..."}')
        self._count_link(request)
        found = users.read_link(self._people, asked.link)
        name = users.clean(asked.name) if found.name is None else found.name
        passwords.check(asked.password, name)
        source = self._callers.source(request)
        try:
            hashed = await self.passwords.hash(asked.password)
        except Busy:
            return _wait(5, status=503)
        id = await asyncio.to_thread(users.use_link, self._people, asked.link, name, hashed, source)
        self._tries.forgive(users.folded(name), self._callers.address(request))
        return await self._begin(request, id, hashed, By(name, source))

    async def logout(self, request: web.Request) -> web.Response:
        """Ends this session."""
        await asyncio.to_thread(entry.end, self._people, request[WHO], self._callers.by(request))
        response = answered({})
        self._callers.let_out(request, response)
        return response

    async def _begin(self, request: web.Request, id: int, hashed: str, by: By) -> web.Response:
        secret = await asyncio.to_thread(entry.begin, self._people, id, hashed, by)
        who = entry.by_session(self._people, digest(secret))
        if who is None:
            raise LinkGone("somebody has just ended this session: sign in again")
        response = answered({"me": me(who)})
        self._callers.let_in(request, response, secret)
        return response

    def _count_link(self, request: web.Request) -> None:
        """Links cannot be guessed; who tries shall not keep the machine busy either."""
        if wait_s := self._tries.count("", self._callers.address(request)):
            raise Failed(429, f"too many tries: wait {wait_s} seconds")

    def _note_refused(self, by: By) -> None:
        with self._people.change() as con:
            log.note(con, self._people.now_ms(), by, "sign_in_refused")


def me(who: Who) -> dict[str, Any]:
    """What a page knows of who looks at it."""
    return {"name": who.name, "role": who.role, "by": who.by}


def _wait(seconds: int, status: int = 429) -> web.Response:
    response = failed(f"too many tries: wait {seconds} seconds, or ask an admin for a link", status)
    response.headers["Retry-After"] = str(seconds)
    return response
