"""`hetk rebuild`: the archived journal of a data directory in, a new directory with the same lake out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option

if TYPE_CHECKING:
    import duckdb

# Two lakes with the same checksum hold the same rows of events, in whatever files and order.
CHECKSUM = (
    "SELECT count(*), coalesce(bit_xor(md5_number_lower(CAST(to_json(e) AS VARCHAR))), 0) FROM events AS e"
)
SETTINGS = ("hetk.toml", "sites.json", "salts.json")


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@data_option
def rebuild(target: Path, data: DataDir) -> None:
    """Make the lake again, in the new data directory TARGET, from the journal that was kept.

    For that hetk.toml says `[journal] archive = true` from the start. The old directory is only read; the
    checksums of both lakes are printed. Erased people stay erased.

    \b
    Examples:
      hetk rebuild /srv/hetk-new --data /srv/hetk-data
    """
    from collector.journal_read import segments
    from warehouse.keep.manifest import copy
    from warehouse.store import open_lake, translated

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
        for name in SETTINGS:
            if (data.root / name).exists():
                copy(data.root / name, target / name)
        for path in data.plans.glob("*"):
            copy(path, new.plans / path.name)
        for path in kept:
            copy(path, new.journal / path.name)
        stored = _load(new)
    click.echo(f"{target}: {stored:,} events from {len(kept)} segments")
    con = open_lake(new, read_only=True)
    try:
        click.echo(f"checksum {checksum(con)}")
    finally:
        con.close()
    if data.catalog.exists():
        click.echo(f"of {data.root}: {_of(data)}")


def checksum(con: duckdb.DuckDBPyConnection) -> str:
    """Rows and checksum of all events, in no order."""
    row = con.execute(CHECKSUM).fetchone()
    return f"{row[0]:,} rows {row[1]:016x}" if row else ""


def _of(data: DataDir) -> str:
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        return checksum(con)
    finally:
        con.close()


def _load(data: DataDir) -> int:
    from warehouse import migrations
    from warehouse.load.loader import Loader, only_loader
    from warehouse.load.words import site_words
    from warehouse.models import runner
    from warehouse.store import open_lake

    with only_loader(data):
        con = open_lake(data)
        try:
            migrations.migrate(con)
            runner.build(con)
            loader = Loader(con, data, archive=data.root / "archive", words=site_words(data))
            stored = 0
            while (step := loader.step()) is not None:
                stored += step.stored
            return stored
        finally:
            con.close()
