"""The console's log becomes a table of the lake: each line once, also after a restore, old ones not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from collector.datadir import DataDir
from tests.warehouse.people.test_users import BY, Clock
from warehouse import migrations
from warehouse.people import log
from warehouse.people.feed import feed
from warehouse.people.store import People
from warehouse.store import open_lake


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = open_lake(DataDir(tmp_path / "data"), threads=1)
    migrations.migrate(con)
    yield con
    con.close()


def write(people: People, *targets: str) -> None:
    with people.change() as con:
        for target in targets:
            log.note(con, people.now_ms(), BY, "queried", target)


def targets(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [target for (target,) in con.execute("SELECT target FROM console_log ORDER BY ALL").fetchall()]


def test_each_line_is_there_once(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    clock = Clock()
    people = People(DataDir(tmp_path / "data"), clock)
    assert feed(con, people) == 0
    assert not people.path.exists()
    write(people, "a", "b")
    assert (feed(con, people), feed(con, people)) == (2, 0)
    row = con.execute("SELECT * FROM console_log WHERE target = 'a'").fetchone()
    assert row
    assert (row[0], row[1].timestamp(), *row[2:]) == (1, clock.ms / 1000, "ana", "queried", "a", "127.0.0.1")
    people.path.unlink()  # begun anew: numbers come again, lines do not
    clock.ms += 1000
    write(people, "c")
    clock.ms -= 3_600_000  # the clock is set back
    write(people, "d")
    assert feed(con, people) == 2
    assert targets(con) == ["a", "b", "c", "d"]
    clock.ms += log.KEEP_MS + 3_600_000
    write(people, "late")
    assert feed(con, people) == 1
    assert targets(con) == ["c", "late"]
