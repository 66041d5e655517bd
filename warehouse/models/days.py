"""Closed days: which days are written for good, and the SQL conditions that keep closed and open days apart.

A day (UTC) closes once it ended 48 hours ago and nothing of it has arrived lately. Its rows are then
written once, in one transaction, to the NAME_closed table of each `days` model. A late, replayed or erased
row reopens its day: the written rows go, and the view computes it from the events until it is closed anew.

A session belongs to the day it began on, and may run on into the days after it (`reach`): these are read too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

import duckdb

LATENESS_HOURS = 48
QUIET_MINUTES = 10
ONE = timedelta(days=1)
Conditions = dict[str, str]  # what `$days`, `$near` and `$around` of a model stand for
ALL: Conditions = dict.fromkeys(("$days", "$near", "$around"), "true")
NONE: Conditions = dict.fromkeys(ALL, "false")


def ranges(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as half-open ranges [first, after last)."""
    out: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if out and out[-1][1] == day:
            out[-1] = (out[-1][0], day + ONE)
        else:
            out.append((day, day + ONE))
    return out


def within(spans: Sequence[tuple[date, date]]) -> str:
    """The condition `ts lies in one of the spans`, in literals, so that file statistics prune."""
    parts = [f"(ts >= TIMESTAMP '{a}' AND ts < TIMESTAMP '{b}')" for a, b in spans]
    return f"({' OR '.join(parts)})" if parts else "false"


def outside(closed: Iterable[date]) -> str:
    """The condition `ts lies on an open day`: before, between and after the closed ones."""
    spans = ranges(closed)
    if not spans:
        return "true"
    gaps = [f"ts < TIMESTAMP '{spans[0][0]}'", f"ts >= TIMESTAMP '{spans[-1][1]}'"]
    gaps += [f"(ts >= TIMESTAMP '{a[1]}' AND ts < TIMESTAMP '{b[0]}')" for a, b in pairwise(spans)]
    return f"({' OR '.join(gaps)})"


def conditions_within(chosen: set[date], reach: set[date]) -> Conditions:
    """When the chosen days are written or read; `reach`: the days their sessions run on into."""
    near = chosen | reach
    around = near | {day - ONE for day in chosen}
    return {"$days": within(ranges(chosen)), "$near": within(ranges(near)), "$around": within(ranges(around))}


def conditions_outside(closed: set[date], reach: set[date]) -> Conditions:
    """When all days but the closed ones are read; `reach`: the closed days their sessions run on into."""
    near = closed - reach
    around = {day for day in near if day + ONE in closed}
    return {"$days": outside(closed), "$near": outside(near), "$around": outside(around)}


def due(
    con: duckdb.DuckDBPyConnection, now: datetime, lateness_hours: int = LATENESS_HOURS
) -> list[tuple[date, int]]:
    """Days to close at `now` (UTC, naive), oldest first, with their numbers of events."""
    before = (now - timedelta(hours=lateness_hours)).date()
    return con.execute(
        "SELECT CAST(ts AS DATE) AS day, count(*) AS n FROM events WHERE ts < TIMESTAMP "
        f"'{before}' AND {outside(closed(con))} GROUP BY day HAVING max(ts_received) < $1 ORDER BY day",
        [now - timedelta(minutes=QUIET_MINUTES)],
    ).fetchall()


def closed(con: duckdb.DuckDBPyConnection) -> list[date]:
    """Closed days, oldest first."""
    return [day for (day,) in con.execute("SELECT day FROM closed_days ORDER BY day").fetchall()]
