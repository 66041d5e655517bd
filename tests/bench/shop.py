"""A number of events in, a shop's history in the table `events` out, with the truth about it known before.

Visitors come as Zipf has it, hours have their shape, and a session is planned before its events are made:
sessions of one visitor lie more than 30 minutes apart and events of one session less, so `plan` is the truth
that the models must find again. Decisions are shown, held back and suppressed. All is drawn from hashes of
a seed: the same call gives the same shop.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb

EVENTS_PER_SESSION = 6.6  # measured, so that `n_events` comes out within a few percent
SLOTS = 12  # a visitor has at most one session in two hours; slots begin at odd hours, the last one at 23:00

HERE = Path(__file__).parent


def generate(
    con: duckdb.DuckDBPyConnection,
    n_events: int,
    *,
    days: int = 90,
    seed: int = 1,
    first: date | None = None,
) -> int:
    """Fills `events` and `decisions`, leaves the truth in the temporary table `plan`; returns the events."""
    first = first or date(2026, 11, 20) - timedelta(days=days)
    sessions = int(n_events / EVENTS_PER_SESSION)
    plan = (
        (HERE / "shop_plan.sql")
        .read_text()
        .format(
            visitors=max(n_events // 20, 10),
            days=days,
            slots=SLOTS,
            seed=seed,
            sessions=sessions,
            first=first,
        )
    )
    con.execute(plan)
    con.execute((HERE / "shop_events.sql").read_text())
    row = con.execute("SELECT sum(n_events) FROM plan").fetchone()
    return int(row[0]) if row else 0
