"""`hetk rebuild`: the archived journal of a data directory in, a new directory with the same lake out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option

if TYPE_CHECKING:
    import duckdb

    from warehouse.privacy.ledger import Mark

# Two lakes with the same checksum hold the same rows of events, in whatever files and order.
ROW = "md5_number_lower(CAST(to_json(e) AS VARCHAR))"
CHECKSUM = f"SELECT count(*), coalesce(bit_xor({ROW}), 0) FROM events AS e"
DIFFERENCE = """
SELECT count(*) FILTER (n.row IS NULL) AS missing, count(*) FILTER (o.row IS NULL) AS more,
  count(*) FILTER (o.row != n.row) AS other
FROM read_parquet($1) AS o FULL JOIN read_parquet($2) AS n USING (site_id, event_id)
"""
DIFFERENT = """{new} is not the same lake as {old}:
  {missing:,} events of {old} are not in it: they came before [journal] archive = true, were let in by
    `hetk rejected`, or segments are lost
  {more:,} events are in it alone: {old} has lost files, or dropped them under
    another [retention]
  {other:,} events have other columns: another hetk, other rules or plans read them
Go on with {old}, or restore a backup; start {new} only when the difference is what you want:
  hetk serve --data {new}"""


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@data_option
def rebuild(target: Path, data: DataDir) -> None:
    """Make the lake again, in the new data directory TARGET, from the journal that was kept.

    For that hetk.toml says `[journal] archive = true` from the start. Settings, campaigns and accounts come
    along; the old directory is only read. Erased people stay erased, and their late events refused; what
    [retention] does not keep any more goes again. The
    checksums of both lakes are printed; when they differ, it is said in what, and the exit code is 1.

    \b
    Examples:
      hetk rebuild /srv/hetk-new --data /srv/hetk-data
    """
    from collector.journal_read import segments
    from warehouse.keep.backup import copy_people, settings
    from warehouse.keep.manifest import copy
    from warehouse.store import translated

    kept = [*segments(data.root / "archive"), *segments(data.journal)]
    if not segments(data.root / "archive"):
        raise ClickException(
            f"there is no archived journal in {data.root}: [journal] archive = true keeps it. "
            "Without it a lake comes back from a backup: hetk restore"
        )
    if target.exists():
        raise ClickException(f"{target} exists. Name a directory that is not there yet.")
    new = DataDir(target)
    with translated(target):
        new.create()
        for path in settings(data):
            copy(path, target / path.relative_to(data.root))
        copy_people(data, target)
        for path in kept:
            copy(path, new.journal / path.name)
        stored = _load(new, _erased(data))
    click.echo(f"{target}: {stored:,} events from {len(kept)} segments")
    if not stored and not data.catalog.exists():
        raise ClickException(f"the journal of {data.root} holds no event. Restore a backup: hetk restore")
    compare(data, new)


def compare(old: DataDir, new: DataDir) -> None:
    """Prints both checksums, the new lake's alone when the old one cannot be read. Raises ClickException naming
    the difference and what to do.
    """
    from warehouse.errors import WarehouseError
    from warehouse.store import translated

    rows = {new: new.run / "rebuilt.parquet", old: new.run / "rebuilt-from.parquet"}
    try:
        with translated(new.root):
            sums = {new: _write_rows(new, rows[new])}
            click.echo(f"checksum of {new.root}: {sums[new]}")
        try:
            with translated(old.root):
                sums[old] = _write_rows(old, rows[old])
        except WarehouseError as error:
            click.echo(f"nothing to compare it with, look at it before you use it. {error}", err=True)
            return
        click.echo(f"checksum of {old.root}: {sums[old]}")
        if sums[old] != sums[new]:
            difference = _difference(rows[old], rows[new])
            raise ClickException(DIFFERENT.format(old=old.root, new=new.root, **difference))
    finally:
        for path in rows.values():
            path.unlink(missing_ok=True)


def _write_rows(data: DataDir, path: Path) -> str:
    """(site, id, checksum) of every event into a Parquet file; returns the checksum of all."""
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        name = str(path).replace("'", "''")
        con.execute(f"COPY (SELECT site_id, event_id, {ROW} AS row FROM events AS e) TO '{name}'")
        return checksum(con)
    finally:
        con.close()


def _difference(old: Path, new: Path) -> dict[str, int]:
    from warehouse.store import open_memory

    con = open_memory()
    try:
        found = con.execute(DIFFERENCE, [str(old), str(new)])
        names = [column[0] for column in found.description]
        return dict(zip(names, found.fetchone() or (), strict=True))
    finally:
        con.close()


def _erased(data: DataDir) -> set[Mark]:
    """Who was erased from the old lake; nobody is told apart when its catalog is lost."""
    from warehouse.errors import WarehouseError
    from warehouse.privacy import ledger
    from warehouse.store import open_lake

    try:
        con = open_lake(data, read_only=True)
    except WarehouseError as error:
        click.echo(
            f"who was erased is not known to the new lake, their late events are taken: {error}", err=True
        )
        return set()
    try:
        return ledger.read(con)
    finally:
        con.close()


def checksum(con: duckdb.DuckDBPyConnection) -> str:
    """Rows and checksum of all events, in no order."""
    row = con.execute(CHECKSUM).fetchone()
    return f"{row[0]:,} rows {row[1]:016x}" if row else ""


def _load(data: DataDir, erased: set[Mark]) -> int:
    from collector import config
    from warehouse import migrations
    from warehouse.load.loader import Loader, only_loader
    from warehouse.load.words import site_words
    from warehouse.models import runner
    from warehouse.privacy import ledger
    from warehouse.privacy.columns import keep_columns
    from warehouse.privacy.retention import drop_old_days
    from warehouse.store import open_lake

    with only_loader(data):
        con = open_lake(data)
        try:
            migrations.migrate(con)
            runner.build(con)
            if erased:
                ledger.add(con, erased)
            loader = Loader(con, data, archive=data.root / "archive", words=site_words(data))
            stored = 0
            while (step := loader.step()) is not None:
                stored += step.stored
            kept, today = config.load(data.config).retention, datetime.now(UTC).date()
            drop_old_days(con, kept, today)
            while keep_columns(con, kept, today):
                pass
            return stored
        finally:
            con.close()
