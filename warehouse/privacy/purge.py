"""People whose rows are gone in; their bytes gone from files, history and statistics out, in pieces.

Files are rewritten, old snapshots and files go, and the catalog is vacuumed. Readers on an older snapshot lose
their files.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import duckdb
import msgspec

from collector.datadir import DataDir
from warehouse import catalog
from warehouse.privacy import late
from warehouse.privacy.people import tables_of_people
from warehouse.privacy.person import Person
from warehouse.privacy.retention import rewrite
from warehouse.store import drop_copies, drop_leftovers, transaction, translated

T = TypeVar("T")


def to_the_end(pieces: Generator[None, None, T]) -> T:
    """What comes of work that is done in pieces."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            done: T = end.value
            return done


def purging(
    con: duckdb.DuckDBPyConnection, data: DataDir, positions: dict[str, int]
) -> Generator[None, None, list[Person]]:
    """Everybody forgotten since the last purge, a piece with each `next`; `positions` as in the loader. Returns
    who must be found nowhere any more.
    """
    came_late = yield from late.cleaning(data, positions)
    waiting = sorted(waits(data).glob("*.purge"))
    people = [msgspec.json.decode(path.read_bytes(), type=Person) for path in waiting]
    if not people:
        return came_late
    for table in (*tables_of_people(con), "events_rejected"):
        rewrite(con, [table])
        yield
    with transaction(con):
        con.execute("UPDATE deletions SET done_at = now()::TIMESTAMP WHERE done_at IS NULL")
    drop_leftovers(data)
    _drop_history(con)
    yield
    with translated(data.root):
        catalog.run("scrub", str(data.catalog))
    drop_copies(data)  # made before: least and greatest values of columns stand in them
    for path in waiting:
        path.unlink()
    return people + came_late


def waits(data: DataDir) -> Path:
    """Where people who were forgotten are noted until the purge."""
    return data.root / "requests"


def _drop_history(con: duckdb.DuckDBPyConnection) -> None:
    old = con.execute(
        "SELECT snapshot_id FROM ducklake_snapshots('lake') "
        "WHERE snapshot_id < (SELECT max(snapshot_id) FROM ducklake_snapshots('lake'))"
    ).fetchall()
    if old:
        versions = ", ".join(str(number) for (number,) in old)
        con.execute(f"CALL ducklake_expire_snapshots('lake', versions => [{versions}])")
    con.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
    con.execute("CALL ducklake_delete_orphaned_files('lake', cleanup_all => true)")
