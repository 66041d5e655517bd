"""An open lake in, the same lake with all migrations applied out; a newer lake is refused by name.

Each NNNN_name.sql runs once, in its own transaction, and is noted in `schema_version`.
"""

from __future__ import annotations

from importlib import resources

import duckdb

from warehouse.errors import LakeNewer
from warehouse.store import transaction

CREATE = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER, name VARCHAR, applied_at TIMESTAMP)"


def migrate(con: duckdb.DuckDBPyConnection) -> int:
    """Applies what is missing and returns the version now reached. Raises LakeNewer."""
    con.execute(CREATE)
    reached = version(con)
    refuse_newer(con)
    for number, name, sql in steps():
        if number <= reached:
            continue
        with transaction(con):
            con.execute(sql)
            con.execute("INSERT INTO schema_version VALUES ($1, $2, now()::TIMESTAMP)", [number, name])
        reached = number
    return reached


def version(con: duckdb.DuckDBPyConnection) -> int:
    """The version of this lake, 0 when it has none yet."""
    found = con.execute(
        "SELECT count(*) FROM information_schema.tables "
        "WHERE table_catalog = current_database() AND table_name = 'schema_version'"
    ).fetchone()
    if not found or not found[0]:
        return 0
    row = con.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()
    return int(row[0]) if row else 0


def refuse_newer(con: duckdb.DuckDBPyConnection) -> None:
    """Raises LakeNewer when a newer hetk has migrated this lake."""
    reached, known = version(con), newest()
    if reached > known:
        raise LakeNewer(
            f"this lake is at migration {reached}, this hetk knows {known}: a newer hetk wrote it. "
            "Upgrade hetk to open it."
        )


def newest() -> int:
    """The version this hetk migrates to."""
    return max((number for number, _, _ in steps()), default=0)


def steps() -> list[tuple[int, str, str]]:
    """(number, name, SQL) of each migration, oldest first."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    found = []
    for file in files:
        number, _, name = file.name.removesuffix(".sql").partition("_")
        found.append((int(number), name, file.read_text(encoding="utf-8")))
    return sorted(found)
