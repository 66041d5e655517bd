"""`hetk verify`: a data directory in; what is broken in lake, journal and accounts and the way out of it, out.

Every file is read to its end; nothing is written, and the server may run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.datadir import DataDir
from warehouse.options import data_option, json_option

if TYPE_CHECKING:
    import duckdb

FILES = """
SELECT t.table_name, f.path, f.path_is_relative, f.{count}, f.file_size_bytes
FROM {meta}.ducklake_{kind}_file AS f
JOIN {meta}.ducklake_table AS t ON t.table_id = f.table_id AND t.end_snapshot IS NULL
WHERE f.end_snapshot IS NULL ORDER BY ALL
"""
META = "__ducklake_metadata_lake"
STORED = "_closed"  # ends the names of tables that are computed from events


@dataclass(frozen=True)
class Broken:
    """What is wrong with a file, and what to do."""

    path: str
    what: str
    fix: str


@click.command()
@data_option
@json_option
@click.option(
    "--backup", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER",
    help="Check a backup instead: every file against what was written.",
)  # fmt: skip
def verify(data: DataDir, as_json: bool, folder: Path | None) -> None:
    """Read every file of lake, journal and accounts to its end; say which is broken and the way out of it.

    Exit code 1 when something is broken. Takes about as long as reading the data directory once.

    \b
    Examples:
      hetk verify
      hetk verify --json | jq -r '.[].path'
      hetk verify --backup /mnt/backup/today
    """
    count, broken = _backup(folder) if folder else check(data)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in broken], ensure_ascii=False, indent=2))
    else:
        for one in broken:
            click.echo(f"{one.path}: {one.what}\n  {one.fix}")
        click.echo(f"{count:,} files read, {len(broken) or 'none'} broken")
    if broken:
        raise SystemExit(1)


def check(data: DataDir) -> tuple[int, list[Broken]]:
    """How many files there are, and the broken ones. Raises LakeMissing."""
    from warehouse import catalog
    from warehouse.errors import WarehouseError
    from warehouse.store import open_lake

    restore = "Restore the data directory from a backup: hetk restore FOLDER --data NEW"
    if not data.catalog.exists():
        open_lake(data, read_only=True)  # says what is missing
    try:
        wrong = catalog.run("check", str(data.catalog))
    except sqlite3.Error as error:
        wrong = [str(error)]
    broken = [Broken(str(data.catalog), what, restore) for what in wrong]
    count = 1
    for number, one in _accounts(data):
        count += number
        broken += [one] if one else []
    try:
        con = open_lake(data, read_only=True)
    except WarehouseError as error:
        return count, broken if wrong else [*broken, Broken(str(data.catalog), str(error), restore)]
    try:
        for number, one in _lake(con, data):
            count += number
            broken += [one] if one else []
    finally:
        con.close()
    for number, one in _journal(data):
        count += number
        broken += [one] if one else []
    return count, broken


def _accounts(data: DataDir) -> Iterator[tuple[int, Broken | None]]:
    from warehouse.people.store import WAY_OUT, People, damage

    path = People(data).path
    if path.exists():
        yield 1, None
        for what in damage(path):
            yield 0, Broken(str(path), what, f"{WAY_OUT[0].upper()}{WAY_OUT[1:]}.")


def _lake(con: duckdb.DuckDBPyConnection, data: DataDir) -> Iterator[tuple[int, Broken | None]]:
    for kind, count in (("data", "record_count"), ("delete", "delete_count")):
        files = con.execute(FILES.format(meta=META, kind=kind, count=count)).fetchall()
        for table, name, relative, rows, size in files:
            path = _place(con, data, table, name) if relative else Path(name)
            what = _wrong(con, path, rows, size)
            yield 1, Broken(str(path), f"{what} (table {table})", _fix(table)) if what else None


def _place(con: duckdb.DuckDBPyConnection, data: DataDir, table: str, name: str) -> Path:
    row = con.execute(
        f"SELECT s.path, t.path FROM {META}.ducklake_table AS t JOIN {META}.ducklake_schema AS s"
        " ON s.schema_id = t.schema_id WHERE t.table_name = $1 AND t.end_snapshot IS NULL",
        [table],
    ).fetchone()
    return data.lake.joinpath(*(row or ()), name)


def _wrong(con: duckdb.DuckDBPyConnection, path: Path, rows: int, size: int) -> str | None:
    import duckdb

    try:
        found = path.stat().st_size
    except FileNotFoundError:
        return "is gone"
    if found != size:
        return f"has {found:,} bytes, {size:,} were written"
    try:
        # bit_xor of all columns: every page is decompressed and decoded.
        answer = con.execute(
            "SELECT count(*), bit_xor(hash(f)) FROM read_parquet($1, hive_partitioning => false) AS f",
            [str(path)],
        ).fetchone()
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None if answer and answer[0] == rows else f"has {answer and answer[0]} rows, {rows} were written"


def _fix(table: str) -> str:
    if table.endswith(STORED):
        return "Its rows are computed again from the events: hetk models build"
    return "Put this file back from a backup under the same name (hetk restore FOLDER --data NEW has it)."


def _journal(data: DataDir) -> Iterator[tuple[int, Broken | None]]:
    from collector.journal_read import NewerJournal, read_lines, segments

    for folder in (data.journal, data.root / "archive"):
        for path in segments(folder):
            try:
                lines = [line for line in read_lines(path) if not line.ok]
            except NewerJournal as error:
                yield 1, Broken(str(path), str(error), "Upgrade hetk.")
                continue
            except FileNotFoundError:  # loaded meanwhile
                continue
            yield 1, None
            for line in lines:
                what = f"byte {line.offset}: the checksum of the line does not fit"
                yield 0, Broken(str(path), what, _loader_says(path, data))


def _loader_says(path: Path, data: DataDir) -> str:
    if path.parent == data.journal:
        return "What is good in it is loaded, the rest is kept: hetk rejected list --reason journal_damaged"
    return "Put the segment back from a backup; the lake itself has what was loaded from it."


def _backup(folder: Path) -> tuple[int, list[Broken]]:
    from warehouse.keep import manifest

    made = manifest.read(folder)
    wrong = [one.partition(": ") for one in manifest.check(folder, made)]
    fix = "Take another backup; this one cannot be restored."
    return len(made.files), [Broken(str(folder / name), what, fix) for name, _, what in wrong]
