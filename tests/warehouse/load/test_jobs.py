"""Housekeeping changes files, never rows, and never what a restart needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.config import Retention
from tests.warehouse.load.world import NOON, World, body, books, event, hold, line, ms
from warehouse import migrations
from warehouse.jobs import Jobs
from warehouse.load.loader import Loader
from warehouse.models import runner
from warehouse.store import open_lake


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


def run_all(world: World, later: timedelta) -> Jobs:
    con = open_lake(world.data, threads=1)
    try:
        migrations.migrate(con)
        runner.build(con)
        start = datetime.now(UTC)
        times = iter([start])
        jobs = Jobs(con, world.data, clock=lambda: next(times, start + later))
        while jobs.run_due():
            pass
        return jobs
    finally:
        con.close()


@pytest.mark.long
def test_jobs_shrink_the_lake_and_keep_every_row(world: World) -> None:
    for n in range(12):
        day = NOON + timedelta(days=n % 2)
        world.write(*[line(body([event(ms(day))], sent=ms(day)), received=day) for _ in range(3)])
        world.load()
    before = len(list((world.data.lake / "main" / "events").rglob("*.parquet")))
    jobs = run_all(world, timedelta(hours=3))
    assert [(job.name, job.error, job.runs) for job in jobs.jobs] == [
        (job.name, None, 1) for job in jobs.jobs
    ]
    run_all(world, timedelta(hours=6))
    after = len(list((world.data.lake / "main" / "events").rglob("*.parquet")))
    assert (before, after) == (12, 2)
    assert world.books() == books(36, 36)


@pytest.mark.long
def test_a_merge_in_the_middle_of_a_readers_work_hides_no_row(world: World) -> None:
    """Merged files came after the last row of the catalog that a reader knew of, which then read up to it."""
    days = [NOON + timedelta(days=n) for n in range(8)]
    for some in (days, days, [NOON + timedelta(days=9)]):  # the last file is left alone, and stays the last
        world.write(*[line(body([event(ms(day))], sent=ms(day)), received=day) for day in some])
        world.load()
    reader = open_lake(world.data, read_only=True)
    try:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM loads").fetchall() == [(17,)]
        con = open_lake(world.data, threads=1)
        con.execute("CALL ducklake_merge_adjacent_files('lake', 'events')")
        con.close()
        assert reader.execute("SELECT count(*) FROM events").fetchall() == [(17,)]
        reader.execute("COMMIT")
    finally:
        reader.close()


@pytest.mark.long
def test_days_are_not_closed_while_a_backlog_waits(world: World) -> None:
    con = open_lake(world.data, threads=1)
    try:
        migrations.migrate(con)
        runner.build(con)
        start = datetime.now(UTC)
        times = iter([start])
        jobs = Jobs(con, world.data, clock=lambda: next(times, start + timedelta(hours=3)))
        while jobs.run_due(behind=True):
            pass
        waiting = {job.name for job in jobs.jobs if job.runs == 0}
        assert waiting == {"close_days", "merge_grown", "rewrite_deletes"}
        while jobs.run_due():
            pass
        assert all(job.runs for job in jobs.jobs)
    finally:
        con.close()


@pytest.mark.long
def test_a_restart_after_expiry_knows_how_far_the_journal_is_loaded(world: World) -> None:
    bad = [{"i": 1, "id": None, "reason": "bad_event", "raw": "{}"}]
    writing = hold(world.write(line(body([event()]), rejected=bad)))
    world.load()
    run_all(world, timedelta(hours=3))
    world.load()
    writing.close()
    world.load()
    assert world.books() == books(2, 1, rejected=1)


@pytest.mark.long
def test_a_failing_job_is_reported_and_tried_again(world: World) -> None:
    con = open_lake(world.data, threads=1)
    migrations.migrate(con)
    runner.build(con)
    jobs = Jobs(con, world.data)
    try:
        clean_up = next(job for job in jobs.jobs if job.name == "clean_up")
        clean_up.due_at = datetime.now(UTC) - timedelta(hours=1)
        clean_up.run = lambda: con.execute("SELECT error('No space left on device')")
        assert jobs.run_due()
        assert clean_up.failures == 1
        assert "disk is full" in str(clean_up.error)
        assert clean_up.due_at > datetime.now(UTC)
        assert Loader(con, world.data).step() is None
    finally:
        con.close()


@pytest.mark.long
def test_retention_removes_old_days_of_its_site_from_every_file(world: World) -> None:
    now = NOON
    bad = [{"i": 1, "id": None, "reason": "bad_event", "raw": "{}"}]
    for age in (0, 1, 5, 9):
        at = now - timedelta(days=age)
        for site in ("shop", "blog"):
            world.write(line(body([event(ms(at))], sent=ms(at)), received=at, site=site, rejected=bad))
    world.load()
    con = open_lake(world.data, threads=1)
    try:
        migrations.migrate(con)
        runner.build(con)
        runner.close_days(con, now.replace(tzinfo=None) + timedelta(hours=1))
        stored = {
            table: f"SELECT count(*) FROM {table} WHERE site_id = 'shop'"
            for table in ("events", "events_rejected", "session_parts_closed", "sessions")
        }
        before = {table: con.execute(query).fetchall()[0][0] for table, query in stored.items()}
        assert before == {"events": 4, "events_rejected": 4, "session_parts_closed": 2, "sessions": 4}
        jobs = Jobs(con, world.data, clock=lambda: now, kept=Retention(sites={"shop": 3}))
        jobs.drop_old_days()
        after = {table: con.execute(query).fetchall()[0][0] for table, query in stored.items()}
        assert after == {"events": 2, "events_rejected": 2, "session_parts_closed": 0, "sessions": 2}
        assert con.execute("SELECT count(*) FROM sessions WHERE site_id = 'blog'").fetchall() == [(4,)]
        jobs.kept = Retention(days=1, sites={"shop": 0})
        jobs.drop_old_days()
        counts = con.execute("SELECT site_id, count(*) FROM events GROUP BY ALL ORDER BY ALL").fetchall()
        assert counts == [("blog", 2), ("shop", 2)]
        later = Jobs(con, world.data, clock=lambda: datetime.now(UTC) + timedelta(hours=3))
        later.expire()
        later.clean_up()
        files = str(world.data.lake / "main" / "events" / "**" / "*.parquet")
        in_files = con.execute("SELECT count(*), min(ts)::DATE FROM read_parquet($1)", [files]).fetchall()
        assert in_files == [(4, (NOON - timedelta(days=1)).date())]
    finally:
        con.close()


@pytest.mark.long
def test_retention_keeps_everything_unless_asked(world: World) -> None:
    world.write(line(body([event(ms(datetime(2019, 10, 1, tzinfo=UTC)))], history=True), a="server"))
    world.load()
    run_all(world, timedelta(hours=3))
    assert world.books() == books(1, 1)
