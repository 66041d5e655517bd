"""The doors of the visitor page: what is known of one visitor or user; handing it out; forgetting it.

Forgetting is the warehouse's work (one writer): the console leaves the same request as `hetk forget` does.
"""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import msgspec
import orjson
from aiohttp import web

from collector import sites
from collector.datadir import DataDir
from warehouse.console.answers import ANSWER_S, Answers
from warehouse.console.callers import Callers
from warehouse.console.child import ChildFailed
from warehouse.console.pipe import Message
from warehouse.console.replies import Failed, answered, read
from warehouse.people import log
from warehouse.people.log import By, What
from warehouse.privacy.forget import Kind, Request
from warehouse.privacy.requests import Answer, send, take

FORGET_S = 60.0
POLL_S = 0.1
ID_CHARS_MAX = 500
FORM = '{"site": "...", "kind": "visitor or user", "id": "..."}'
TYPES = {"json": "application/json", "text": "text/plain; charset=utf-8"}


class Named(msgspec.Struct):
    """Whom it is about."""

    site: str
    kind: Kind
    id: str


class Forget(Named):
    """`now`: out of files and history at once too, which may cut off queries that run."""

    now: bool = False


class Export(Named):
    """As which kind of file."""

    format: Literal["json", "text"] = "json"


class Visitors:
    """Of one data directory."""

    def __init__(self, data: DataDir, answers: Answers, callers: Callers) -> None:
        self._data = data
        self._answers = answers
        self._callers = callers

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/visitor", self.visitor),
            web.post("/api/visitor/export", self.export),
            web.post("/api/visitor/forget", self.forget),
        ]

    async def visitor(self, request: web.Request) -> web.Response:
        """?site=&visitor= or &user=, &before= a time: see person.py."""
        query = request.query
        kind = "user" if query.get("user") else "visitor"
        asked = {"op": "person", "site": query.get("site", ""), "kind": kind, "id": query.get(kind, "")}
        return answered(await self._read(asked | {"before": query.get("before") or None}))

    async def export(self, request: web.Request) -> web.Response:
        """{"site", "kind", "id", "format"} -> a file, the one `hetk export-person` writes; 404 when there is nothing."""
        one = await read(request, Export, FORM)
        asked = {"op": "export", "site": one.site, "kind": one.kind, "id": one.id, "format": one.format}
        text = (await self._read(asked))["text"]
        if not text:
            raise Failed(404, "nothing is kept under this id")
        await asyncio.to_thread(self._note, self._callers.by(request), "person_exported", one.site)
        suffix = "json" if one.format == "json" else "txt"
        headers = {
            "Content-Type": TYPES[one.format],
            "Content-Disposition": f'attachment; filename="person.{suffix}"',
        }
        return web.Response(body=text.encode("utf-8", "replace"), headers=headers)

    async def forget(self, request: web.Request) -> web.Response:
        """{"site", "kind", "id", "now"} -> {"events", "lines"}: how many went; {"waiting"} when the warehouse has not
        answered yet: it will do it.
        """
        one = await read(request, Forget, FORM)
        await asyncio.to_thread(self._check, one)
        await asyncio.to_thread(self._note, self._callers.by(request), "person_forgotten", one.site)
        answered_at = await asyncio.to_thread(
            send, self._data, Request(one.site, one.kind, one.id.strip(), one.now)
        )
        until = time.monotonic() + FORGET_S
        answer: Answer | None = None
        while answer is None and time.monotonic() < until:
            await asyncio.sleep(POLL_S)
            answer = take(answered_at)
        if answer is None:
            return answered({"waiting": True}, status=202)
        if answer.error is not None:
            raise Failed(503, f"the warehouse has not erased anybody: {answer.error}")
        self._answers.drop()
        return answered({"events": answer.events, "lines": answer.lines})

    def _check(self, one: Named) -> None:
        if not 0 < len(one.id.strip()) <= ID_CHARS_MAX:
            raise Failed(400, "name one person: the id of a visitor or user")
        if one.site not in {known.name for known in sites.list_sites(self._data.sites)}:
            raise Failed(400, "there is no such site any more: reload the page")

    def _note(self, by: By, what: What, site: str) -> None:
        """Without the id: who is forgotten is to be found nowhere."""
        with self._callers.people.change() as con:
            log.note(con, self._callers.people.now_ms(), by, what, site)

    async def _read(self, message: Message) -> Message:
        try:
            answer: Message = orjson.loads(await self._answers.reader.ask(message, ANSWER_S))
        except ChildFailed as error:
            raise Failed(503, str(error)) from None
        if "error" in answer:
            raise Failed(400, str(answer["error"]))
        return answer
