"""The console's log in; the same lines in the lake out, so that analysts ask it as a table (`console_log`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb

from warehouse.people.log import KEEP_MS
from warehouse.people.store import People

LINES_MAX = 10_000  # of one run
OVERLAP = timedelta(days=1)  # a clock may be set back, and a backup may begin lines anew
NEVER = datetime(1970, 1, 2)


def feed(con: duckdb.DuckDBPyConnection, people: People) -> int:
    """Adds what is not there yet and drops what is too old; returns how many lines were added."""
    if not people.path.exists():
        return 0
    row = con.execute("SELECT max(logged_at), min(logged_at) FROM console_log").fetchone()
    newest, oldest = row or (None, None)
    since = (newest or NEVER + OVERLAP) - OVERLAP
    known = set(
        con.execute("SELECT line, logged_at FROM console_log WHERE logged_at >= ?", [since]).fetchall()
    )
    with people.look() as log:
        lines = log.execute(
            "SELECT id, at_ms, who, what, target, source FROM log WHERE at_ms >= ? ORDER BY id",
            (int(since.replace(tzinfo=UTC).timestamp() * 1000),),
        ).fetchall()
    fresh = [
        (id, at, *rest)
        for id, at, *rest in ((id, _time(ms), *rest) for id, ms, *rest in lines)
        if (id, at) not in known
    ][:LINES_MAX]
    before = _time(people.now_ms() - KEEP_MS)
    if oldest is not None and oldest < before:
        con.execute("DELETE FROM console_log WHERE logged_at < ?", [before])
    if fresh:
        columns = [list(column) for column in zip(*fresh, strict=True)]
        con.execute(
            "INSERT INTO console_log SELECT unnest($1::BIGINT[]), unnest($2::TIMESTAMP[]), unnest($3::VARCHAR[]), "
            "unnest($4::VARCHAR[]), unnest($5::VARCHAR[]), unnest($6::VARCHAR[])",
            columns,
        )
    return len(fresh)


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None)
