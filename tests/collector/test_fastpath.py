"""The fast path against aiohttp's own: the same bytes to both, the same statuses, bodies and journals back.

HETK_SOAK=1 sends 200,000 streams instead of 3,000.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import os
import random
import re
import shutil
import socket
import threading
import time
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiohttp import web, web_protocol

from collector.app import make_server, make_tools
from collector.config import Config, Http, Limits, Rates
from collector.datadir import DataDir
from collector.fastpath import FastConnection, FastServer, Request
from collector.journal_read import read_lines, segments
from collector.sites import add_site
from collector.uuid7 import uuid7
from tests.collector.server import Running, batch, event, raw_batch

STREAMS = 200_000 if os.environ.get("HETK_SOAK") else 3_000
TOGETHER = 250
KEY = "wk_of_both"
QUIET_SECONDS = 0.06
LAST = b"GET /v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
AGENTS = [
    b"\xff\xfe\xc3",
    b"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    b"curl/8.0",
    b"",
]
EXTRA = [
    b"Origin: https://shop.example\r\n", b"Origin: https://evil.example\r\n", b"Content-Type: text/plain\r\n",
    b"Connection: keep-alive\r\n", b"Connection: close\r\n", b"Content-Encoding: gzip\r\n",
    b"Expect: 100-continue\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 7\r\n", b"X: \r\n",
    b"X:y\r\n", b" folded: 1\r\n", b"X : y\r\n", b"X\r\n", b"X: \xff\r\n", b"X: \x00\r\n",
    b"Upgrade: h2c\r\nConnection: upgrade\r\n", b"Host: b\r\n", b"X-Forwarded-For: 1.2.3.4\r\n",
    b"Cookie: a=b\r\n",
    b"TE: trailers\r\n",
    b"X: " + b"y" * 5000 + b"\r\n",
    b"x-a: 1\nx-b: 2\r\n",
    b"content-length: 5\r\n", b"Accept: */*\r\nAccept: text/html\r\n",
]  # fmt: skip
LENGTH_NAMES = [b"Content-Length"] * 5 + [b"content-length", b"Content-length", b"CONTENT-LENGTH"]
SPELLED = [b"+%d", b"0%d", b" %d ", b"%d ", b"%dx", b"%d\r\nX: y"]
STARTS = [
    b"POST /v1/events HTTP/1.1", b"POST /v1/events HTTP/1.0", b"post /v1/events HTTP/1.1",
    b"POST /v1/events?x=1 HTTP/1.1", b"POST http://a/v1/events HTTP/1.1", b"POST /v1/events  HTTP/1.1",
    b"GET /v1/events HTTP/1.1", b"OPTIONS /v1/events HTTP/1.1",
    b"PUT /v1/events HTTP/1.1", b"POST /v1/event HTTP/1.1",
]  # fmt: skip


def request(chance: random.Random, key: str, odd: float) -> bytes:
    """`odd`: 1 = the wildest, 0 = as a browser sends it."""
    start = STARTS[0] if chance.random() < 1 - 0.15 * odd else chance.choice(STARTS)
    body = payload(chance, key)
    agent = chance.choice(AGENTS) if chance.random() < odd else AGENTS[1]
    headers = [b"Host: a\r\n", b"User-Agent: %s\r\n" % agent]
    if chance.random() < 1 - 0.1 * odd or not start.startswith(b"POST"):
        shown = len(body)
        if chance.random() < 0.05 * odd:
            shown = chance.choice([0, len(body) - 1, len(body) + 3, -1, 10**12])
        spelled = b"%d" if chance.random() < 1 - 0.05 * odd else chance.choice(SPELLED)
        headers.append(b"%s: %s\r\n" % (chance.choice(LENGTH_NAMES), spelled % shown))
    if chance.random() < odd:
        headers += chance.choices(EXTRA, k=chance.choice([0, 0, 1, 1, 2]))
    else:
        headers += chance.choices(EXTRA[:3], k=chance.choice([0, 1]))
    chance.shuffle(headers)
    return start + b"\r\n" + b"".join(headers) + b"\r\n" + body


def another(chance: random.Random, key: str, before: bytes, odd: float) -> bytes:
    """A request with the head of the one before, as senders do, and the length of its own body."""
    head, body = before.partition(b"\r\n\r\n")[0], payload(chance, key)
    shown = len(body)
    if chance.random() < 0.1 * odd:
        shown = chance.choice([0, len(body) - 1, len(body) + 3, 10**9, 10**10, len(body) * 10])
    spelled = b"%d" if chance.random() < 1 - 0.2 * odd else chance.choice(SPELLED)
    return re.sub(rb"(?i)(\r\ncontent-length: )[^\r]*", rb"\g<1>" + spelled % shown, head) + (
        b"\r\n\r\n" + body
    )


def payload(chance: random.Random, key: str) -> bytes:
    kind = chance.random()
    identity = str(uuid7(chance.getrandbits(40)))
    good = json.dumps(
        batch(key, event(id=identity, seq=chance.randrange(99))), separators=(",", ":")
    ).encode()
    if kind < 0.6:
        return good
    return chance.choice(
        [
            b"", b"{", good[:-1], good + b" ", good.replace(b"{", b"{\n", 1), b"\xef\xbb\xbf" + good,
            b"\x1f\x8b" + good, gzip.compress(good, mtime=0), good.replace(b"events", b"evnts"),
            good.replace(key.encode(), b"wk_no"),
            raw_batch(key, props='{"a":1e999}').replace(b'"id":"', b'"id":"!'), b"x" * 5000,
            json.dumps(batch(key, event(id="x"), event(id=identity))).encode(),
            json.dumps(batch(key, event(id=identity), ctx={"consent": {"analytics": False}})).encode(),
            json.dumps(batch(key, event(id=identity), history=True)).encode(), b"\xff" + good,
        ]
    )  # fmt: skip


def stream(chance: random.Random, key: str) -> list[tuple[bytes, bool]]:
    """One connection's bytes in packets, and whether time passes behind each."""
    odd = chance.choice([0.05, 0.3, 1])
    requests = [request(chance, key, odd)]
    for _ in range(chance.choice([0, 0, 1, 2])):
        like = chance.random() < 0.6
        requests.append(another(chance, key, requests[-1], odd) if like else request(chance, key, odd))
    data = b"".join(requests) + LAST
    if chance.random() < 0.2 * odd:
        at = chance.randrange(min(len(data), 3000))
        data = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    cuts = [chance.randrange(len(data)) for _ in range(chance.choice([0, 0, 1, 2]))]
    cuts += [end for end in accumulate(map(len, requests)) if chance.random() > 0.4 * odd]  # as senders wait
    ends = zip([0, *sorted(cuts)], [*sorted(cuts), len(data)], strict=True)
    return [(data[a:b], chance.random() > 0.4 * odd) for a, b in ends if a < b]


