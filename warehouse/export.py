"""`hetk export`: a table or view and a time in; Parquet or CSV files in a folder out.

CSV is made for spreadsheets: a text that begins like a formula gets an apostrophe in front, which they do not
show and do not run.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option

if TYPE_CHECKING:
    import duckdb

OPTIONS = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER true"}
TIMES = ("ts", "started_at", "ordered_at", "decided_at", "changed_at", "ts_received", "loaded_at", "day")
FORMULA = r"^[=+\-@\t\r]"  # what spreadsheets take for the beginning of a formula
DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@click.command()
@click.argument("table")
@data_option
@click.option("--format", "form", type=click.Choice([*OPTIONS]), default="parquet", show_default=True)
@click.option("--since", type=click.DateTime(DATES), help="Rows from this time on (UTC).")
@click.option("--until", type=click.DateTime(DATES), help="Rows before this time (UTC).")
@click.option("--site", help="Only of this site.")
@click.option(
    "--to", "folder", default=Path(), show_default="here", type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR", help="The folder that gets TABLE.parquet or TABLE.csv; made when it is not there.",
)  # fmt: skip
def export(
    table: str,
    data: DataDir,
    form: str,
    since: datetime | None,
    until: datetime | None,
    site: str | None,
    folder: Path,
) -> None:
    """Write the rows of a table or view into a file that other tools read; it appears when complete.

    CSV is safe to open in a spreadsheet: texts that would run as a formula get an apostrophe in front.

    \b
    Examples:
      hetk export sessions --since 2026-11-01 --to out
      hetk export orders --format csv --since 2026-11-01 --until 2026-12-01 --to out
    """
    import duckdb

    from warehouse.describe import nearest
    from warehouse.known_site import check_site
    from warehouse.sql import explain
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        if site is not None:
            check_site(data, con, site)
        columns = _columns(con, table := table.lower())
        if not columns:
            raise ClickException(
                f"there is no {table} in this lake.{nearest(con, table)} See all: hetk describe"
            )
        query, values = _query(table, columns, since, until, site)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{table}.{form}"
        rows = write(con, query, target, form, values)
    except duckdb.Error as error:
        raise ClickException(explain(con, error)) from error
    except OSError as error:
        raise ClickException(
            f"cannot write into {folder}: {error.strerror}. Name another folder with --to."
        ) from error
    finally:
        con.close()
    click.echo(f"{target}: {rows:,} rows, {target.stat().st_size / 1e6:,.1f} MB")


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = con.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_catalog = current_database() "
        "AND table_name = $1 ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return [name for (name,) in rows]


def _query(
    table: str, columns: Sequence[str], since: datetime | None, until: datetime | None, site: str | None
) -> tuple[str, list[Any]]:
    time = next((name for name in TIMES if name in columns), None)
    if time is None and (since or until):
        raise ClickException(f"{table} has no time that --since and --until could mean: leave them out")
    if site and "site_id" not in columns:
        raise ClickException(f"{table} has no site_id: leave --site out")
    # Times as literals: file statistics leave only the files of these days to read.
    wanted = [f"{time} >= TIMESTAMP '{since}'"] if since else []
    wanted += [f"{time} < TIMESTAMP '{until}'"] if until else []
    wanted += ["site_id = $1"] if site else []
    return f"SELECT * FROM {table} WHERE {' AND '.join(wanted) or 'true'}", [site] if site else []


def write(
    con: duckdb.DuckDBPyConnection, query: str, target: Path, form: str, values: Sequence[Any] = ()
) -> int:
    """Rows written; `target` appears when complete. Raises duckdb.Error and OSError."""
    handle, name = tempfile.mkstemp(prefix=".hetk-", dir=target.parent)
    os.close(handle)
    scratch = Path(name)
    try:
        select = _safe(con, query, values) if form == "csv" else query
        path = name.replace("'", "''")
        row = con.execute(
            f"COPY ({select}) TO '{path}' ({OPTIONS[form]}, USE_TMP_FILE false)", list(values)
        ).fetchone()
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    return int(row[0]) if row else 0


def _safe(con: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any]) -> str:
    """The query with no text in it that a spreadsheet would run. Nested values are JSON, so no formula."""
    found = con.execute(f"DESCRIBE {query}", list(values)).fetchall()
    columns = []
    for name, kind, *_ in found:
        quoted = '"' + name.replace('"', '""') + '"'
        if kind in ("VARCHAR", "JSON"):
            columns.append(
                f"CASE WHEN regexp_matches({quoted}, '{FORMULA}') THEN '''' || {quoted} "
                f"ELSE {quoted} END AS {quoted}"
            )
        elif kind.endswith("[]") or kind.startswith(("STRUCT", "MAP")):
            columns.append(f"CAST(to_json({quoted}) AS VARCHAR) AS {quoted}")
        else:
            columns.append(quoted)
    return f"SELECT {', '.join(columns)} FROM ({query})"
