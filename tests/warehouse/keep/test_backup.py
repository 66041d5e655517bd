"""A data directory is taken away and made again, while a writer writes; who was erased since stays erased."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.datadir import DataDir
from tests.warehouse.load.world import World, body, event, line
from warehouse import migrations
from warehouse.cli import main
from warehouse.keep.rebuild import checksum
from warehouse.load.loader import Loader
from warehouse.models import runner
from warehouse.people import users
from warehouse.people.log import By
from warehouse.people.store import People
from warehouse.privacy.forget import forget
from warehouse.privacy.person import Person
from warehouse.privacy.proof import find
from warehouse.store import open_lake
from warehouse.turn import Turn

ZOE, ABE = "visitor-Zoe-9431", "visitor-Abe-1177"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("HETK_TOMBSTONE_KEY", str(tmp_path / "elsewhere" / "tombstone.key"))
    world = World(tmp_path / "data")
    world.write(visits(ZOE), visits(ABE))
    world.load()
    return world


def visits(visitor: str, count: int = 3) -> bytes:
    return line(body([event(seq=n, props={"who": visitor}) for n in range(count)], ctx={"visitor": visitor}))


def hetk(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done.output


def lake(data: DataDir) -> str:
    con = open_lake(data, read_only=True)
    try:
        return checksum(con)
    finally:
        con.close()


def test_comes_back_whole_with_what_was_not_loaded_yet(world: World, tmp_path: Path) -> None:
    world.write(visits("waits-in-the-journal"))
    (world.data.root / "hetk.toml").write_text("[retention]\ndays = 400\n")
    link = (
        hetk("user", "add", "ana", "--role", "admin", "--data", world.data.root).partition("#")[2].split()[0]
    )
    users.use_link(People(world.data), link, "", "a hash", "127.0.0.1")
    folder, again = tmp_path / "backup", DataDir(tmp_path / "again")
    assert "6 events" in hetk("backup", folder, "--data", world.data.root)
    assert not list(folder.rglob("tombstone*"))
    assert {oct(path.stat().st_mode & 0o077) for path in folder.rglob("*") if path.is_file()} == {"0o0"}
    shutil.rmtree(world.data.root)
    hetk("restore", folder, "--data", again.root)
    assert lake(again).startswith("6 rows")
    restored = World(again.root)
    restored.load()
    assert restored.books()["stored"] == 9
    assert [(one["name"], one["role"]) for one in users.everybody(People(again))] == [("ana", "admin")]
    assert (again.root / "hetk.toml").read_text() == "[retention]\ndays = 400\n"
    assert "none broken" in hetk("verify", "--data", again.root)


@pytest.mark.long
def test_holds_one_instant_while_a_loader_commits_and_merges(world: World, tmp_path: Path) -> None:
    """Each segment is one load of ten events, and files are merged and removed at once: none holds a part."""
    done = threading.Event()

    def work() -> None:
        con = open_lake(world.data, threads=1)
        migrations.migrate(con)
        loader = Loader(con, world.data)
        for number in range(12):
            with Turn.take(world.data):
                world.write(visits(f"v{number}", 10))
                while loader.step() is not None:
                    pass
                con.execute("CALL ducklake_merge_adjacent_files('lake', 'events')")
                con.execute("CALL ducklake_expire_snapshots('lake', older_than => now())")
                con.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
        con.close()
        done.set()

    writer = threading.Thread(target=work)
    writer.start()
    number, counts = 0, []
    while not done.is_set():
        folder, again = tmp_path / f"backup{number}", DataDir(tmp_path / f"again{number}")
        hetk("backup", folder, "--data", world.data.root)
        hetk("restore", folder, "--data", again.root)
        World(again.root).load()
        counts.append(World(again.root).books()["stored"])
        number += 1
    writer.join()
    assert counts
    assert all(count % 10 == 6 for count in counts), counts


@pytest.mark.long
def test_who_was_erased_after_it_is_erased_again(world: World, tmp_path: Path) -> None:
    folder, again = tmp_path / "backup", DataDir(tmp_path / "again")
    hetk("backup", folder, "--data", world.data.root)
    con = open_lake(world.data, threads=1)
    migrations.migrate(con)
    runner.build(con)
    forget(con, world.data, Loader(con, world.data), "shop", "visitor", ZOE)
    con.close()
    assert "1 people erased again" in hetk("restore", folder, "--data", again.root)
    assert find(again, [Person("shop", (ZOE,))]) == []
    restored = World(again.root)
    restored.write(visits(ZOE), visits(ABE))
    restored.load()
    assert restored.sql("SELECT visitor_id, count(*) FROM events GROUP BY ALL") == [(ABE, 6)]


def test_a_damaged_backup_is_refused_by_file(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    hetk("backup", folder, "--data", world.data.root)
    path = next(folder.rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert path.name in hetk("restore", folder, "--data", tmp_path / "again", code=1)
    assert not (tmp_path / "again").exists()
    assert path.name in hetk("verify", "--backup", folder, code=1)
    (folder / "backup.json").unlink()
    assert "no finished backup" in hetk("restore", folder, "--data", tmp_path / "again", code=1)


def test_a_damaged_file_of_accounts_is_named_with_the_way_out(world: World, tmp_path: Path) -> None:
    world.write(visits("v1"))
    world.load()
    users.first_link(People(world.data), By("", ""))
    file = world.data.root / "console" / "people.sqlite"
    file.write_bytes(b"\xde\xad" * 6_000)
    said = hetk("backup", tmp_path / "b", "--data", world.data.root, code=1)
    assert f"{file} cannot be read" in said
    assert "hetk user link" in said
    assert not (tmp_path / "b").exists()


def test_nothing_is_overwritten(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    hetk("backup", folder, "--data", world.data.root)
    assert "exists" in hetk("backup", folder, "--data", world.data.root, code=1)
    assert "not empty" in hetk("restore", folder, "--data", world.data.root, code=1)
    assert "no lake" in hetk("backup", tmp_path / "b2", "--data", tmp_path / "nowhere", code=1)


def test_a_destination_costs_nothing_that_was_there_and_is_named_when_it_cannot_be(
    world: World, tmp_path: Path
) -> None:
    mine = tmp_path / "backup.partial"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    hetk("backup", tmp_path / "backup", "--data", world.data.root)
    assert (mine / "thesis.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup", "backup.partial"]
    told = hetk("backup", "/proc/nowhere/backup", "--data", world.data.root, code=1)
    assert "cannot write into /proc/nowhere" in told
    assert "Name another FOLDER" in told
    assert "damaged" not in told


@pytest.mark.long
def test_the_archived_journal_makes_the_same_lake(world: World, tmp_path: Path) -> None:
    world.write(visits(ZOE, 5), visits(ABE, 5), visits(ABE, 5))
    root = tmp_path / "kept"
    kept = World(root)
    for number in range(4):
        kept.write(visits(ZOE, 5), visits(f"v{number}", 7), worker=f"w{number % 2}")
        kept.load(archive=root / "archive")
    told = hetk("rebuild", tmp_path / "new", "--data", root)
    assert told.count(lake(kept.data)) == 2, told
    assert World(tmp_path / "new").books()["stored"] == 48
    assert "no archived journal" in hetk("rebuild", tmp_path / "new2", "--data", world.data.root, code=1)


def test_a_reader_in_the_writers_process_leaves_its_locks_alone(tmp_path: Path) -> None:
    """Two SQLite libraries in one process: closing a handle of one drops the locks of the other, and the next
    reader that closes takes the WAL away while the transaction still writes to it.
    """
    data = DataDir(tmp_path / "data")
    con = open_lake(data)
    con.execute("CREATE TABLE t (a INTEGER)")
    con.execute("BEGIN")
    con.execute("INSERT INTO t VALUES (1)")
    open_lake(data, read_only=True).close()
    look = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('FROM_IT').fetchall(); c.close()"
    look = look.replace("FROM_IT", "SELECT count(*) FROM ducklake_table")
    subprocess.run([sys.executable, "-c", look, str(data.catalog)], check=True)
    assert data.catalog.with_name("lake.sqlite-wal").exists()
    con.execute("COMMIT")
    con.close()
