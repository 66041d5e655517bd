"""An open lake in; files that its catalog names and the disk lacks out, and what to tell a person of them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import duckdb

DAY = re.compile(r"/year=(\d+)/month=(\d+)/day=(\d+)/")
STORED = "_closed"  # ends the names of tables that are computed from events
NAMED_MAX = 3


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'main'"
    return [name for (name,) in con.execute(query).fetchall()]


def files_of(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Paths of the data files that the catalog counts on."""
    rows = con.execute("SELECT data_file FROM ducklake_list_files('lake', $1)", [table]).fetchall()
    return [path for (path,) in rows]


def missing_files(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Those of them that are gone."""
    return [path for path in files_of(con, table) if not Path(path).exists()]


def explain_lost(con: duckdb.DuckDBPyConnection, message: str) -> str | None:
    """What is lost and what to do next; None when `message` names no file that the lake has lost."""
    lost = {table: gone for table in sorted(tables(con)) if (gone := missing_files(con, table))}
    if not any(path in message for gone in lost.values() for path in gone):
        return None
    lines = ["files of the lake are lost:"]
    for table, gone in lost.items():
        lines += [f"  {table}: {path}" for path in gone[:NAMED_MAX]]
        if len(gone) > NAMED_MAX:
            lines.append(f"  {table}: and {len(gone) - NAMED_MAX} more")
    if any(table.endswith(STORED) for table in lost):
        lines.append(f"What NAME{STORED} held is computed again from the events by: hetk models build")
    if facts := [table for table in lost if not table.endswith(STORED)]:
        lines.append(f"Put the files of {', '.join(facts)} back from a backup; nothing else is needed.")
    days = [date(*map(int, found.groups())) for path in lost.get("events", []) if (found := DAY.search(path))]
    if days:
        lines.append("Events of other days answer meanwhile, for example those after the last lost day:")
        lines.append(f"  WHERE ts >= TIMESTAMP '{max(days) + timedelta(days=1)}'")
    return "\n".join(lines)
