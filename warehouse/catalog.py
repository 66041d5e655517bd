"""A catalog in; a copy of it, or the same catalog without what was erased, out. Work for a child process.

Never in a process whose DuckDB has the lake attached for writing: Python's SQLite and DuckDB's do not see
each other's locks, and the kernel drops all locks of a process on a file when any handle of it is closed. The
writer then commits into a WAL that somebody else has taken away. This file is run by itself (`run`), so
that it starts at once; it imports nothing but the standard library.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

BUSY_S = 20.0
CHECKPOINT_S = 30.0  # a reader inside a transaction blocks it
# A file that does not say its least text (no text is one) leaves that of the table unknown.
NARROWED = """
UPDATE ducklake_table_column_stats AS t SET min_value = left_over.least, max_value = left_over.greatest FROM (
  SELECT c.table_id, c.column_id,
    CASE WHEN count(f.table_id) = count(f.min_value) THEN min(f.min_value) END AS least,
    CASE WHEN count(f.table_id) = count(f.max_value) THEN max(f.max_value) END AS greatest
  FROM ducklake_column AS c LEFT JOIN ducklake_file_column_stats AS f
    ON f.table_id = c.table_id AND f.column_id = c.column_id AND coalesce(f.value_count, 1) > 0
  WHERE c.column_type IN ('varchar', 'json') AND c.end_snapshot IS NULL
  GROUP BY c.table_id, c.column_id
) AS left_over WHERE left_over.table_id = t.table_id AND left_over.column_id = t.column_id
"""


def copy(source: str, target: str) -> None:
    """The catalog as it is at one instant, as one file that nobody else writes."""
    with (
        closing(sqlite3.connect(source, timeout=BUSY_S)) as catalog,
        closing(sqlite3.connect(target)) as fresh,
    ):
        fresh.execute("PRAGMA synchronous = off")
        catalog.backup(fresh)
        fresh.execute("PRAGMA journal_mode = delete")


def scrub(path: str) -> None:
    """Least and greatest texts of a table's columns are taken from the files that are left (a row that goes
    does not take its own along); then VACUUM, and the WAL is emptied. Raises sqlite3.OperationalError when a
    reader keeps the WAL busy.
    """
    with closing(sqlite3.connect(path, timeout=BUSY_S)) as catalog:
        catalog.execute("PRAGMA secure_delete = on")
        catalog.execute(NARROWED)
        catalog.commit()
        catalog.execute("VACUUM")
        until = time.monotonic() + CHECKPOINT_S
        while catalog.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            if time.monotonic() > until:
                raise sqlite3.OperationalError("database is locked: a reader keeps the WAL busy")
            time.sleep(0.1)


def check(path: str) -> list[str]:
    """What SQLite itself finds wrong with the file; empty when nothing is."""
    with closing(sqlite3.connect(path, timeout=BUSY_S)) as catalog:
        found = [str(row[0]) for row in catalog.execute("PRAGMA integrity_check(20)")]
    return [] if found == ["ok"] else found


WORK: dict[str, Callable[..., Any]] = {"copy": copy, "scrub": scrub, "check": check}


def run(work: str, *arguments: Any) -> Any:
    """Does one of WORK in a child process and returns its answer. Raises sqlite3.Error as it would."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(Path(__file__)), work],
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise sqlite3.OperationalError(
            done.stderr.strip().splitlines()[-1] if done.stderr else f"{work} was ended"
        )
    return json.loads(done.stdout)


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(WORK[sys.argv[1]](*json.load(sys.stdin))))
    except sqlite3.Error as error:
        sys.exit(str(error))
