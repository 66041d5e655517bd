"""`python -m warehouse.daemon --data DIR`: loads the journal, keeps the lake, answers on the private port.

Private port: /metrics (Prometheus, workers included), /healthz, /console/, with --shop-for the demo shop.
Heartbeat: run/warehouse.json, each second.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
from aiohttp import web

from collector import config, logs, metrics
from collector.datadir import DataDir
from collector.errors import ConfigError
from warehouse.console.app import add_console
from warehouse.errors import DataDirInUse
from warehouse.ingest import Ingest
from warehouse.load.loader import only_loader

BEAT_SECONDS = 1.0
# A job or a large commit may hold the loader's thread this long before it counts as stuck.
STUCK_SECONDS = 60.0
STOP_GRACE_S = 2.0  # `hetk serve` kills after four


def main(argv: list[str] | None = None) -> int:
    """Runs until SIGTERM or SIGINT; exit code 0 after a clean stop, 1 when the lake is in use or newer."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.daemon", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data directory")
    parser.add_argument("--console-host", default="127.0.0.1", help="address of the private port")
    parser.add_argument("--console-port", type=int, default=8081, help="private port, 0 = any")
    parser.add_argument(
        "--shop-for", type=int, metavar="PORT", help="serve the demo shop of the collector there"
    )
    options = parser.parse_args(argv)
    data = DataDir(options.data)
    os.umask(0o077)  # DuckDB makes the lake's files; they hold people's paths through a site
    logs.set_up()
    metrics.use_directory(data.metrics)
    try:
        with only_loader(data):
            return asyncio.run(_serve(data, options.console_host, options.console_port, options.shop_for))
    except (DataDirInUse, ConfigError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _serve(data: DataDir, host: str, port: int, shop_for: int | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ingest = Ingest(data)
    async with _door(data, ingest, host, port, shop_for):
        ingest.start()
        while ingest.is_alive() and not stop.is_set():
            _beat(data, ingest)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), BEAT_SECONDS)
        await asyncio.to_thread(ingest.end, STOP_GRACE_S)
        _beat(data, ingest)
    if ingest.fatal is not None:
        sys.stderr.write(f"{ingest.fatal}\n")
    return 0 if stop.is_set() else 1


@asynccontextmanager
async def _door(
    data: DataDir, ingest: Ingest, host: str, port: int, shop_for: int | None
) -> AsyncIterator[None]:
    from warehouse.figures import exposition  # here: prometheus_client looks for its directory when imported

    async def show_metrics(_: web.Request) -> web.Response:
        text = await asyncio.to_thread(exposition, data, ingest.state)
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def show_health(_: web.Request) -> web.Response:
        state = _loader_state(ingest)
        body = {"status": "ok" if state == "running" else state, "error": ingest.state.error}
        return web.json_response(body, status=200 if state == "running" else 503)

    app = web.Application()
    add_console(app, data, host, http=config.load(data.config).http, demo=shop_for is not None)
    app.add_routes([web.get("/metrics", show_metrics), web.get("/healthz", show_health)])
    if shop_for is not None:
        from collector.demo.shop import demo_shop  # a warehouse in production does not carry a shop

        app.router.add_get("/shop{rest:.*}", demo_shop(data, shop_for))
    door = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=STOP_GRACE_S / 2)
    await door.setup()
    await web.TCPSite(door, host, port).start()
    logs.info("private port open", host=host, port=door.addresses[0][1], pid=os.getpid())
    try:
        yield
    finally:
        await door.cleanup()


def _loader_state(ingest: Ingest) -> str:
    state = ingest.state
    if state.loader == "running" and time.monotonic() - state.beat_at > STUCK_SECONDS:
        return "stuck"
    return state.loader


def _beat(data: DataDir, ingest: Ingest) -> None:
    state = ingest.state
    beat = {
        "pid": os.getpid(),
        "at_ms": time.time_ns() // 1_000_000,
        "migration": state.migration,
        "loader": _loader_state(ingest),
        "error": state.error,
        "lag_seconds": round(state.lag_seconds, 3),
        "refused_segments": state.refused_segments,
        "failures": state.failures,
        "missing_files": state.missing_files,
        "jobs": [
            {
                "name": job.name,
                "runs": job.runs,
                "failures": job.failures,
                "seconds": job.seconds,
                "error": job.error,
            }
            for job in state.jobs
        ],
    }
    # Not fsynced: after a power cut there is no heart to beat.
    temporary = data.heartbeat.with_suffix(".new")
    try:
        temporary.write_bytes(msgspec.json.encode(beat))
        temporary.replace(data.heartbeat)
    except OSError as error:
        logs.warn("the heartbeat cannot be written", error=str(error))


if __name__ == "__main__":
    sys.exit(main())
