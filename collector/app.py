"""One worker of the public port: a data directory and an address in, answered requests until it is told to
stop.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from collector import decode, logs
from collector.agents import Agents
from collector.config import Config
from collector.connection import Server
from collector.datadir import DataDir
from collector.delivery import Tools
from collector.errors import Refused, SitesError
from collector.fastpath import FastServer, lacking
from collector.handlers import EVENTS_PATH, PIXEL_PATH, PREFLIGHT, Books, Doors, Handler, picture, response
from collector.journal import Journal
from collector.metrics import Counts
from collector.openapi import document
from collector.places import Places
from collector.published import Published
from collector.rates import Rates
from collector.salts import Salts
from collector.scripts import Scripts
from collector.sites import Sites
from collector.why import PATH as WHY_PATH
from collector.why import Links

HOUSEKEEPING_SECONDS = 0.5
BACKLOG = 1024


def make_tools(
    data: DataDir, config: Config, worker: str, tell: Callable[[str], None] = lambda _: None
) -> Tools:
    """Everything a worker needs, opened. Raises HetkError or OSError."""
    journal = Journal(data.journal, worker, config.journal)
    journal.open()
    return Tools(
        config=config,
        sites=Sites.load(data.sites),
        journal=journal,
        salts=Salts(data.salts),
        agents=Agents(),
        places=Places(config.geo, config.http, tell),
        rates=Rates(config.rates),
        counts=Counts(),
    )


class StrangeProxy:
    """A proxy that is not trusted: into the log at once, into a file for `hetk doctor` by the housekeeping. No
    request waits for that, or fails when the disk is full.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._network: str | None = None

    def tell(self, network: str) -> None:
        """Called while a request is answered."""
        logs.warn(
            "forwarding headers from this network are ignored, so all its visitors count as one; if it is your"
            " proxy, add it to http.trusted_proxies",
            network=network,
        )
        self._network = network

    def keep(self) -> None:
        """Tried once: it is said in the log already."""
        network, self._network = self._network, None
        if network is None:
            return
        try:
            self._path.write_text(network)
        except OSError as error:
            logs.warn("not kept for `hetk doctor`", path=str(self._path), error=str(error))


class Front:
    """Finds the door for a request. Plain dictionaries: aiohttp's router costs more than the doors do."""

    def __init__(self, doors: Doors) -> None:
        self.books = Books(doors.tools.counts)
        self._doors: dict[str, dict[str, Handler]] = {
            EVENTS_PATH: {"POST": doors.events},
            "/v1/track": {"POST": doors.track},
            "/v1/identify": {"POST": doors.identify},
            "/v1/config": {"GET": doors.config},
            "/v1/decide": {"POST": doors.decide},
            "/v1/stores": {"GET": doors.stores},
            PIXEL_PATH: {"GET": doors.pixel},
            "/openapi.json": {"GET": doors.openapi},
            "/healthz": {"GET": doors.health},
            "/readyz": {"GET": doors.ready},
        }
        self._script: dict[str, Handler] = {"GET": doors.script}
        self._why: dict[str, Handler] = {"GET": doors.why}

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        """Answers every request; what a client can mend is never a 5xx."""
        path = request.path
        methods = self._doors.get(path)
        door = path
        if methods is None:
            is_script = path.startswith("/hetk") and path.endswith((".js", ".mjs"))
            methods, door = (self._script, "/hetk.js") if is_script else (None, "other")
            if path.startswith(WHY_PATH):
                methods, door = self._why, WHY_PATH
        try:
            answer = await self._answer(request, methods)
        except Exception as error:  # noqa: BLE001 the last border: the client must get an answer
            reply = self.books.refuse(door, error)
            answer = picture(reply) if door == PIXEL_PATH else response(reply)
        self.books.count(door, answer.status)
        return answer

    async def _answer(self, request: web.BaseRequest, methods: dict[str, Handler] | None) -> web.Response:
        method = request.method
        if methods is None:
            raise Refused(
                404,
                "not_found",
                "there is nothing here; docs/protocol.md lists the doors, events go to POST /v1/events",
            )
        if method == "OPTIONS":
            return web.Response(status=204, headers=PREFLIGHT)
        handler = methods.get("GET" if method == "HEAD" else method)
        if handler is None:
            raise Refused(
                405,
                "wrong_method",
                f"use {' or '.join(methods)} here",
                {"Allow": ", ".join([*methods, "OPTIONS"])},
            )
        return await handler(request)


def make_server(tools: Tools, data: DataDir) -> web.Server:
    """What answers on each connection. Needs a running loop."""
    config = tools.config
    doors = Doors(
        tools,
        Scripts(data.sdk),
        Published(data.publish, config),
        data.heartbeat,
        document(config),
        Links(data.why_key),
    )
    front = Front(doors)
    settings: dict[str, Any] = {
        "auto_decompress": False,  # a bomb of 317 bytes would stall the loop; body.py inflates with a bound
        "access_log": None,
        "keepalive_timeout": config.http.keepalive_seconds,
        "lingering_time": config.limits.discard_seconds_max,
    }
    if config.http.fast_path:
        if not (names := lacking()):
            return FastServer(front, doors, front.books, **settings)
        logs.warn("no fast path: this aiohttp lacks what it needs, the pinned version has it", lacks=names)
    return Server(front, front.books, **settings)


@asynccontextmanager
async def serving(
    data: DataDir, config: Config, worker: str, listener: socket.socket
) -> AsyncIterator[Tools]:
    """Serves inside the block. Leaving it stops accepting, answers what was accepted, syncs the journal."""
    strange = StrangeProxy(data.untrusted_proxy)
    tools = make_tools(data, config, worker, strange.tell)
    server = make_server(tools, data)
    # What is built when it is first used, before somebody waits for it.
    decode.get_ready(config.limits)
    tools.counts.flush(0)
    runner = web.ServerRunner(server, shutdown_timeout=config.http.shutdown_seconds)
    await runner.setup()
    keeper = asyncio.create_task(_keep_house(tools, strange))
    try:
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
        yield tools
    finally:
        await runner.cleanup()
        keeper.cancel()
        await tools.journal.close()
        tools.counts.flush(0)
        strange.keep()


async def _keep_house(tools: Tools, strange: StrangeProxy) -> None:
    """Follows sites.json and hands the counters over, twice a second."""
    while True:
        await asyncio.sleep(HOUSEKEEPING_SECONDS)
        try:
            if tools.sites.refresh():
                logs.info("sites loaded", sites=len(tools.sites.by_name))
        except (SitesError, OSError) as error:
            logs.warn("sites not loaded, the ones before stay", error=str(error))
        tools.counts.flush(tools.journal.pending_bytes)
        strange.keep()


def listen(host: str, port: int) -> socket.socket:
    """A socket that several workers can share (SO_REUSEPORT). Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
