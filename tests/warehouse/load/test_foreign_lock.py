"""Another process holds the catalog's write lock, or reads for long: loads wait, nothing is lost, nothing doubled."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.warehouse.load.world import World, body, books, event, line
from warehouse.ingest import Ingest
from warehouse.store import open_lake

WAIT_SECONDS = 90.0
EVENTS = 3  # of a batch
HOLDER = """
import sqlite3, sys
con = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
con.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
con.execute("ROLLBACK")
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "data")
    world.build()
    return world


@contextmanager
def write_lock(world: World) -> Iterator[None]:
    """Held by another process while the block runs."""
    command = [sys.executable, "-c", HOLDER, str(world.data.catalog)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.communicate("over\n", timeout=60)


@contextmanager
def loading(world: World) -> Iterator[Ingest]:
    ingest = Ingest(world.data)
    ingest.start()
    try:
        wait_until(lambda: ingest.state.loader == "running")
        yield ingest
    finally:
        ingest.end(60)


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def send(world: World) -> None:
    world.write(line(body([event(seq=n) for n in range(EVENTS)])))


def stored(world: World) -> int:
    return int(world.sql("SELECT count(*) FROM events")[0][0])


def wait_for_rows(world: World, count: int) -> None:
    wait_until(lambda: stored(world) == count)


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.long)])
def test_a_foreign_write_lock_only_makes_loads_wait(world: World, rounds: int) -> None:
    with loading(world) as ingest:
        for number in range(rounds):
            with write_lock(world):
                send(world)
                wait_until(lambda: ingest.state.failures > 0)
                assert "locked" in str(ingest.state.error)
                send(world)
                wait_until(lambda: ingest.state.failures > 1)  # tried again, and still not in
                assert stored(world) == 2 * number * EVENTS
            wait_for_rows(world, 2 * (number + 1) * EVENTS)
            wait_until(lambda: ingest.state.failures == 0)
    total = 2 * rounds * EVENTS
    assert world.books() == books(total, total)
    assert not list(world.data.journal.glob("*.hj"))


@pytest.mark.long
def test_a_readers_long_transaction_holds_nobody_up(world: World) -> None:
    send(world)
    with loading(world) as ingest:
        wait_for_rows(world, EVENTS)
        reader = open_lake(world.data, read_only=True)
        try:
            reader.execute("BEGIN")
            assert reader.execute("SELECT count(*) FROM events").fetchall() == [(EVENTS,)]
            for number in (2, 3, 4):
                send(world)
                wait_for_rows(world, number * EVENTS)
            assert reader.execute("SELECT count(*) FROM events").fetchall() == [(EVENTS,)]
            reader.execute("COMMIT")
        finally:
            reader.close()
        assert ingest.state.failures == 0
    assert world.books() == books(4 * EVENTS, 4 * EVENTS)
