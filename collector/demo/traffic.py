"""The addresses of collector and shop and the demo's keys in; the events of several visitors, and once those of the
shop's past, out, by the real protocol.

`python -m collector.demo.traffic --data DIR --url http://127.0.0.1:8080 --shop http://127.0.0.1:8081/shop` ends
with its parent or on SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import signal
import sys
import time
from itertools import islice
from pathlib import Path
from random import SystemRandom
from typing import Any

import aiohttp
import msgspec

from collector import logs
from collector.datadir import DataDir
from collector.demo import batch, past, site
from collector.demo.visits import Visit, make_visit, walk_seconds
from collector.uuid7 import uuid7

VISITORS = 16  # at once: about an event a second
RETRY_SECONDS = 2.0
PARENT_CHECK_SECONDS = 1.0
READY_CHECK_SECONDS = 0.2
PAST_AT_ONCE, PAST_EVERY_SECONDS = 16, 0.05  # visits, one a batch: at most 320 a second


class Sender:
    """One visitor's side of the protocol: ids never change, what is not acknowledged is sent again."""

    def __init__(self, http: aiohttp.ClientSession, url: str, shop: str, key: str, visit: Visit) -> None:
        self._http, self._url, self._shop, self._key, self._visit = http, url, shop, key, visit
        self._seq = 0
        self._ids = {"visitor": _new_id(), "session": _new_id()} if visit.agreed else {}

    async def send(self, path: str, page_type: str, event: str, props: dict[str, Any]) -> None:
        """Sends one event, patiently: what the server cannot take now it is offered again."""
        now = time.time_ns() // 1_000_000
        page = batch.page(self._visit, self._shop, path, self._seq)
        body = msgspec.json.encode(
            {
                "v": 1,
                "key": self._key,
                "sent": now,
                "lib": batch.LIB,
                "ctx": {**self._ids, **batch.about(self._visit), **page, "page_type": page_type},
                "events": [
                    {"id": str(uuid7(now)), "event": event, "t": now, "seq": self._seq, "props": props}
                ],
            }
        )
        self._seq += 1
        origin = self._shop.rpartition("/")[0]
        headers = {"User-Agent": self._visit.agent, "Content-Type": "text/plain", "Origin": origin}
        await _deliver(self._http, self._url, body, headers)


def _new_id() -> str:
    return str(uuid7(time.time_ns() // 1_000_000))


async def visitor(
    opening: asyncio.Task[None], http: aiohttp.ClientSession, url: str, shop: str, key: str
) -> None:
    """One seat in the shop: once it is open, somebody is always sitting in it."""
    random = SystemRandom()
    await opening
    await asyncio.sleep(random.uniform(0, 5))
    while True:
        visit = make_visit(random)
        sender = Sender(http, url, shop, key, visit)
        country, city, _ = visit.place
        for wait, path, page_type, event, props in visit.steps:
            await asyncio.sleep(walk_seconds(random, wait))
            await sender.send(path, page_type, event, {**props, "country": country, "city": city})
        await asyncio.sleep(random.uniform(5, 30))


async def _deliver(http: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str]) -> bool:
    """Returns once the server has said yes or no to the batch; True for yes."""
    while True:
        try:
            async with http.post(f"{url}/v1/events", data=body, headers=headers) as answer:
                if answer.status not in (429, 503):
                    if answer.status >= 400:
                        logs.warn("demo event refused", status=answer.status, answer=await answer.text())
                    return answer.status < 400
        except (aiohttp.ClientError, TimeoutError) as error:
            logs.warn("demo waits for the server", error=type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _tell_past(
    opening: asyncio.Task[None], http: aiohttp.ClientSession, url: str, shop: str, data: DataDir
) -> None:
    """Eight weeks of visits, once, oldest first; at a pace that leaves room for who is in the shop now."""
    if site.past_is_sent(data):
        return
    await opening
    visits = past.batches(site.opened_ms(data), shop, site.server_key(data))
    while some := list(islice(visits, PAST_AT_ONCE)):
        sent = [_deliver(http, url, gzip.compress(body, 1), past.headers(agent)) for agent, body in some]
        pace = asyncio.create_task(asyncio.sleep(PAST_EVERY_SECONDS))
        if not all(await asyncio.gather(*sent)):
            return  # as the warnings say; the next start tries it again
        await pace
    site.end_past(data)


async def run(data: DataDir, url: str, shop: str) -> None:
    """Plays until a signal or the parent's end."""
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        key = site.write_key(data)
        opening = asyncio.create_task(_open(http, url))
        seats = [asyncio.create_task(visitor(opening, http, url, shop, key)) for _ in range(VISITORS)]
        history = asyncio.create_task(_tell_past(opening, http, url, shop, data))
        parent = os.getppid()
        while os.getppid() == parent:
            done, _ = await asyncio.wait(
                [history, *seats], timeout=PARENT_CHECK_SECONDS, return_when=asyncio.FIRST_EXCEPTION
            )
            for task in done:
                task.result()  # raises what went wrong: a visitor never leaves by itself


async def _open(http: aiohttp.ClientSession, url: str) -> None:
    """Returns when the server takes events; while it starts nobody is turned away at the door."""
    while True:
        try:
            async with http.get(f"{url}/readyz") as answer:
                if answer.status == 200:
                    return
        except aiohttp.ClientError:
            pass  # not listening yet
        await asyncio.sleep(READY_CHECK_SECONDS)


def main() -> int:
    """Exit codes: 0 the parent is gone, 2 wrong usage."""
    parser = argparse.ArgumentParser(description="Synthetic visitors for the demo shop.")
    parser.add_argument("--data", type=Path, required=True, help="the server's data directory")
    parser.add_argument("--url", required=True, help="the server's public address")
    parser.add_argument("--shop", required=True, help="the address of the shop")
    arguments = parser.parse_args()
    logs.set_up()
    # Nothing here needs a goodbye: on a busy machine one took longer than a stopping server waits.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(run(DataDir(arguments.data), arguments.url.rstrip("/"), arguments.shop))
    return 0


if __name__ == "__main__":
    sys.exit(main())
