"""The doors of admins: who may see the console, and the log of what was done."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from warehouse.console.callers import Callers
from warehouse.console.replies import Failed, answered, read
from warehouse.people import log, users
from warehouse.people.log import By
from warehouse.people.roles import Role

LINES = 100
LINE_ID = re.compile(r"[0-9]{1,18}")


class Person(msgspec.Struct):
    """Somebody by name, as a new role where one is given."""

    name: str
    role: Role = "viewer"


class Admin:
    """Of one private port."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers
        self._people = callers.people

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/people", self.people),
            web.post("/api/people", self.add),
            web.post("/api/people/role", self.role),
            web.post("/api/people/link", self.link),
            web.post("/api/people/remove", self.remove),
            web.get("/api/log", self.log),
        ]

    async def people(self, _: web.Request) -> web.Response:
        """{"people": [...]}"""
        return answered({"people": users.everybody(self._people)})

    async def add(self, request: web.Request) -> web.Response:
        """{"name", "role"} -> {"people", "link": its secret}"""
        return await self._do(request, lambda one, by: users.add(self._people, one.name, one.role, by))

    async def role(self, request: web.Request) -> web.Response:
        """{"name", "role"}: holds from the next request on."""
        return await self._do(request, lambda one, by: users.set_role(self._people, one.name, one.role, by))

    async def link(self, request: web.Request) -> web.Response:
        """{"name"} -> {"people", "link"}: for another password."""
        return await self._do(request, lambda one, by: users.link(self._people, one.name, by))

    async def remove(self, request: web.Request) -> web.Response:
        """{"name"}: with sessions and tokens, at once."""
        return await self._do(request, lambda one, by: users.remove(self._people, one.name, by))

    async def log(self, request: web.Request) -> web.Response:
        """?before=ID: {"log": [{id, at_ms, who, what, target, source}]}, the newest first."""
        before = request.query.get("before", "")
        if before and not LINE_ID.fullmatch(before):
            raise Failed(400, "before is the id of a line, a whole number")
        return answered({"log": log.newest(self._people, int(before or 0) or None, LINES)})

    async def _do(self, request: web.Request, work: Callable[[Person, By], str | None]) -> web.Response:
        one = await read(request, Person, '{"name": "...", "role": "viewer, analyst or admin"}')
        made = await asyncio.to_thread(work, one, self._callers.by(request))
        body: dict[str, Any] = {"people": users.everybody(self._people)}
        return answered(body | {"link": made} if made else body)
