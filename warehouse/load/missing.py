"""An open lake that lost files in; a way to load without them out.

A lost file costs what it held, never what comes in: lookups read the files that are left, stored days that
lost theirs are computed again.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from collector import logs
from warehouse.lost import STORED, files_of, missing_files, tables
from warehouse.models import runner

NOTHING = "(SELECT * FROM lake.events LIMIT 0)"


def files_left(con: duckdb.DuckDBPyConnection) -> str:
    """A table expression with the columns of `events`, over the files that are still there."""
    left = [path.replace("'", "''") for path in files_of(con, "events") if Path(path).exists()]
    names = ", ".join(f"'{path}'" for path in left)
    return f"read_parquet([{names}], hive_partitioning => false)" if left else NOTHING


def open_damaged_days(con: duckdb.DuckDBPyConnection) -> bool:
    """Opens all closed days when a file of theirs is gone; false when none is."""
    stored = [table for table in tables(con) if table.endswith(STORED)]
    damaged = [(table, gone) for table in stored if (gone := missing_files(con, table))]
    for table, gone in damaged:
        logs.warn("a file of stored days is missing, the days are computed again", table=table, files=gone)
        con.execute(f"COMMENT ON TABLE {table} IS 'a file is missing'")
    if damaged:
        con.execute("COMMENT ON TABLE closed_days IS 'a file is missing'")
        runner.build(con)  # drops what does not fit its model's fingerprint
    return bool(damaged)
