"""A data directory in; received = stored + duplicate + rejected + pending of one moment, per site, out.

Everything is read from the lake and the journal, so the books survive kill -9 of every process.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from collector.datadir import DataDir
from warehouse.load.loader import loaded_positions
from warehouse.load.pending import pending_events
from warehouse.store import open_lake, renew

TRIES = 5


@dataclass(frozen=True)
class Books:
    """`loaded`: site -> (loaded, stored, duplicate, rejected); `rejected`: (site, reason) -> events;
    `pending`: site -> events."""

    loaded: dict[str, tuple[int, int, int, int]]
    rejected: dict[tuple[str, str], int]
    pending: dict[str, int]


def read_books(data: DataDir) -> Books:
    """Raises the errors of warehouse.errors, LakeMissing before the first start.

    The journal is read against the positions of the same snapshot; when a load comes between, once more.
    """
    con = open_lake(data, read_only=True, threads=1)
    try:
        for _ in range(TRIES):
            snapshot, books = _read(con, data)
            renew(con, data)
            if _snapshot(con) == snapshot:
                break
        return books
    finally:
        con.close()


def _read(con: duckdb.DuckDBPyConnection, data: DataDir) -> tuple[int, Books]:
    snapshot = _snapshot(con)
    loaded = con.execute(
        "SELECT site_id, sum(received)::BIGINT, sum(stored)::BIGINT, sum(duplicate)::BIGINT, "
        "sum(rejected)::BIGINT FROM loads GROUP BY site_id"
    ).fetchall()
    rejected = con.execute(
        "SELECT site_id, reason, count(*) FROM events_rejected WHERE status != 'released' GROUP BY ALL"
    ).fetchall()
    positions = loaded_positions(con)
    pending = pending_events(data.journal, positions)
    return snapshot, Books(
        {
            site: (received, stored, duplicate, refused)
            for site, received, stored, duplicate, refused in loaded
        },
        {(site, reason): count for site, reason, count in rejected},
        pending,
    )


def _snapshot(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchone()
    return int(row[0]) if row else 0