class Wire(asyncio.Transport):
    """A connection without a network, so that packets arrive exactly as they were cut."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 4711)})
        self.received = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.received += bytes(data)

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Side:
    """One of the two servers, in this process."""

    def __init__(self, root: Path, fast_path: bool) -> None:
        self.data = DataDir(root)
        self.data.create()
        add_site(self.data.sites, "shop", ["https://shop.example"])
        text = self.data.sites.read_text()
        self.data.sites.write_text(re.sub(r"wk_[\w-]+", KEY, text))
        limits = Limits(wire_bytes_max=4096, body_bytes_max=4096, discard_seconds_max=60)
        rates = Rates(0, 0, 0, 0)
        self.tools = make_tools(self.data, Config(limits, Http(fast_path=fast_path), rates=rates), "w0")
        self.server = make_server(self.tools, self.data)

    async def talk(self, packets: list[tuple[bytes, bool]]) -> bytes:
        """All bytes of the answers; True behind a packet = the server had time before the next one came."""
        wire, connection = Wire(), self.server()
        connection.connection_made(wire)
        for data, pause in packets:
            if not wire.closed:
                connection.data_received(data)
            if pause:
                await self.settle()
        quiet, before = 0, -1
        while quiet < 3 and not wire.closed:
            quiet = quiet + 1 if before == len(wire.received) else 0
            before = len(wire.received)
            await asyncio.sleep(QUIET_SECONDS)
            await self.settle()
        wire.closed = True
        connection.connection_lost(None)
        return wire.received

    async def settle(self) -> None:
        for _ in range(30):
            await asyncio.sleep(0)
        while self.tools.journal.pending_bytes:  # noqa: ASYNC110 the journal tells nobody
            await asyncio.sleep(0.001)
        for _ in range(10):
            await asyncio.sleep(0)

    def journaled(self) -> Counter[str]:
        rows: Counter[str] = Counter()
        for path in segments(self.data.journal):
            for line in read_lines(path):
                row = json.loads(line.data)
                if "h" not in row:
                    rows[json.dumps(row | {"r": 0, "c": 0, "m": row["m"] | {"v": 0, "v2": 0}})] += 1
        return rows


def told(received: bytes) -> list[tuple[bytes, bytes]]:
    """Status and body of each answer, and the headers that matter."""
    answers: list[tuple[bytes, bytes]] = []
    while match := re.match(rb"HTTP/1\.[01] (\d{3}) .*?\r\n\r\n", received, re.DOTALL):
        length = re.search(rb"(?i)content-length: (\d+)", match[0])
        end = match.end() + (int(length[1]) if length else 0)
        head = re.sub(rb"(?m)^(Date|Server|Connection):.*?\r\n", b"", match[0])
        answers.append((b"\r\n".join(sorted(head.split(b"\r\n"))), received[match.end() : end]))
        received = received[end:]
    return answers


async def compare(root: Path, streams: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, slow = Side(root / "fast", True), Side(root / "slow", False)
    served, serve = [0, 0], FastConnection._serve

    def counted(self: FastConnection, request: Request) -> None:
        served[self._head is request.head] += 1
        serve(self, request)

    monkeypatch.setattr(FastConnection, "_serve", counted)
    chance = random.Random(streams)

    async def one() -> None:
        packets = stream(chance, KEY)
        left, right = await asyncio.gather(fast.talk(packets), slow.talk(packets))
        assert told(left) == told(right), packets
        assert not re.search(rb"HTTP/1\.[01] 5", left), packets

    for _ in range(0, streams, TOGETHER):
        await asyncio.gather(*(one() for _ in range(TOGETHER)))
    for side in (fast, slow):
        await side.tools.journal.close()
    assert fast.journaled() == slow.journaled()
    assert fast.journaled().total() > streams / 4
    print(f"\n{served} served with a new head and with the one before, {fast.journaled().total()} lines")
    assert served[0] > streams / 4
    assert served[1] > streams / 40


@pytest.mark.timeout(1200)  # 200,000 streams, beside other tests
def test_both_ways_give_the_same_answers_and_the_same_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # it logs each broken request
    uvloop.run(compare(tmp_path, STREAMS, monkeypatch))


@pytest.mark.long
def test_a_batch_is_answered_when_the_worker_stops_while_the_disk_works(place: Path) -> None:
    inject = "inject=fdatasync:delay_enter=500000"
    wrapper = ["strace", "-f", "-qq", "-e", "trace=fdatasync", "-e", inject, "-o", "/dev/null"]
    if shutil.which("strace") is None:
        pytest.skip("strace is missing: apt-get install strace")
    running = Running(place, wrapper=wrapper)
    answers: list[int] = []
    sender = threading.Thread(target=lambda: answers.append(running.post(batch(running.key)).status))
    sender.start()
    deadline = time.monotonic() + 30
    while not running.lines():  # it is written, and the disk works
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert running.stop() == 0
    sender.join()
    assert answers == [200]
    assert len(running.lines()) == 1


def test_requests_that_follow_each_other_closely_are_answered_in_order(server: Running) -> None:
    bodies = [json.dumps(batch(server.key, event(seq=n))).encode() for n in range(20)]
    head = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    before = len(server.lines())
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"".join(head % len(body) + body for body in bodies) + LAST)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200") == 20
    assert [line["b"]["events"][0]["seq"] for line in server.lines()[before:]] == list(range(20))


def test_an_aiohttp_without_what_the_fast_path_needs_is_named_and_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def server_of(root: Path) -> web.Server:
        side = Side(root, fast_path=True)
        await side.tools.journal.close()
        return side.server

    assert isinstance(uvloop.run(server_of(tmp_path / "pinned")), FastServer)
    monkeypatch.delattr(web_protocol.RequestHandler, "_waiter")
    monkeypatch.setattr(logging.getLogger("hetk"), "propagate", True)
    assert not isinstance(uvloop.run(server_of(tmp_path / "other")), FastServer)
    assert "no fast path" in caplog.text
    [record] = caplog.records
    assert record.__dict__["facts"] == {"lacks": ["_waiter"]}
