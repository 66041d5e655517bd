"""Whether what the warehouse bench times is right: lake against native, sessions against plan."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb

DIGITS = 9  # sums of floats in another order differ in the last ones
PLANNED = "SELECT printf('v%010d', visitor), started_at, n_events FROM '{0}' WHERE visitor % 211 <> 7"
FOUND = "SELECT visitor_id, started_at, n_events FROM sessions"


def same(lake: list[tuple[Any, ...]], native: list[tuple[Any, ...]]) -> str:
    """`N rows` when both stores gave the same rows in any order, else `differs` and the first such row."""
    ours, theirs = (sorted(map(_plain, rows), key=repr) for rows in (lake, native))
    if len(ours) != len(theirs):
        return f"**differs**: {len(ours)} rows, {len(theirs)} rows"
    for one, other in zip(ours, theirs, strict=True):
        if one != other:
            return f"**differs**: {one}, {other}"
    return f"{len(ours)} rows"


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        float(f"{value:.{DIGITS}g}") if isinstance(value, float) and math.isfinite(value) else value
        for value in row
    )


def sessions_missed(con: duckdb.DuckDBPyConnection, plan: Path) -> tuple[int, int]:
    """(sessions planned, sessions that were planned and not found or found and not planned)."""
    planned = PLANNED.format(plan)
    row = con.execute(f"""SELECT (SELECT count(*) FROM ({planned})),
      (SELECT count(*) FROM (({planned}) EXCEPT ({FOUND})))
      + (SELECT count(*) FROM (({FOUND}) EXCEPT ({planned})))""").fetchone()
    assert row
    return row
