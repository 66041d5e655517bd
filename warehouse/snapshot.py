"""`hetk snapshot`: the lake in, one plain DuckDB file out that any DuckDB opens without an extension."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.load.durable import sync
from warehouse.options import data_option

if TYPE_CHECKING:
    import duckdb


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
def snapshot(file: Path, data: DataDir) -> None:
    """Write all tables and views, as of one moment, into FILE; it appears when complete, an older one goes.

    Works while the server runs. Views and macros stay what they are; what tables and
    columns mean is in `docs`, every named question in `questions`: the file answers as the lake does.

    \b
    Examples:
      hetk snapshot today.duckdb
      duckdb today.duckdb "FROM sessions LIMIT 10"
      duckdb today.duckdb "SELECT name, ask, sql FROM questions"
    """
    import duckdb

    if not _is_ours(file):
        raise ClickException(f"{file} exists and is no DuckDB file, it stays as it is. Name another FILE.")
    try:
        folder = tempfile.TemporaryDirectory(prefix=".hetk-snapshot-", dir=file.parent)
    except OSError as error:
        raise ClickException(
            f"cannot write into {file.parent}: {error.strerror}. Name another FILE."
        ) from error
    with folder as name:
        scratch = Path(name) / "snapshot.duckdb"
        try:
            _copy(data, scratch)
            tables, views, rows = _check(scratch)
        except duckdb.Error as error:
            raise ClickException(f"{file} was not written: {error}") from error
        scratch.chmod(0o600)
        sync(scratch)
        scratch.replace(file)
        sync(file.parent)
    size = file.stat().st_size
    click.echo(f"{file}: {tables} tables, {views} views, {rows:,} events, {size / 1e6:,.1f} MB")


def _is_ours(file: Path) -> bool:
    """Whether FILE may be replaced: it is not there, empty, or a DuckDB file."""
    try:
        with file.open("rb") as old:
            head = old.read(12)
    except FileNotFoundError:
        return True
    return not head or head[8:] == b"DUCK"


def _copy(data: DataDir, scratch: Path) -> None:
    """One transaction: every table as it was at the same moment."""
    from warehouse.store import open_lake, translated

    con = open_lake(data, read_only=True)
    try:
        path = str(scratch).replace("'", "''")
        con.execute(f"ATTACH '{path}' AS snapshot")
        with translated(data.root):
            con.execute("COPY FROM DATABASE lake TO snapshot")
        con.execute("CHECKPOINT snapshot")
    finally:
        con.close()


def _check(scratch: Path) -> tuple[int, int, int]:
    """Opens the file as a stranger would and binds every view: one that needs the lake fails here."""
    from warehouse.store import open_native

    con = open_native(scratch, read_only=True)
    try:
        views = _names(con, "SELECT view_name FROM duckdb_views() WHERE NOT internal")
        for view in views:
            con.execute(f'DESCRIBE "{view}"')
        tables = _names(con, "SELECT table_name FROM duckdb_tables() WHERE NOT internal")
        row = con.execute("SELECT count(*) FROM events").fetchone() if "events" in tables else None
        return len(tables), len(views), int(row[0]) if row else 0
    finally:
        con.close()


def _names(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [str(row[0]) for row in con.execute(query).fetchall()]
