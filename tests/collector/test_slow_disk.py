"""A real server on a disk that stands still for a while at each fdatasync: what waits is answered, what does
not fit is told to come back, and memory stays flat.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.collector.server import ROOT, Running, batch, event

pytestmark = pytest.mark.long

SHIM = """import os, time
real = os.fdatasync
def slow(handle):
    time.sleep({seconds})
    real(handle)
os.fdatasync = slow
"""
BOTH = pytest.mark.parametrize("fast", ["true", "false"], ids=["fast", "plain"])
CONNECTIONS = 512
LOAD_SECONDS = 5.0
# aiohttp gathers the packets of each body in a task of its own, which is more than half of it.
GROWTH_BYTES_MAX = {"true": 30 * 2**20, "false": 45 * 2**20}


def start(place: Path, fast: str, seconds: float, **settings: Any) -> Running:
    """A server whose every fdatasync takes so many seconds longer."""
    shim = place.parent / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(SHIM.format(seconds=seconds))
    limits = {f"HETK_RATES_{who}_{what}_PER_SECOND": "0" for who in ("ADDRESS", "KEY") for what in
              ("REQUESTS", "EVENTS")}  # fmt: skip
    environment = {"PYTHONPATH": f"{shim}:{ROOT}", "HETK_HTTP_FAST_PATH": fast} | limits
    return Running(place, environment | {name: str(value) for name, value in settings.items()})


def post(body: bytes) -> bytes:
    return b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def good(key: str, *events: Any) -> bytes:
    return json.dumps(batch(key, *events), separators=(",", ":")).encode()


def until_closed(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@BOTH
def test_a_connection_outlives_its_disk_and_is_closed_when_it_is_idle(place: Path, fast: str) -> None:
    running = start(place, fast, 1.8, HETK_HTTP_KEEPALIVE_SECONDS=1.2)
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
        connection.sendall(post(good(running.key)))
        received = until_closed(connection)  # a timeout here: it is held for ever
    assert received.startswith(b"HTTP/1.1 200"), received
    assert running.stop() == 0


@BOTH
def test_sigterm_waits_for_the_disk_and_answers(place: Path, fast: str) -> None:
    running = start(place, fast, 1)
    connections = [socket.create_connection(("127.0.0.1", running.port), timeout=30) for _ in range(20)]
    for connection in connections:
        connection.sendall(post(good(running.key)))
    deadline = time.monotonic() + 20
    while len(running.lines()) < 20:  # the last group is written and waits for the disk
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert running.stop() == 0
    assert [until_closed(one)[:12] for one in connections] == [b"HTTP/1.1 200"] * 20
    assert len(running.lines()) == 20
    for connection in connections:
        connection.close()


@BOTH
def test_what_does_not_fit_is_a_503_and_the_rest_is_stored(place: Path, fast: str) -> None:
    running = start(place, fast, 1, HETK_JOURNAL_PENDING_BYTES_MAX=3000)
    connections = [socket.create_connection(("127.0.0.1", running.port), timeout=30) for _ in range(50)]
    for connection in connections:
        connection.sendall(post(good(running.key)))
    answers = [connection.recv(65536) for connection in connections]
    statuses = Counter(answer[9:12] for answer in answers)
    assert set(statuses) == {b"200", b"503"}
    for answer in answers:
        if answer[9:12] == b"503":
            assert b'"busy"' in answer
            assert b"\r\nRetry-After: 2\r\n" in answer
    for connection in connections:
        connection.close()
    assert running.post(batch(running.key)).status == 200
    assert running.stop() == 0
    assert len(running.lines()) == statuses[b"200"] + 1


@BOTH
def test_a_sender_that_does_not_wait_is_not_read_and_is_answered_in_order(place: Path, fast: str) -> None:
    """Its bytes stay in the kernel's buffers while the disk works."""
    running = start(place, fast, 0.3)
    requests = [post(good(running.key, event(seq=n, props={"a": "x" * 25_000}))) for n in range(600)]
    sent = 0

    def send(connection: socket.socket) -> None:
        nonlocal sent
        with contextlib.suppress(OSError):
            for request in requests:
                connection.sendall(request)
                sent += len(request)

    connection = socket.create_connection(("127.0.0.1", running.port), timeout=30)
    sender = threading.Thread(target=send, args=[connection], daemon=True)
    before = rss(running)
    sender.start()
    received = b""
    while received.count(b"HTTP/1.1 200") < 5:
        received += connection.recv(65536)
    assert sent < sum(map(len, requests)) - 1_000_000
    assert rss(running) - before < 4 * 2**20
    connection.shutdown(socket.SHUT_RDWR)  # ends the sender's waiting, too
    sender.join()
    connection.close()
    assert running.stop() == 0
    numbers = [line["b"]["events"][0]["seq"] for line in running.lines()]
    assert numbers == list(range(len(numbers)))


@BOTH
def test_memory_stays_flat_at_512_connections_and_nothing_accepted_is_lost(place: Path, fast: str) -> None:
    running = start(place, fast, 0.2)
    assert running.post(batch(running.key)).status == 200
    idle = rss(running)
    most, statuses, accepted = asyncio.run(load(running))
    assert running.stop() == 0
    stored = Counter(one["id"] for line in running.lines() for one in line["b"]["events"])
    print(f"\n{dict(statuses)}, grown by {(most - idle) / 2**20:.1f} MB")
    assert set(statuses) == {200, 503}
    assert accepted <= stored.keys()
    assert most - idle <= GROWTH_BYTES_MAX[fast]


async def load(running: Running) -> tuple[int, Counter[int], set[str]]:
    """The most memory it had, the answers, and the ids of what was acknowledged."""
    statuses: Counter[int] = Counter()
    accepted: set[str] = set()
    ends = time.monotonic() + LOAD_SECONDS

    async def send(number: int) -> None:
        # Every second one sends so much that together they are more than may wait.
        filler = "x" * (12_000 if number % 2 else 100)
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        while time.monotonic() < ends:
            events = [event(props={"a": filler}) for _ in range(4)]
            writer.write(post(good(running.key, *events)))
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"Content-Length: (\d+)", head)
            assert length is not None
            await reader.readexactly(int(length[1]))
            status = int(head[9:12])
            statuses[status] += 1
            if status == 200:
                accepted.update(one["id"] for one in events)
            else:
                await asyncio.sleep(0.2)
        writer.close()

    async def watch() -> int:
        most = 0
        while time.monotonic() < ends:
            most = max(most, rss(running))
            await asyncio.sleep(0.05)
        return most

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(send(number) for number in range(CONNECTIONS)))
    return await watching, statuses, accepted


def rss(running: Running) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{running.pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024
