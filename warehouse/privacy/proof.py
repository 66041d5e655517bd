"""People in; every place in a data directory where one of them can still be read out.

Parquet files are decoded, the catalog is read table by table and as raw bytes, journal lines are decoded, other
files are read as bytes; grepping compressed files would prove nothing. An id is found where ids are, whole: a
product of the same name, the same id on another site and a longer id are somebody else's.
"""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import duckdb
import msgspec

from collector.datadir import DataDir
from collector.journal_read import read_lines, segments, torn_tail
from warehouse.load.tail import pieces
from warehouse.privacy.people import ID_COLUMNS, rejected_rows
from warehouse.privacy.person import WHOLE_BELOW, Person
from warehouse.store import SPILL, open_memory

CUT_BYTES = 250  # statistics of longer texts are their beginning
CONTEXT_BYTES = 24  # of another value around an id that is a part of it
Others = dict[tuple[int, int], set[tuple[bytes, bytes]]]  # by how much stands before and after an id
STATISTICS_TABLES = ("ducklake_file_column_stats", "ducklake_table_column_stats")
STATISTICS = """
SELECT c.column_name, s.min_value, s.max_value FROM {table} AS s
JOIN ducklake_column AS c ON c.table_id = s.table_id AND c.column_id = s.column_id
WHERE s.min_value IS NOT NULL OR s.max_value IS NOT NULL
"""


def find(data: DataDir, people: Iterable[Person]) -> list[str]:
    """`place: what` of each find; empty is the proof."""
    return [place for place in looking(data, people) if place]


def looking(data: DataDir, people: Iterable[Person]) -> Iterator[str]:
    """The same while it is looked for, '' for a file without any of them: work in pieces."""
    for person in people:
        elsewhere: set[str] = set()  # ids that other sites have too
        yield from _in_parquet(data.lake, person, elsewhere)
        for catalog in (data.catalog, *data.run.glob(f"catalog-*/{data.catalog.name}")):
            yield from _in_catalog(catalog, person, elsewhere)
        yield from _in_journal(data, person)
        yield from _in_files(data, person)


def _in_parquet(lake: Path, person: Person, elsewhere: set[str]) -> Iterator[str]:
    con = open_memory()
    try:
        for path in sorted(lake.rglob("*.parquet")):
            try:
                here = _in_file(con, path, person, elsewhere)
            except duckdb.IOException:
                if path.exists():  # merged meanwhile
                    raise
                here = 0
            yield f"{path}: {here} rows" if here else ""
    finally:
        con.close()


def _in_file(con: duckdb.DuckDBPyConnection, path: Path, person: Person, elsewhere: set[str]) -> int:
    file = con.from_parquet(str(path), hive_partitioning=False)
    if "site_id" not in file.columns:
        return 0
    con.register("file", file)
    here = _with_ids(con, [one for one in file.columns if one in ID_COLUMNS], person, elsewhere)
    if "raw" in file.columns:
        here += len(rejected_rows(con, person, "(SELECT row_number() OVER () AS rowid, * FROM file)"))
    return here


def _with_ids(con: duckdb.DuckDBPyConnection, columns: list[str], person: Person, elsewhere: set[str]) -> int:
    here = 0
    for column in columns:
        rows = con.execute(
            f"SELECT {column}, site_id = $1, count(*) FROM file "
            f"WHERE {column} IN (SELECT unnest($2::VARCHAR[])) GROUP BY ALL",
            [person.site, list(person.of(ID_COLUMNS[column]))],
        ).fetchall()
        here += sum(count for _, same_site, count in rows if same_site)
        elsewhere |= {name for name, same_site, _ in rows if not same_site}
    return here


def _in_catalog(catalog: Path, person: Person, elsewhere: set[str]) -> list[str]:
    """Statistics name people; the bytes of the file and its WAL are to hold an id as a part of what is in the
    tables anyway, or not at all.
    """
    names = [name for name in person.names if name not in elsewhere]
    try:
        found, others = _in_tables(catalog, person, names)
        for path in sorted(catalog.parent.glob(f"{catalog.name}*")):
            raw = path.read_bytes()
            if any(not _is_other(raw, at, name, others) for name in names for at in _places(raw, name)):
                found.append(f"{path}: raw bytes")
    except (FileNotFoundError, sqlite3.OperationalError):
        if catalog.exists():  # readers and their copies come and go
            raise
        return []
    return found


