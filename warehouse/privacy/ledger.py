"""Who was erased from a lake, as HMACs, outside of it: a file that no backup holds and no restore takes back.

`erased/LAKE.jsonl` beside the tombstones' key; LAKE is the id that the catalog has had since it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import msgspec

from warehouse.load.durable import sync
from warehouse.privacy.tombstone import key_path, tombstone

LAKE_ID = (
    "SELECT CAST(schema_uuid AS VARCHAR) FROM __ducklake_metadata_lake.ducklake_schema "
    "WHERE schema_name = 'main'"
)


class Mark(msgspec.Struct, frozen=True):
    """`mark` as in deletions.subject_hmac; kind is visitor or user."""

    site: str
    kind: str
    mark: str


def path_of(con: duckdb.DuckDBPyConnection) -> Path:
    """The file of this lake."""
    row = con.execute(LAKE_ID).fetchone()
    return key_path().parent / "erased" / f"{row[0] if row else 'lake'}.jsonl"


def add(con: duckdb.DuckDBPyConnection, marks: Iterable[Mark]) -> None:
    """Appends and syncs. Raises OSError."""
    path = path_of(con)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("ab") as file:
        path.chmod(0o600)
        for mark in marks:
            file.write(msgspec.json.encode(mark) + b"\n")
    sync(path)
    sync(path.parent)


def read(con: duckdb.DuckDBPyConnection) -> set[Mark]:
    """Everybody ever erased from this lake; a line that was cut off counts nothing."""
    try:
        lines = path_of(con).read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return set()
    return {msgspec.json.decode(line, type=Mark) for line in lines}


def still_there(con: duckdb.DuckDBPyConnection, key: bytes) -> list[tuple[str, str, str]]:
    """(site, kind, id) of people in the lake who were erased: it comes from an older backup, or a journal."""
    marks = read(con)
    found = []
    for kind in ("visitor", "user") if marks else ():
        ids = con.execute(
            f"SELECT DISTINCT site_id, {kind}_id FROM events WHERE {kind}_id IS NOT NULL ORDER BY ALL"
        ).fetchall()
        found += [
            (site, kind, name)
            for site, name in ids
            if Mark(site, kind, tombstone(key, site, kind, name)) in marks
        ]
    return found
