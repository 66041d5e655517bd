"""The console's doors, all under /console/: pages and files, figures as JSON, the live stream."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson
from aiohttp import web

from collector import sites
from collector.config import Http
from collector.datadir import DataDir
from warehouse.console import hidden, static_files
from warehouse.console.access import checks
from warehouse.console.admin import Admin
from warehouse.console.answers import ANSWER_S, Answers
from warehouse.console.asking import Asking
from warehouse.console.callers import WHO, Callers
from warehouse.console.campaigns import Campaigns
from warehouse.console.child import ChildFailed
from warehouse.console.guard import add_headers
from warehouse.console.live import Live
from warehouse.console.local import is_loopback
from warehouse.console.own import Own
from warehouse.console.replies import Failed, answered, failed
from warehouse.console.signing import Signing, me
from warehouse.console.tiles import tiles
from warehouse.console.view import BadView, read_view
from warehouse.console.visitors import Visitors
from warehouse.people import users
from warehouse.people.roles import may
from warehouse.people.store import People, wall_ms

TILES_MAX = 24


def add_console(
    app: web.Application,
    data: DataDir,
    host: str,
    *,
    http: Http | None = None,
    demo: bool = False,
    now_ms: Callable[[], int] = wall_ms,
) -> None:
    """Serves the console under /console/ of `app`, which listens on `host`. Whoever looks signs in; only a
    demo that this machine alone reaches goes without, until somebody has made an account.
    """
    callers = Callers(People(data, now_ms), http or Http(), demo=demo and is_loopback(host))

    async def lead(_: web.Request) -> web.Response:
        raise web.HTTPFound("/console/")

    app.router.add_get("/console", lead)
    app.add_subapp("/console/", _Console(data, callers).app())


class _Console:
    def __init__(self, data: DataDir, callers: Callers) -> None:
        self._data = data
        self._callers = callers
        self._answers = Answers(data)
        self._asking = Asking(data, self._answers, callers)
        self._live = Live(data, callers.people)
        self._files = static_files.read_all()

    def app(self) -> web.Application:
        signing = Signing(self._callers)
        app = web.Application(middlewares=checks(self._callers))
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._stop)
        app.add_routes([
            web.get("/api/start", self.start),
            web.get("/api/days", self.days),
            web.get("/api/tiles", self.tiles),
            web.get("/api/story", self.story),
            web.get("/api/live", self._live.stream),
            *self._asking.routes(),
            *Visitors(self._data, self._answers, self._callers).routes(),
            *Campaigns(self._data, self._callers).routes(),
            *signing.routes(),
            *Own(self._callers, signing.passwords).routes(),
            *Admin(self._callers).routes(),
            web.get("/static/{name}", self.file),
            web.get("/{page:[a-z]*}", self.page),
        ])  # fmt: skip
        return app

    async def _stop(self, app: web.Application) -> None:
        """Before the server waits for its answers: streams end, a question that runs gets an error."""
        await self._live.hang_up(app)
        await self._live.close()
        await self._asking.strangers.close()
        await self._answers.close()

    async def page(self, request: web.Request) -> web.Response:
        self._answers.read_ahead()
        return static_files.send(self._files["index.html"], request, forever=False)

    async def file(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["name"])
        if file is None:
            raise web.HTTPNotFound(text="there is no such file in this build: reload the page")
        return static_files.send(file, request, forever=True)

    async def start(self, request: web.Request) -> web.Response:
        """What the page needs first: {"me", "sites"}. The lake may still be opening. Nobody gets {"me": null,
        "new"}: whether there are accounts at all.
        """
        who = request.get(WHO)
        if who is None:
            return answered({"me": None, "new": users.is_new(self._callers.people)})
        known = await asyncio.to_thread(sites.list_sites, self._data.sites)
        names = sorted({one.name for one in known})
        return answered({"me": me(who), "sites": [{"name": name} for name in names]})

    async def days(self, request: web.Request) -> web.Response:
        """?site=: the first and last day (UTC) that people did something on, or null."""
        question = {"op": "days", "site": request.query.get("site", "")}
        try:
            answer = orjson.loads(await self._answers.reader.ask(question, ANSWER_S))
        except ChildFailed as error:
            return failed(str(error), 503)
        if "error" in answer:
            return failed(answer["error"], 503)
        return answered({"first": answer["first"], "last": answer["last"]})

    async def tiles(self, request: web.Request) -> web.Response:
        """?site=NAME&names=visits,channels&range=7d&country=IN: rows and SQL of each tile."""
        names = [name for name in request.query.get("names", "").split(",") if name]
        unknown = [name for name in names if name not in tiles() and name != "changes"]
        if any(name in tiles() and not may(request[WHO].role, tiles()[name].least) for name in names):
            raise Failed(403, "a viewer does not see visitors one by one: ask an analyst")
        if unknown or not names or len(names) > TILES_MAX:
            return failed(f"names lists up to {TILES_MAX} tiles; there are: {', '.join(tiles())}", 400)
        try:
            kept = await self._answers.tiles(read_view(list(request.query.items())), names)
        except BadView as error:
            return failed(str(error), 400)
        except ChildFailed as error:
            return failed(str(error), 503)
        headers = {"ETag": kept.etag, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match") == kept.etag:
            return web.Response(status=304, headers=headers)
        response = web.Response(body=kept.body, content_type="application/json", headers=headers)
        response.enable_compression()
        return response

    async def story(self, request: web.Request) -> web.Response:
        """?id=: a session's or visitor's visits, moment by moment. Viewers see one by the visit's own id."""
        wanted = request.query.get("id", "")
        question = {"op": "story", "id": wanted, "site": request.query.get("site")}
        try:
            answer = orjson.loads(await self._answers.reader.ask(question, ANSWER_S))
        except ChildFailed as error:
            return failed(str(error), 503)
        if "error" in answer:
            return failed(answer["error"], 400)
        return answered(answer if hidden.sees_visitors(request[WHO]) else hidden.stories(answer, wanted))
