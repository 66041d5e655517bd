"""A visitor or user in; every row, file, statistic and journal line of that person gone out.

Runs where the loader runs (one writer), in pieces between which it loads: the tombstone first, so that nothing
new of the person comes in, then the journal, then the rows. Each piece may be the last one of a process: what
is left is found and done when the same is asked for again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import duckdb
import msgspec

from collector.datadir import DataDir
from collector.files import replace_file
from warehouse.load.loader import Loader
from warehouse.models import days, runner
from warehouse.privacy import ledger
from warehouse.privacy.journal import take_out
from warehouse.privacy.people import ID_COLUMNS, rejected_rows, tables_of_people
from warehouse.privacy.person import Person
from warehouse.privacy.purge import purging, to_the_end, waits
from warehouse.privacy.retention import rewrite
from warehouse.privacy.tombstone import make_key, tombstone
from warehouse.store import transaction

Kind = Literal["visitor", "user"]
DAYS_AT_ONCE = 5


class Request(msgspec.Struct, frozen=True):
    """Who is to be forgotten; `purged`: files and history too, which take longer, else with the next purge."""

    site: str
    kind: Kind
    identity: str
    purged: bool = True
    asked_at: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))


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
    """Erases one person of one site, all pieces in a row: `forgetting`."""
    return to_the_end(forgetting(con, data, loader, Request(site, kind, identity, purged)))


def forgetting(
    con: duckdb.DuckDBPyConnection, data: DataDir, loader: Loader, request: Request
) -> Generator[None, None, Forgotten]:
    """The same, a piece with each `next`. A user takes along the devices that nobody else has used.

    Raises the errors of warehouse.errors, and OSError when the tombstone's key cannot be made.
    """
    key = make_key()
    yield from loader.catch_up()
    person = _person(con, data, request, key)
    marks = [(tombstone(key, person.site, each, name), each) for each, name in person.marks]
    ledger.add(con, [ledger.Mark(person.site, each, mark) for mark, each in marks])
    _sign(con, request, marks)
    loader.start_anew()
    yield
    events = _events(con, person)
    lines = 0
    # Before the rows: which events of a batch are the person's, the lake alone may know.
    for count in take_out(data, loader.positions, person, events):
        lines += count
        yield
    when = sorted(set(events.values()))
    with transaction(con):
        runner.reopen(con, when)
    yield
    for at in range(0, len(when), DAYS_AT_ONCE):
        _delete_events(con, request, person, marks[0][0], when[at : at + DAYS_AT_ONCE])
        yield
    _delete_others(con, person)
    yield
    if request.purged:
        yield from purging(con, data, loader.positions)
    return Forgotten(_told(con, request), lines, person)


def _person(con: duckdb.DuckDBPyConnection, data: DataDir, request: Request, key: bytes) -> Person:
    """Noted until the purge, also because half of the rows may tell less of the devices than all of them did."""
    site, name = request.site, request.identity
    note = waits(data) / f"{tombstone(key, site, request.kind, name)}.purge"
    visitors = _devices(con, site, name) if request.kind == "user" else [name]
    if note.exists():
        visitors += msgspec.json.decode(note.read_bytes(), type=Person).visitors
    person = Person(site, tuple(dict.fromkeys(visitors)), (name,) if request.kind == "user" else ())
    note.parent.mkdir(mode=0o700, exist_ok=True)
    replace_file(note, msgspec.json.encode(person))
    return person


def _devices(con: duckdb.DuckDBPyConnection, site: str, user: str) -> list[str]:
    """Visitors only this user was seen with; a shared device stays with the others."""
    rows = con.execute(
        "SELECT visitor_id FROM events WHERE site_id = $1 AND visitor_id IN "
        "(SELECT visitor_id FROM events WHERE site_id = $1 AND user_id = $2) "
        "GROUP BY visitor_id HAVING count(DISTINCT user_id) = 1",
        [site, user],
    ).fetchall()
    return [name for (name,) in rows]


def _sign(con: duckdb.DuckDBPyConnection, request: Request, marks: list[tuple[str, str]]) -> None:
    """A row for each id, which tells the events as they go; once for one request."""
    with transaction(con):
        for mark, kind in marks:
            con.execute(
                "INSERT INTO deletions SELECT $1, NULL, $2, $3, $4, 0 WHERE NOT EXISTS "
                "(FROM deletions WHERE requested_at = $1 AND subject_hmac = $3)",
                [request.asked_at, request.site, mark, kind],
            )


def _told(con: duckdb.DuckDBPyConnection, request: Request) -> int:
    row = con.execute(
        "SELECT coalesce(sum(n_events), 0)::BIGINT FROM deletions WHERE requested_at = $1 AND site_id = $2",
        [request.asked_at, request.site],
    ).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _erased(con: duckdb.DuckDBPyConnection, person: Person) -> Iterator[None]:
    """Temp table `erased`, while the block runs."""
    con.execute("CREATE OR REPLACE TEMP TABLE erased (kind VARCHAR, identity VARCHAR)")
    try:
        con.executemany("INSERT INTO erased VALUES ($1, $2)", person.marks)
        yield
    finally:
        con.execute("DROP TABLE erased")


def _events(con: duckdb.DuckDBPyConnection, person: Person) -> dict[str, date]:
    """The person's events by id, and the day of each."""
    named = _named(tables_of_people(con)["events"])
    with _erased(con, person):
        rows = con.execute(f"SELECT event_id::VARCHAR, ts::DATE FROM events WHERE {named}", [person.site])
        return dict(rows.fetchall())


def _delete_events(
    con: duckdb.DuckDBPyConnection, request: Request, person: Person, mark: str, some: list[date]
) -> None:
    """Those of some days, which are open again; counted in the same transaction."""
    named, of_days = _named(tables_of_people(con)["events"]), days.within(days.ranges(some))
    with _erased(con, person), transaction(con):
        runner.reopen(con, some)
        row = con.execute(f"DELETE FROM events WHERE {of_days} AND {named}", [person.site]).fetchone()
        con.execute(
            "UPDATE deletions SET n_events = n_events + $1 WHERE requested_at = $2 AND subject_hmac = $3",
            [row[0] if row else 0, request.asked_at, mark],
        )
    if request.purged:  # some files at once, not all of them in the purge
        rewrite(con, ["events"])


def _delete_others(con: duckdb.DuckDBPyConnection, person: Person) -> None:
    """What other tables say of the person, and the texts of rejected events."""
    tables = {table: columns for table, columns in tables_of_people(con).items() if table != "events"}
    with _erased(con, person), transaction(con):
        for table, columns in tables.items():
            con.execute(f"DELETE FROM {table} WHERE {_named(columns)}", [person.site])
        if rows := rejected_rows(con, person):
            con.execute(
                "UPDATE events_rejected SET event_id = NULL, detail = NULL, raw = NULL, context = NULL "
                "WHERE rowid IN (SELECT unnest($1))",
                [rows],
            )


def _named(columns: list[str]) -> str:
    each = [
        f"{column} IN (SELECT identity FROM erased WHERE kind = '{ID_COLUMNS[column]}')" for column in columns
    ]
    return f"site_id = $1 AND ({' OR '.join(each)})"
