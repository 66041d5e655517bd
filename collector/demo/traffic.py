"""The addresses of collector and shop and the demo's write key in; the events of several visitors out, by the
real protocol.

`python -m collector.demo.traffic --data DIR --url http://127.0.0.1:8080 --shop http://127.0.0.1:8081/shop` ends
with its parent or on SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from random import SystemRandom
from typing import Any

import aiohttp
import msgspec

from collector import logs
from collector.datadir import DataDir
from collector.demo import site
from collector.demo.catalog import words
from collector.demo.visits import Visit, make_visit
from collector.uuid7 import uuid7

VISITORS = 24  # at once; with the pace of the visits about 10 events a second
HURRY = 3.0  # visits are played this much faster than people walk
RETRY_SECONDS = 2.0
PARENT_CHECK_SECONDS = 1.0
READY_CHECK_SECONDS = 0.2


class Sender:
    """One visitor's side of the protocol: ids never change, what is not acknowledged is sent again."""

    def __init__(self, http: aiohttp.ClientSession, url: str, shop: str, key: str, visit: Visit) -> None:
        self._http, self._url, self._shop, self._key, self._visit = http, url, shop, key, visit
        self._origin = shop.rpartition("/")[0]
        self._seq = 0
        self._ids = {"visitor": _new_id(), "session": _new_id()} if visit.agreed else {}

    async def send(self, path: str, page_type: str, event: str, props: dict[str, Any]) -> None:
        """Sends one event, patiently: what the server cannot take now it is offered again."""
        now = time.time_ns() // 1_000_000
        body = msgspec.json.encode(
            {
                "v": 1,
                "key": self._key,
                "sent": now,
                "lib": "hetk-demo/1",
                "ctx": self._context(path, page_type),
                "events": [
                    {"id": str(uuid7(now)), "event": event, "t": now, "seq": self._seq, "props": props}
                ],
            }
        )
        self._seq += 1
        headers = {"User-Agent": self._visit.agent, "Content-Type": "text/plain", "Origin": self._origin}
        while True:
            try:
                async with self._http.post(f"{self._url}/v1/events", data=body, headers=headers) as answer:
                    if answer.status not in (429, 503):
                        if answer.status >= 400:
                            logs.warn("demo event refused", status=answer.status, answer=await answer.text())
                        return
            except aiohttp.ClientError as error:
                logs.warn("demo waits for the server", error=type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    def _context(self, path: str, page_type: str) -> dict[str, Any]:
        visit = self._visit
        landing = visit.landing if self._seq == 0 else ""
        consent = {"analytics": True, "personalization": True, "ads": False, "ver": "demo-1"}
        return {
            **self._ids,
            "mode": "first_party" if visit.agreed else "cookieless",
            "consent": consent if visit.agreed else {},
            "url": f"{self._shop}/{visit.language}/{path}{landing}",
            "ref": visit.referrer if self._seq == 0 else f"{self._shop}/{visit.language}/",
            "title": f"{words(visit.language)['tagline']} · Teehetk",
            "lang": visit.language,
            "page_type": page_type,
            "locale": f"{visit.language}-{visit.place[0]}",
            "tz": visit.place[2],
            "screen": visit.screen,
            "viewport": visit.screen,
        }


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
            await asyncio.sleep(wait * random.uniform(0.5, 1.5) / HURRY)
            await sender.send(path, page_type, event, {**props, "country": country, "city": city})
        await asyncio.sleep(random.uniform(1, 6))


async def run(data: DataDir, url: str, shop: str) -> None:
    """Plays until a signal or the parent's end."""
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        key = site.write_key(data)
        opening = asyncio.create_task(_open(http, url))
        seats = [asyncio.create_task(visitor(opening, http, url, shop, key)) for _ in range(VISITORS)]
        parent = os.getppid()
        while os.getppid() == parent:
            failed, _ = await asyncio.wait(
                seats, timeout=PARENT_CHECK_SECONDS, return_when=asyncio.FIRST_EXCEPTION
            )
            for seat in failed:
                seat.result()  # a visitor never leaves by itself: this raises what went wrong


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
