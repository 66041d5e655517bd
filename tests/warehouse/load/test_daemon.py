"""The warehouse process: heartbeat, private port, clean stop, one per directory."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.server import free_ports, slowness
from tests.warehouse.load.world import World, body, books, event, line, ms

ROOT = Path(__file__).parents[3]
START_SECONDS = 40.0
STOP_SECONDS = 5.0


class Daemon:
    def __init__(self, world: World) -> None:
        [self.port] = free_ports(1)
        self.world = world
        command = [sys.executable, "-m", "warehouse.daemon", "--data", str(world.data.root)]
        self.process = subprocess.Popen(
            [*command, "--console-port", str(self.port)], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )

    def heartbeat(self) -> dict[str, object]:
        try:
            beat: dict[str, object] = json.loads(self.world.data.heartbeat.read_bytes())
        except FileNotFoundError:
            return {}
        return beat

    def wait_running(self) -> None:
        until = time.monotonic() + START_SECONDS
        while self.heartbeat().get("loader") != "running":
            assert self.process.poll() is None
            assert time.monotonic() < until, self.heartbeat()
            time.sleep(0.05)

    def metrics(self) -> dict[str, float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=20) as answer:
            lines = [each for each in answer.read().decode().splitlines() if not each.startswith("#")]
        return {name: float(value) for name, value in (each.rsplit(" ", 1) for each in lines)}


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    running = Daemon(World(tmp_path / "data"))
    try:
        running.wait_running()
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def now_event() -> bytes:
    now = datetime.now(UTC)
    return line(body([event(ms(now))], sent=ms(now)), received=now)


def test_loads_and_shows_the_books(daemon: Daemon) -> None:
    daemon.world.write(now_event(), now_event())
    until = time.monotonic() + START_SECONDS
    while (figures := daemon.metrics()).get('hetk_events_stored_total{site="shop"}') != 2:
        assert time.monotonic() < until, figures
    assert figures['hetk_events_pending{site="shop"}'] == 0
    assert figures["hetk_loader_up"] == 1
    assert daemon.world.books() == books(2, 2)


@pytest.mark.long
def test_stops_cleanly_within_five_seconds(daemon: Daemon) -> None:
    started = time.monotonic()
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(60) == 0
    assert time.monotonic() - started < STOP_SECONDS * slowness()
    assert daemon.heartbeat()["loader"] == "stopped"


@pytest.mark.long
def test_a_second_one_exits_naming_the_first(daemon: Daemon) -> None:
    command = [sys.executable, "-m", "warehouse.daemon", "--data", str(daemon.world.data.root)]
    second = subprocess.run(
        [*command, "--console-port", "0"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert second.returncode == 1
    assert f"process {daemon.process.pid} " in second.stderr
