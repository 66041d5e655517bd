"""The yardstick: a bare aiohttp server on uvloop that reads a body and answers 204, and does nothing else."""

from __future__ import annotations

import argparse

import uvloop
from aiohttp import web


async def swallow(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=204)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/v1/events", swallow)
    loop = uvloop.new_event_loop()
    web.run_app(app, host="127.0.0.1", port=parser.parse_args().port, access_log=None, print=None, loop=loop)


if __name__ == "__main__":
    main()
