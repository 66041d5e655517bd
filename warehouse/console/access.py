"""A request in; answered only when whoever asks may. The one table of what each door takes is here.

A door that is not in the table is shut. OPEN is for everybody, a role for whoever has it or a higher one.
Tokens are for programs: doors about people and passwords take a session alone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Middleware

from warehouse.console.callers import WHO, Callers
from warehouse.console.guard import Handler, check_stranger
from warehouse.console.replies import Failed, failed
from warehouse.errors import LinkGone, PeopleClosed, PeopleError
from warehouse.people import entry
from warehouse.people.entry import Who
from warehouse.people.roles import Role, may


@dataclass(frozen=True)
class Door:
    """Who may: `least` None = everybody; `tokens`: programs too."""

    least: Role | None
    tokens: bool = True


OPEN = Door(None)
VIEWER, ANALYST = Door("viewer"), Door("analyst")
MYSELF, ADMIN = Door("viewer", tokens=False), Door("admin", tokens=False)

TABLE = {
    "GET /console/{page}": OPEN,  # no figure is in it
    "GET /console/static/{name}": OPEN,
    "GET /console/api/start": OPEN,  # says who one is
    "POST /console/api/login": OPEN,
    "POST /console/api/link": OPEN,
    "POST /console/api/setup": OPEN,
    "GET /console/api/days": VIEWER,
    "GET /console/api/tiles": VIEWER,
    "GET /console/api/story": VIEWER,
    "GET /console/api/live": VIEWER,
    "GET /console/api/questions": VIEWER,
    "GET /console/api/ask/{name}": VIEWER,
    "GET /console/api/schema": ANALYST,
    "POST /console/api/sql": ANALYST,
    "GET /console/api/saved": ANALYST,
    "POST /console/api/saved": ANALYST,
    "GET /console/api/visitor": ANALYST,
    "POST /console/api/visitor/export": ADMIN,
    "POST /console/api/visitor/forget": ADMIN,
    "GET /console/api/campaigns": ANALYST,
    "POST /console/api/campaigns/publish": ADMIN,
    "POST /console/api/campaigns/stop": ADMIN,
    "POST /console/api/campaigns/kill": ADMIN,
    "POST /console/api/logout": MYSELF,
    "GET /console/api/account": MYSELF,
    "POST /console/api/password": MYSELF,
    "POST /console/api/sessions/end": MYSELF,
    "POST /console/api/tokens": MYSELF,
    "POST /console/api/tokens/revoke": MYSELF,
    "GET /console/api/people": ADMIN,
    "POST /console/api/people": ADMIN,
    "POST /console/api/people/role": ADMIN,
    "POST /console/api/people/link": ADMIN,
    "POST /console/api/people/remove": ADMIN,
    "GET /console/api/log": ADMIN,
}


def checks(callers: Callers) -> list[Middleware]:
    """For the console's application, in this order."""

    @web.middleware
    async def words(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Failed as error:
            return failed(str(error), error.status)
        except PeopleError as error:
            status = 410 if isinstance(error, LinkGone) else 503 if isinstance(error, PeopleClosed) else 400
            return failed(str(error), status)

    @web.middleware
    async def access(request: web.Request, handler: Handler) -> web.StreamResponse:
        check_stranger(request, callers.origin(request))
        if request.match_info.http_exception is not None:
            return await handler(request)
        door = TABLE.get(name_of(request))
        if door is None:
            raise Failed(403, "this door is not in the table of doors: it is shut")
        who = callers.who(request)
        if who is not None:
            _check_demo(callers, request, who)
            request[WHO] = who
        check(door, who)
        if who is not None and entry.is_stale(callers.people, who):
            await asyncio.to_thread(entry.seen, callers.people, who)
        return await handler(request)

    return [words, access]


def check(door: Door, who: Who | None) -> None:
    """Raises Failed: 401 for nobody, 403 for who may not."""
    if door.least is None:
        return
    if who is None:
        raise Failed(401, "sign in first; a program sends Authorization: Bearer TOKEN")
    if who.by == "token" and not door.tokens:
        raise Failed(403, "tokens are for figures and queries: sign in for this")
    if who.by == "demo" and door is MYSELF:
        raise Failed(403, "this is a demo without accounts; make one: hetk user link")
    if not may(who.role, door.least):
        raise Failed(403, f"this takes the role {door.least}, yours is {who.role}: ask an admin")


def name_of(request: web.Request) -> str:
    """How the table calls what is asked for."""
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return f"{method} {resource.canonical if resource else ''}"


def _check_demo(callers: Callers, request: web.Request, who: Who) -> None:
    if who.by == "demo" and not callers.stands_open(request):
        port = request.host.rpartition(":")[2]
        raise Failed(403, f"open this demo as http://127.0.0.1:{port}/console/ on its own machine")
