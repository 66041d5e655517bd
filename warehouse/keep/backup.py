"""`hetk backup`: a data directory in, a folder that `hetk restore` can make it again from out.

For a few milliseconds the writer waits: the catalog is copied and every file it names, and the journal, get a
second name. The copying itself then stops nobody, and no clean-up can take a file away from it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector import __version__
from collector.datadir import DataDir
from warehouse.options import data_option

if TYPE_CHECKING:
    from warehouse.keep.manifest import Manifest

FILES = ("hetk.toml", "sites.json", "salts.json", "why.key", "geo.mmdb")
SETTINGS = ("plans", "campaigns", "publish", "sdk")
DATA = ("journal", "archive", "lake")
SAVED, PEOPLE = Path("console/saved.json"), Path("console/people.sqlite")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@data_option
def backup(folder: Path, data: DataDir) -> None:
    """Copy everything that a data directory needs into FOLDER: lake, journal, sites, settings, accounts. Read
    again and checked before it counts. Works while the server runs.

    FOLDER must not be there yet; it appears when complete. It holds people's data and the sites' keys. Not in
    it, on purpose: the key and the list of erased people, which lie outside the data directory, and open
    sessions and links of the console.

    \b
    Examples:
      hetk backup /mnt/backup/hetk-$(date +%F)
      hetk backup /mnt/backup/today && hetk verify --backup /mnt/backup/today
    """
    from warehouse.keep import manifest
    from warehouse.privacy.tombstone import key_path
    from warehouse.store import translated

    if not data.catalog.exists():
        raise ClickException(f"there is no lake in {data.root}. Name another directory with --data.")
    if folder.exists():
        raise ClickException(f"{folder} exists. Name a folder that is not there yet.")
    began = time.monotonic()
    scratch = _beside(folder)
    try:
        with translated(scratch.parent):
            made = _fill(data, scratch)
            if wrong := manifest.check(scratch, made):
                raise ClickException("the copy is not what was copied:\n  " + "\n  ".join(wrong))
            scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    size = sum(entry.size for entry in made.files.values())
    click.echo(
        f"{folder}: {made.events:,} events, {len(made.files):,} files, {size / 1e6:,.1f} MB,"
        f" every file read again ({time.monotonic() - began:.1f} s)"
    )
    click.echo(f"keep apart from it: {key_path()} and {key_path().parent / 'erased'}")


def _beside(folder: Path) -> Path:
    """A folder (0700) that was not there before, for what is not complete yet."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{folder.name}.partial-", dir=folder.parent))
    except OSError as error:
        raise ClickException(
            f"cannot write into {folder.parent}: {error.strerror}. Name another FOLDER."
        ) from error


def _fill(data: DataDir, scratch: Path) -> Manifest:
    from warehouse import migrations
    from warehouse.keep import manifest
    from warehouse.store import open_lake

    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with _still(data, scratch) as still:
        files = {}
        for path in sorted(path for path in still.rglob("*") if path.is_file()):
            name = str(path.relative_to(still))
            files[name] = manifest.copy(path, scratch / name)
    files["lake.sqlite"] = manifest.entry(scratch / "lake.sqlite")
    con = open_lake(DataDir(scratch), read_only=True)
    try:
        row = con.execute("SELECT count(*) FROM events").fetchone()
        version = migrations.version(con)
    finally:
        con.close()
        shutil.rmtree(scratch / "run", ignore_errors=True)
    made = manifest.Manifest(manifest.FORMAT, __version__, made_at, version, int(row[0]) if row else 0, files)
    manifest.write(scratch, made)
    return made


@contextmanager
def _still(data: DataDir, scratch: Path) -> Iterator[Path]:
    """A folder with a second name for every file of one instant; the catalog of that instant in `scratch`."""
    from warehouse.store import copy_catalog
    from warehouse.turn import Turn

    still = data.run / f"backup-{os.getpid()}"
    shutil.rmtree(still, ignore_errors=True)
    try:
        with Turn.take(data):
            copy_catalog(data, scratch / "lake.sqlite")
            for path in (*settings(data), *_inside(data, DATA)):
                target = still / path.relative_to(data.root)
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _second_name(path, target)
        (scratch / "lake.sqlite").chmod(0o600)
        copy_people(data, still)
        yield still
    finally:
        shutil.rmtree(still, ignore_errors=True)


def settings(data: DataDir) -> Iterator[Path]:
    """The files that say how everything is meant to be; `copy_people` has the accounts."""
    for name in (*FILES, SAVED):
        if (path := data.root / name).exists():
            yield path
    yield from _inside(data, SETTINGS)


def _inside(data: DataDir, folders: tuple[str, ...]) -> Iterator[Path]:
    for name in folders:
        yield from (path for path in (data.root / name).rglob("*") if path.is_file())


def copy_people(data: DataDir, still: Path) -> None:
    """Who may see the console; sessions and links that are open stay behind."""
    from warehouse.people.store import copy

    if (data.root / PEOPLE).exists():
        (still / PEOPLE).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        copy(data.root / PEOPLE, still / PEOPLE)


def _second_name(path: Path, target: Path) -> None:
    """A copy where the file system knows no second names."""
    try:
        target.hardlink_to(path)
    except FileNotFoundError:
        return  # a segment that was just removed is loaded
    except OSError:
        shutil.copyfile(path, target)
