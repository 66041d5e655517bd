"""Erasing a person: nothing of them is found in any decoded file, and nobody else loses a row."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.warehouse.load.world import World, body, event, hold, line
from warehouse import migrations
from warehouse.jobs import Jobs
from warehouse.load.loader import Loader
from warehouse.models import runner
from warehouse.privacy.forget import Forgotten, Kind, forget
from warehouse.privacy.person import Person
from warehouse.privacy.proof import find
from warehouse.store import drop_copies, open_lake, renew

PERSON, USER, OTHER = "visitor-Zoe-9431", "user-zoe@home", "visitor-Abe-1177"
ZOE = Person("shop", (PERSON,))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("HETK_TOMBSTONE_KEY", str(tmp_path / "elsewhere" / "tombstone.key"))
    return World(tmp_path / "data")


def erase(world: World, kind: Kind, identity: str) -> Forgotten:
    con = open_lake(world.data, threads=1)
    try:
        migrations.migrate(con)
        runner.build(con)
        return forget(con, world.data, Loader(con, world.data), "shop", kind, identity)
    finally:
        con.close()


def visits(person: str, count: int = 3, **ctx: str) -> bytes:
    return line(
        body([event(seq=n, props={"who": person}) for n in range(count)], ctx={"visitor": person, **ctx})
    )


@pytest.mark.long
def test_finds_nothing_of_an_erased_visitor(world: World) -> None:
    bad = [{"i": 9, "id": None, "reason": "bad_event", "raw": f'{{"visitor":"{PERSON}"}}'}]
    world.write(visits(PERSON), visits(OTHER), line(body([event()], ctx={"visitor": PERSON}), rejected=bad))
    world.load()
    writing = hold(world.write(visits(PERSON), visits(OTHER)))
    world.load()
    assert len(find(world.data, [ZOE])) >= 4
    done = erase(world, "visitor", PERSON)
    writing.close()
    assert done.events == 7
    assert find(world.data, [ZOE]) == []
    assert world.sql("SELECT visitor_id, count(*) FROM events GROUP BY ALL") == [(OTHER, 6)]
    world.load()
    assert world.sql("SELECT visitor_id, count(*) FROM events GROUP BY ALL") == [(OTHER, 6)]


@pytest.mark.long
def test_a_user_takes_along_the_devices_of_its_own(world: World) -> None:
    world.write(
        visits(PERSON), visits(PERSON, user=USER), visits(OTHER, user=USER), visits(OTHER, user="someone")
    )
    world.load()
    done = erase(world, "user", USER)
    assert done.person == Person("shop", (PERSON,), (USER,))
    assert find(world.data, [done.person]) == []
    assert world.sql("SELECT user_id, count(*) FROM events GROUP BY ALL") == [("someone", 3)]


@pytest.mark.long
def test_refuses_late_events_of_an_erased_person(world: World) -> None:
    world.write(visits(PERSON))
    world.load()
    erase(world, "visitor", PERSON)
    world.write(visits(PERSON), visits(OTHER))
    world.load()
    assert world.sql("SELECT visitor_id, count(*) FROM events GROUP BY ALL") == [(OTHER, 3)]
    assert world.sql("SELECT reason, count(*) FROM events_rejected GROUP BY ALL") == [("erased", 3)]
    assert find(world.data, [ZOE]) == []


@pytest.mark.long
def test_copies_of_the_catalog_that_readers_hold_go_too(world: World) -> None:
    world.write(visits(PERSON), visits(OTHER))
    world.load()
    reader = open_lake(world.data, read_only=True)
    con = open_lake(world.data, threads=1)
    try:
        assert [place for place in find(world.data, [ZOE]) if "/run/catalog-" in place]
        forget(con, world.data, Loader(con, world.data), "shop", "visitor", PERSON)
        assert find(world.data, [ZOE]) == []
        renew(reader, world.data)
        assert reader.execute("SELECT visitor_id, count(*) FROM events GROUP BY ALL").fetchall() == [
            (OTHER, 3)
        ]
    finally:
        con.close()
        reader.close()


@pytest.mark.long
def test_a_reader_whose_copy_is_taken_while_it_is_made_makes_another(world: World) -> None:
    world.write(visits(OTHER))
    world.load()
    reader, over = open_lake(world.data, read_only=True), threading.Event()

    def purge_again_and_again() -> None:
        while not over.wait(0.01):
            drop_copies(world.data)

    purging = threading.Thread(target=purge_again_and_again)
    purging.start()
    try:
        for _ in range(200):
            renew(reader, world.data)
    finally:
        over.set()
        purging.join()
        reader.close()


@pytest.mark.long
def test_rows_that_were_spilled_to_disk_go_too(world: World) -> None:
    world.write(visits(PERSON))
    world.load()
    killed = world.data.run / "spill-999999999"  # no process has this number
    killed.mkdir()
    (killed / "duckdb_temp_storage_DEFAULT-0.tmp").write_text(PERSON)
    con = open_lake(world.data, threads=1)
    try:
        loader = Loader(con, world.data)
        con.execute("SET memory_limit = '20MiB'")
        con.execute("CREATE TEMP TABLE staged AS SELECT uuid() AS visitor_id FROM range(2_000_000)")
        con.execute("SET memory_limit = '192MiB'")
        spilled = world.data.run / f"spill-{os.getpid()}"
        assert list(spilled.glob("*"))
        assert [place for place in find(world.data, [ZOE]) if str(killed) in place]
        at_work = world.data.run / f"spill-{os.getppid()}"
        at_work.mkdir()
        forget(con, world.data, loader, "shop", "visitor", PERSON)
        assert find(world.data, [ZOE]) == []
        assert not list(spilled.glob("*"))
        assert at_work.exists()
    finally:
        con.close()


@pytest.mark.long
def test_the_nightly_purge_ends_what_was_begun(world: World) -> None:
    """No row is left at once; files and history hold the person until the job ran."""
    world.write(visits(PERSON), visits(OTHER))
    world.load()
    con = open_lake(world.data, threads=1)
    try:
        migrations.migrate(con)
        runner.build(con)
        forget(con, world.data, Loader(con, world.data), "shop", "visitor", PERSON, purged=False)
        assert con.execute("SELECT DISTINCT visitor_id FROM events").fetchall() == [(OTHER,)]
        assert find(world.data, [ZOE])
        for hour in (1, 2):
            assert find(world.data, [ZOE])
            jobs = Jobs(con, world.data, clock=partial(datetime, 2026, 11, 30, hour, 30, tzinfo=UTC))
            while jobs.purge() is not None:
                pass
        assert find(world.data, [ZOE]) == []
        assert con.execute("SELECT count(*) FROM deletions WHERE done_at IS NULL").fetchall() == [(0,)]
    finally:
        con.close()
    world.load()
    assert world.sql("SELECT visitor_id, count(*) FROM events GROUP BY ALL") == [(OTHER, 3)]
