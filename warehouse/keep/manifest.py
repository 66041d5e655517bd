"""A folder of files in; what is in it, by path, size and SHA-256, out: the last file that a backup gets."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from warehouse.errors import WarehouseError
from warehouse.load.durable import sync

NAME = "backup.json"
FORMAT = 1
BLOCK_BYTES = 1024 * 1024


class BackupDamaged(WarehouseError):
    """The folder is no backup, or a file of it is not what was written."""


class Entry(msgspec.Struct, frozen=True):
    """A file: bytes, and their SHA-256 in hex."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """`files` by their path in the folder; times in ISO 8601."""

    format: int
    hetk: str
    made_at: str
    migration: int
    events: int
    files: dict[str, Entry]


def copy(source: Path, target: Path) -> Entry:
    """Copies one file, synced, readable by its owner alone. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source.open("rb") as old, target.open("wb") as new:
        target.chmod(0o600)
        while block := old.read(BLOCK_BYTES):
            new.write(block)
            digest.update(block)
            size += len(block)
    sync(target)
    return Entry(size, digest.hexdigest())


def write(folder: Path, manifest: Manifest) -> None:
    """Makes the folder a backup."""
    path = folder / NAME
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
    path.chmod(0o600)
    sync(path)
    sync(folder)


def read(folder: Path) -> Manifest:
    """Raises BackupDamaged when there is none, or a newer hetk wrote it."""
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise BackupDamaged(
            f"{folder} is no finished backup: it has no {NAME}. Name another folder."
        ) from error
    except msgspec.DecodeError as error:
        raise BackupDamaged(f"{path} cannot be read: {error}. Take another backup.") from error
    if manifest.format > FORMAT:
        raise BackupDamaged(
            f"{folder} has format {manifest.format}, this hetk reads up to {FORMAT}: upgrade hetk."
        )
    return manifest


def check(folder: Path, manifest: Manifest) -> list[str]:
    """Reads every file again; names those that are gone or not what was written."""
    wrong = []
    for name, written in manifest.files.items():
        try:
            found = entry(folder / name)
        except OSError as error:
            wrong.append(f"{name}: {error.strerror}")
            continue
        if found != written:
            wrong.append(f"{name}: its bytes are not those that were written")
    return wrong


def entry(path: Path) -> Entry:
    """A file as it is on disk. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return Entry(size, digest.hexdigest())
