"""What happens now in, an event stream (SSE) for each open page out; asked for while a page looks."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import orjson
from aiohttp import web

from collector import logs
from collector.datadir import DataDir
from warehouse.console.callers import WHO
from warehouse.console.child import Child, ChildFailed
from warehouse.people.entry import again
from warehouse.people.store import People

EVERY_S = 0.8  # with a load each 0.5 s what is shown is at most 2 s old
ANSWER_S = 20.0  # the first answer reads an hour
LINGER_S = 30.0  # a reload of the page finds the hour still read
PAGES_MAX = 100


class Live:
    """One watcher for all open pages; it ends when none looks."""

    def __init__(self, data: DataDir, people: People) -> None:
        self._people = people
        self._child = Child("watch", data)
        self._pages: dict[asyncio.Queue[bytes | None], str] = {}
        self._task: asyncio.Task[None] | None = None
        self._last: dict[str, Any] | None = None

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """An endless answer of `data:` lines about ?site=; it ends when whoever looks may not any more."""
        if len(self._pages) >= PAGES_MAX:
            raise web.HTTPServiceUnavailable(text="too many open pages look at the live strip")
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._pages[queue] = request.query.get("site", "")
        if self._last is not None:
            queue.put_nowait(_event(self._last, self._pages[queue]))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            while (event := await queue.get()) is not None and again(self._people, request[WHO]):
                await response.write(event)
        except ConnectionError:
            pass  # the page is gone
        finally:
            del self._pages[queue]
        return response

    async def hang_up(self, _: web.Application) -> None:
        """Ends all streams, so that the server can stop."""
        for queue in self._pages:
            queue.put_nowait(None)

    async def close(self) -> None:
        """Ends the watcher."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._child.close()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while loop.time() - looked < LINGER_S:
            began = loop.time()
            if self._pages:
                looked = began
            try:
                self._last = orjson.loads(await self._child.ask({}, ANSWER_S))
            except ChildFailed as error:
                logs.warn("the live figures wait", error=str(error))
                self._last = {"error": str(error)}
            for queue, site in list(self._pages.items()):
                if queue.empty():  # a page that does not read misses figures that are old by then
                    queue.put_nowait(_event(self._last, site))
            await asyncio.sleep(max(0.05, EVERY_S - (loop.time() - began)))
        self._last = None
        await self._child.close()


def _event(last: dict[str, Any], site: str) -> bytes:
    body: dict[str, Any] = {key: last[key] for key in ("at_ms", "newest_ms", "error") if key in last}
    body["now"] = last.get("sites", {}).get(site)
    return b"data: " + orjson.dumps(body) + b"\n\n"
