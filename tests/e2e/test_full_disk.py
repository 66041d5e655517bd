"""`hetk serve` on a disk that fills up: 503 while it is full, on by itself with room again, nothing lost."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.e2e.server import Server, slowness, wait_until
from tests.warehouse.load.world import event

pytestmark = pytest.mark.long

ROOM_AGAIN_S = 5.0
FILL_BYTES = 4096


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class Sender:
    """Posts batches of ten and remembers the ids that were acknowledged."""

    def __init__(self, server: Server, key: str) -> None:
        self.url, self.key = f"{server.url}/v1/events", key
        self.acknowledged: list[str] = []

    def post(self) -> int:
        now = time.time_ns() // 1_000_000
        events: list[dict[str, Any]] = [event(now, props={"note": os.urandom(500).hex()}) for _ in range(10)]
        body = {"v": 1, "key": self.key, "sent": now, "ctx": {"mode": "cookieless"}, "events": events}
        request = urllib.request.Request(self.url, msgspec.json.encode(body), {"User-Agent": "Mozilla/5.0"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                self.acknowledged += [one["id"] for one in events]
                return int(answer.status)
        except urllib.error.HTTPError as error:
            assert error.headers["Retry-After"]
            return error.code


def fill(ballast: Path) -> None:
    """Until not even a small write fits."""
    with ballast.open("ab", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * FILL_BYTES)
        except OSError:
            return


def test_a_full_disk_costs_nothing_that_was_acknowledged(small_disk: Path) -> None:
    server = Server(small_disk / "data")
    sender = Sender(server, server.add_site("shop"))
    with server:
        assert {sender.post() for _ in range(20)} == {200}
        wait_until(lambda: server.rows("SELECT count(*) AS n FROM events")[0]["n"] == 200)
        ballast = small_disk / "ballast"
        statuses: list[int] = []
        while statuses[-10:] != [503] * 10:
            assert len(statuses) < 600, "it never answers that the disk is full"
            fill(ballast)  # again: loading what is there makes room
            statuses.append(sender.post())
            time.sleep(0.05)
        assert set(statuses) <= {200, 503}
        assert len(server.children()) == 2
        patience = ROOM_AGAIN_S * slowness()
        ballast.unlink()
        freed = time.monotonic()
        wait_until(lambda: sender.post() == 200, patience, 0.1)
        more = len(sender.acknowledged)
        wait_until(lambda: server.rows("SELECT count(*) AS n FROM events")[0]["n"] >= more, 60)
        print(f"loading again {time.monotonic() - freed:.1f} s after there was room")
        assert sender.post() == 200
        wanted = sorted(sender.acknowledged)
        wait_until(lambda: server.rows("SELECT count(*) AS n FROM events")[0]["n"] >= len(wanted), 60)
        stored = [row["id"] for row in server.rows("SELECT event_id::VARCHAR AS id FROM events")]
        # A batch that was written but not acknowledged may be there too; none is there twice.
        assert set(wanted) <= set(stored)
        assert len(stored) == len(set(stored))
        assert server.stop()[0] == 0
