"""A Parquet file of the lake is gone, or the disk fills while files are merged: told, nothing is lost."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.server import wait_until
from tests.e2e.test_full_disk import small_disk as small_disk
from tests.warehouse.load.test_daemon import Daemon
from tests.warehouse.load.world import NOON, World, body, books, event, line, ms
from warehouse import migrations
from warehouse.jobs import Job, Jobs
from warehouse.load.loader import partition
from warehouse.models import runner
from warehouse.status import gather
from warehouse.store import open_lake, open_memory

ROOM_LEFT = 1_000_000  # enough for a load of one event, too little for a merged file


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "data")
    for _ in range(3):
        world.write(line(body([event()])))
        world.load()
    return world


def files(world: World) -> list[Path]:
    return sorted((world.data.lake / "main" / "events").rglob("*.parquet"))


def holds(path: Path, event_id: str) -> bool:
    with open_memory() as con:
        found = con.execute(
            "SELECT count(*) FROM read_parquet($1) WHERE event_id = $2", [str(path), event_id]
        )
        return found.fetchall() == [(1,)]


def merge(world: World) -> Job:
    """The job alone, run an hour from now."""
    con = open_lake(world.data, threads=1)
    try:
        migrations.migrate(con)
        times = iter([datetime.now(UTC)])
        jobs = Jobs(con, world.data, clock=lambda: next(times, datetime.now(UTC) + timedelta(hours=1)))
        jobs.jobs = [job for job in jobs.jobs if job.name == "merge"]
        assert jobs.run_due()
        return jobs.jobs[0]
    finally:
        con.close()


@pytest.mark.long
def test_a_missing_file_is_named_and_put_back_loses_nothing(world: World) -> None:
    gone = files(world)[0]
    kept = gone.read_bytes()
    gone.unlink()
    job = merge(world)
    assert (job.runs, job.failures) == (0, 1)
    assert job.error is not None
    assert "damaged: restore its files from a backup" in job.error
    assert gone.name in job.error
    gone.write_bytes(kept)
    world.write(line(body([event()])))
    assert [step.stored for step in world.load()] == [1]
    assert merge(world).error is None
    assert world.books()["stored"] == 4


@pytest.mark.long
def test_loading_goes_on_without_a_file_and_still_knows_what_the_others_hold(world: World) -> None:
    # In this order, so that no file is left out for its statistics.
    again, lost, kept = event(ms() - 5000), event(ms() + 1000), event(ms() + 2000)
    for one in (lost, kept):
        world.write(line(body([one])))
        world.load()
    gone = next(path for path in files(world) if holds(path, lost["id"]))
    saved = gone.read_bytes()
    gone.unlink()
    world.write(line(body([kept, again])))
    step = world.load()[0]
    assert (step.stored, step.duplicate, step.missing_files) == (1, 1, (str(gone),))
    gone.write_bytes(saved)
    world.write(line(body([lost, kept, again])))
    step = world.load()[0]
    assert (step.stored, step.duplicate, step.missing_files) == (0, 3, ())
    assert world.books() == books(10, 6, duplicate=4)


@pytest.mark.long
def test_stored_days_that_lost_a_file_are_computed_again(world: World) -> None:
    con = open_lake(world.data, threads=1)
    runner.build(con)
    assert runner.close_days(con, NOON.replace(tzinfo=None) + timedelta(days=9))
    con.close()
    assert world.sql("SELECT sum(n_events) FROM sessions") == [(3,)]
    for path in (world.data.lake / "main" / "sessions_closed").rglob("*.parquet"):
        path.unlink()
    world.write(line(body([event()])))
    assert [step.stored for step in world.load()] == [1]
    assert world.sql("SELECT sum(n_events) FROM sessions") == [(4,)]


@pytest.mark.long
def test_status_names_a_missing_file_while_the_server_loads(world: World) -> None:
    gone = files(world)[0]
    gone.unlink()
    daemon = Daemon(world)
    try:
        daemon.wait_running()
        world.write(line(body([event(ms() - 5000), event(ms() + 5000)])))
        wait_until(lambda: bool(daemon.heartbeat().get("missing_files")), 30)
        shown = gather(world.data)
        assert shown["server"].startswith("running")
        assert shown["missing_files"] == [f"{gone}: restore it from a backup"]
        assert shown["events"] == 5
    finally:
        daemon.process.kill()
        log = daemon.process.communicate()[1]
    assert log.count("data files of the lake are missing: restore them from a backup") == 1


@pytest.mark.long
def test_a_cause_that_lasts_is_logged_once_and_loading_goes_on_after_it(tmp_path: Path) -> None:
    daemon = Daemon(World(tmp_path / "data"))
    try:
        daemon.wait_running()
        in_the_way = partition(daemon.world.data.lake, "events", NOON.date())
        in_the_way.parent.mkdir(parents=True)
        in_the_way.write_text("where a folder should be")
        daemon.world.write(line(body([event()])))
        wait_until(lambda: int(str(daemon.heartbeat()["failures"])) > 1, 60)
        assert daemon.heartbeat()["loader"] == "failing"
        in_the_way.unlink()
        wait_until(lambda: not list(daemon.world.data.journal.glob("*.hj")), 60)
    finally:
        daemon.process.kill()
        log = [json.loads(one) for one in daemon.process.communicate()[1].splitlines()]
    assert [one["msg"] for one in log].count("loading failed, nothing is lost, it will be tried again") == 1
    assert [one["failures"] > 1 for one in log if one["msg"] == "loading goes on"] == [True]
    assert daemon.world.books() == books(1, 1)


@pytest.mark.long
def test_a_disk_that_fills_while_merging_costs_nothing(small_disk: Path) -> None:
    world = World(small_disk / "data")
    for _ in range(3):
        noise = [event(props={"note": os.urandom(3000).hex()}) for _ in range(150)]
        world.write(line(body(noise)))
        world.load()
    before = files(world)
    ballast = small_disk / "ballast"
    room = os.statvfs(small_disk)
    ballast.write_bytes(bytes(room.f_bavail * room.f_bsize - ROOM_LEFT))
    job = merge(world)
    assert job.failures == 1
    assert job.error is not None
    assert "the disk is full" in job.error
    assert files(world) == before, "what could not be written to its end is removed"
    world.write(line(body([event()])))
    assert [step.stored for step in world.load()] == [1]
    ballast.unlink()
    assert merge(world).error is None
    assert len(files(world)) > len(before)
    assert world.books() == books(451, 451)
