"""The lake, a day and how many days each site keeps in; whole days that are older gone out.

Goes through events, rejected events, decisions, messages and the stored rows of closed days. The ledger of
consent and the books (`loads`) stay: they are proofs, and the books name nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb

from collector.config import Kept
from warehouse.store import transaction

# When a row of a table happened; tables of closed days say it in `day`.
TIMES = {
    "events": "ts",
    "events_rejected": "ts_received",
    "decisions": "decided_at",
    "outbox": "due_at",
}


def drop_old_days(con: duckdb.DuckDBPyConnection, kept: Kept, today: date) -> int:
    """Deletes in one transaction and, in the next, rewrites the files it touched; returns how many rows went.

    The removed files themselves go with the jobs `expire` and `clean_up`, within about an hour and a half.
    """
    firsts = limits(con, kept, today)
    if not firsts:
        return 0
    gone: dict[str, int] = {}
    with transaction(con):
        for table, column in _tables(con).items():
            gone[table] = sum(_delete(con, table, column, site, first) for site, first in firsts.items())
    rewrite(con, [table for table, count in gone.items() if count])
    return sum(gone.values())


def rewrite(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Files with rows that were deleted or changed are written again without what they said."""
    with transaction(con):
        for table in tables:
            con.execute(f"CALL ducklake_rewrite_data_files('lake', '{table}', delete_threshold => 0)")


def limits(con: duckdb.DuckDBPyConnection, kept: Kept, today: date) -> dict[str, date]:
    """The first day that each site keeps; sites that keep everything are left out. Site '' is what could not
    be read at all.
    """
    sites = set(kept.sites)
    if kept.days:
        sites |= {""} | {site for (site,) in con.execute("SELECT DISTINCT site_id FROM loads").fetchall()}
    days = {site: kept.sites.get(site, kept.days) for site in sorted(sites)}
    return {site: today - timedelta(days=number) for site, number in days.items() if number}


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = con.execute(
        "SELECT table_name FROM information_schema.columns "
        "WHERE table_catalog = current_database() AND table_name LIKE '%\\_closed' ESCAPE '\\' "
        "AND column_name IN ('site_id', 'day') GROUP BY table_name HAVING count(*) = 2 ORDER BY table_name"
    ).fetchall()
    return TIMES | {table: "day" for (table,) in rows}


def _delete(con: duckdb.DuckDBPyConnection, table: str, column: str, site: str, first: date) -> int:
    """The day as a literal, so that file statistics leave only old files to read."""
    row = con.execute(
        f"DELETE FROM {table} WHERE site_id = $1 AND {column} < DATE '{first}'", [site]
    ).fetchone()
    return int(row[0]) if row else 0