def _in_tables(catalog: Path, person: Person, names: list[str]) -> tuple[list[str], Others]:
    """(finds, where an id is a part of something else, or something else of the same name)."""
    found: list[str] = []
    others: Others = defaultdict(set)
    with closing(sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)) as con:
        for table in STATISTICS_TABLES:
            values = list(_statistics(con, table))
            if any(_says(column, text, person, names) for column, text in values if column in ID_COLUMNS):
                found.append(f"{catalog}: table {table}")
            for _ in (text for column, text in values if column not in ID_COLUMNS and text in names):
                others[0, 0].add((b"", b""))
        for (table,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in con.execute(f'SELECT * FROM "{table}"'):
                for text in (
                    value.encode() for value in row if isinstance(value, str) and value not in names
                ):
                    for before, after in (
                        _around(text, at, name) for name in names for at in _places(text, name)
                    ):
                        others[len(before), len(after)].add((before, after))
    return found, others


def _statistics(con: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    """(column, least or greatest text) of every column."""
    for column, *values in con.execute(STATISTICS.format(table=table)):
        yield from ((column, value) for value in values if value is not None)


def _says(column: str, text: str, person: Person, names: list[str]) -> bool:
    cut = len(text.encode()) >= CUT_BYTES
    ids = [name for name in person.of(ID_COLUMNS[column]) if name in names]
    return any(text == name or (cut and name.startswith(text[:-1])) for name in ids)


def _places(text: bytes, name: str) -> Iterator[int]:
    part = needle(name)
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _around(
    text: bytes, at: int, name: str, lengths: tuple[int, int] = (CONTEXT_BYTES,) * 2
) -> tuple[bytes, bytes]:
    """The bytes before and after an id."""
    end = at + len(needle(name))
    return text[max(0, at - lengths[0]) : at], text[end : end + lengths[1]]


def _is_other(raw: bytes, at: int, name: str, others: Others) -> bool:
    return any(_around(raw, at, name, lengths) in known for lengths, known in others.items())


def _in_journal(data: DataDir, person: Person) -> Iterator[str]:
    for path in [*segments(data.journal), *segments(data.root / "archive")]:
        with suppress(FileNotFoundError):  # loaded and removed meanwhile
            count = sum(_names(line.data, line.ok, person) for line in read_lines(path))
            with path.open("rb") as file:
                file.seek(-torn_tail(path), os.SEEK_END)
                count += person.is_in_bytes(file.read())
            if count:
                yield f"{path}: {count} lines"


def _names(line: bytes, ok: bool, person: Person) -> bool:
    parts = [(0, line, True)] if ok else pieces(line)
    return any(
        person.is_named_in(part) and _site(part) in (person.site, "") if whole else person.is_in_bytes(part)
        for _, part, whole in parts
    )


def _site(line: bytes) -> str:
    """'' when the line does not say."""
    try:
        return msgspec.json.decode(line, type=_Line).k
    except (msgspec.DecodeError, RecursionError):
        return ""


class _Line(msgspec.Struct):
    k: str = ""


def _in_files(data: DataDir, person: Person) -> Iterator[str]:
    """Requests, scratch and published files are JSON: an id is a whole value. Spilled rows are not."""
    for folder in (data.root / "requests", data.stage, data.publish, data.run):
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".sqlite" or not path.is_file():
                continue
            spilled = path.parent.name.startswith(SPILL)
            texts = [needle(name) if spilled else msgspec.json.encode(name) for name in person.names]
            with suppress(FileNotFoundError):  # heartbeats and spilled rows come and go
                raw = path.read_bytes()
                if any(text in raw for text in texts):
                    yield f"{path}: raw bytes"


def needle(name: str) -> bytes:
    """What to look for where values stand side by side: a short id in quotes alone."""
    return msgspec.json.encode(name) if len(name) < WHOLE_BELOW else name.encode()
