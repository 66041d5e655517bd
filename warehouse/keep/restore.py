"""`hetk restore`: a backup in, a data directory out, without the people who were erased since."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@data_option
def restore(folder: Path, data: DataDir) -> None:
    """Make the data directory again from the backup in FOLDER. Every file is checked before and after.

    The data directory must be empty or not there. Who was erased after the backup was made is erased again,
    by the list beside the tombstones' key (`hetk backup` says where it is).

    \b
    Examples:
      hetk restore /mnt/backup/hetk-2026-11-30 --data hetk-data
      hetk restore /mnt/backup/today --data /tmp/look && hetk sql "FROM sessions" --data /tmp/look
    """
    from warehouse.keep import manifest
    from warehouse.store import translated

    made = manifest.read(folder)
    if data.root.exists() and any(data.root.iterdir()):
        raise ClickException(
            f"{data.root} is not empty, it stays as it is. Name another directory with --data."
        )
    _refuse(folder, manifest.check(folder, made))
    try:
        with translated(data.root):
            data.create()
            for name in made.files:
                manifest.copy(folder / name, data.root / name)
            _refuse(data.root, manifest.check(data.root, made))
    except BaseException:
        shutil.rmtree(data.root, ignore_errors=True)
        raise
    erased = erase_again(data)
    click.echo(f"{data.root}: {made.events:,} events as of {made.made_at}, {erased} people erased again")
    click.echo(f"start it with: hetk serve --data {data.root}")


def _refuse(where: Path, wrong: list[str]) -> None:
    if wrong:
        raise ClickException(f"{where} is damaged, take another backup:\n  " + "\n  ".join(wrong))


def erase_again(data: DataDir) -> int:
    """People in this lake who were erased from it in a later life. Raises KeyMissing and WarehouseError."""
    from warehouse import migrations
    from warehouse.load.loader import Loader
    from warehouse.models import runner
    from warehouse.privacy import ledger
    from warehouse.privacy.forget import forget
    from warehouse.privacy.tombstone import read_key
    from warehouse.store import open_lake

    con = open_lake(data)
    try:
        migrations.migrate(con)
        runner.build(con)
        if not ledger.read(con):
            click.echo(f"no list of erased people at {ledger.path_of(con)}: nobody is erased again", err=True)
            return 0
        loader = Loader(con, data)
        while loader.step() is not None:  # the journal may name them too
            pass
        people = ledger.still_there(con, read_key())
        for site, kind, name in people:
            forget(con, data, loader, site, "visitor" if kind == "visitor" else "user", name)
        return len(people)
    finally:
        con.close()
