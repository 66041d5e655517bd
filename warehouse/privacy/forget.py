"""A visitor or user in; every row, file, statistic and journal line of that person gone out.

Runs where the loader runs (one writer): the journal is loaded first, then rows are deleted in every table
that names people, files are rewritten, old snapshots and files go, and the catalog is vacuumed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import duckdb
import msgspec

from collector.datadir import DataDir
from collector.files import replace_file
from warehouse import catalog
from warehouse.load.loader import Loader, loaded_positions
from warehouse.models import runner
from warehouse.privacy import late, ledger
from warehouse.privacy.journal import take_out
from warehouse.privacy.people import ID_COLUMNS, rejected_rows, tables_of_people
from warehouse.privacy.person import Person
from warehouse.privacy.tombstone import make_key, tombstone
from warehouse.store import drop_copies, drop_leftovers, translated

Kind = Literal["visitor", "user"]


@dataclass(frozen=True)
class Forgotten:
    """What was erased; `person` is to be found nowhere any more."""

    events: int
    lines: int
    person: Person


def forget(
    con: duckdb.DuckDBPyConnection,
    data: DataDir,
    loader: Loader,
    site: str,
    kind: Kind,
    identity: str,
    *,
    purged: bool = True,
) -> Forgotten:
    """Erases one person of one site. A user takes along the devices that nobody else has used. Rows are gone
    from every table at once; files and history, which take longer, with `purged`, else with the next `purge`.

    Raises the errors of warehouse.errors, and OSError when the tombstone's key cannot be made.
    """
    key = make_key()
    asked_at = datetime.now(UTC).replace(tzinfo=None)
    while loader.step() is not None:
        pass
    visitors = tuple(_devices(con, site, identity)) if kind == "user" else (identity,)
    person = Person(site, visitors, (identity,) if kind == "user" else ())
    marks = [(tombstone(key, site, each, name), each) for each, name in person.marks]
    ledger.add(con, [ledger.Mark(site, each, mark) for mark, each in marks])
    _waits(data).mkdir(mode=0o700, exist_ok=True)
    replace_file(_waits(data) / f"{uuid.uuid4().hex}.purge", msgspec.json.encode(person))
    with _erased(con, person):
        # Before the rows: which events of a batch are the person's, the lake alone may know.
        lines = take_out(data, loader.positions, person, _event_ids(con, person))
        events = _delete_rows(con, person)
    _sign(con, asked_at, site, marks, events)
    loader.start_anew()
    if purged:
        purge(con, data)
    return Forgotten(events, lines, person)


def purge(con: duckdb.DuckDBPyConnection, data: DataDir) -> list[Person]:
    """Takes everybody forgotten since the last one out of files, history and statistics; returns who must be
    found nowhere any more. Readers on an older snapshot lose their files.
    """
    came_late = late.clean(data, loaded_positions(con))
    waiting = sorted(_waits(data).glob("*.purge"))
    people = [msgspec.json.decode(path.read_bytes(), type=Person) for path in waiting]
    if not people:
        return came_late
    for table in (*tables_of_people(con), "events_rejected"):
        con.execute(f"CALL ducklake_rewrite_data_files('lake', '{table}', delete_threshold => 0)")
    with _transaction(con):
        con.execute("UPDATE deletions SET done_at = now()::TIMESTAMP WHERE done_at IS NULL")
    drop_leftovers(data)
    _drop_history(con)
    with translated(data.root):
        catalog.run("scrub", str(data.catalog))
    drop_copies(data)  # made before: least and greatest values of columns stand in them
    for path in waiting:
        path.unlink()
    return people + came_late


def _waits(data: DataDir) -> Path:
    return data.root / "requests"


def _devices(con: duckdb.DuckDBPyConnection, site: str, user: str) -> list[str]:
    """Visitors only this user was seen with; a shared device stays with the others."""
    rows = con.execute(
        "SELECT visitor_id FROM events WHERE site_id = $1 AND visitor_id IN "
        "(SELECT visitor_id FROM events WHERE site_id = $1 AND user_id = $2) "
        "GROUP BY visitor_id HAVING count(DISTINCT user_id) = 1",
        [site, user],
    ).fetchall()
    return [name for (name,) in rows]


@contextmanager
def _erased(con: duckdb.DuckDBPyConnection, person: Person) -> Iterator[None]:
    """Temp table `erased`, while the block runs."""
    con.execute("CREATE OR REPLACE TEMP TABLE erased (kind VARCHAR, identity VARCHAR)")
    try:
        con.executemany("INSERT INTO erased VALUES ($1, $2)", person.marks)
        yield
    finally:
        con.execute("DROP TABLE erased")


def _event_ids(con: duckdb.DuckDBPyConnection, person: Person) -> set[str]:
    columns = tables_of_people(con)["events"]
    rows = con.execute(f"SELECT event_id::VARCHAR FROM events WHERE {_named(columns)}", [person.site])
    return {name for (name,) in rows.fetchall()}


def _delete_rows(con: duckdb.DuckDBPyConnection, person: Person) -> int:
    """One transaction over all tables; closed days it touches are open again. Returns events deleted."""
    with _transaction(con):
        tables = tables_of_people(con)
        events = _reopen_days(con, person.site, tables["events"])
        for table, columns in tables.items():
            con.execute(f"DELETE FROM {table} WHERE {_named(columns)}", [person.site])
        if rows := rejected_rows(con, person):
            con.execute(
                "UPDATE events_rejected SET event_id = NULL, detail = NULL, raw = NULL, context = NULL "
                "WHERE rowid IN (SELECT unnest($1))",
                [rows],
            )
    return events


def _reopen_days(con: duckdb.DuckDBPyConnection, site: str, columns: list[str]) -> int:
    rows = con.execute(
        f"SELECT ts::DATE AS day, count(*) FROM events WHERE {_named(columns)} GROUP BY day", [site]
    ).fetchall()
    runner.reopen(con, [day for day, _ in rows])
    return sum(count for _, count in rows)


def _named(columns: list[str]) -> str:
    each = [
        f"{column} IN (SELECT identity FROM erased WHERE kind = '{ID_COLUMNS[column]}')" for column in columns
    ]
    return f"site_id = $1 AND ({' OR '.join(each)})"


def _sign(
    con: duckdb.DuckDBPyConnection,
    asked_at: datetime,
    site: str,
    marks: list[tuple[str, str]],
    events: int,
) -> None:
    with _transaction(con):
        for number, (mark, kind) in enumerate(marks):
            con.execute(
                "INSERT INTO deletions VALUES ($1, NULL, $2, $3, $4, $5)",
                [asked_at, site, mark, kind, events if number == 0 else 0],
            )


@contextmanager
def _transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.execute("BEGIN")
    try:
        yield
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise


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
