"""New files of a transaction in, the same files and their directories on disk out.

DuckDB does not fsync Parquet files. They are synced before the catalog commits to them: after a power cut the
lake never names a file that is not there, and the journal may go as soon as the catalog itself is synced.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def sync_new_files(folders: Iterable[Path], since_ns: int) -> int:
    """Syncs what changed in `folders` at or after `since_ns`, and the folders; returns the bytes synced."""
    size = 0
    for folder in folders:
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            continue
        new = [entry for entry in entries if entry.stat().st_mtime_ns >= since_ns and entry.is_file()]
        for entry in new:
            sync(Path(entry.path))
            size += entry.stat().st_size
        if new:
            sync(folder)
            # A day's first file makes its directories too.
            for parent in list(folder.parents)[:4]:
                sync(parent)
    return size


def sync_catalog(catalog: Path) -> None:
    """The catalog and its WAL; after this the journal that was loaded may be removed."""
    for path in (catalog.with_name(catalog.name + "-wal"), catalog):
        if path.exists():
            sync(path)


def sync(path: Path) -> None:
    """Forces a file or a directory to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
