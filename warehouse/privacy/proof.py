"""Texts in; every place in a data directory where one of them can still be read out.

Parquet files are decoded, the catalog is read table by table and as raw bytes, journal, scratch and spilled
rows as bytes; grepping compressed files would prove nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from collector.datadir import DataDir
from warehouse.privacy.journal import WHOLE_BELOW, needle
from warehouse.store import open_memory


def find(data: DataDir, texts: tuple[str, ...]) -> list[str]:
    """`place: what` of each find; empty is the proof."""
    found: list[str] = []
    for text in texts:
        found += _in_parquet(data.lake, text)
        found += _in_catalog(data.catalog, text)
        found += _in_bytes(data, text)
    return found


def _in_parquet(lake: Path, text: str) -> Iterator[str]:
    con = open_memory()
    try:
        for path in sorted(lake.rglob("*.parquet")):
            row = con.execute(
                "SELECT count(*) FROM read_parquet($1, hive_partitioning => false) t "
                "WHERE contains(to_json(t)::VARCHAR, $2)",
                [str(path), needle(text).decode()],
            ).fetchone()
            if row and row[0]:
                yield f"{path}: {row[0]} rows"
    finally:
        con.close()


def _in_catalog(catalog: Path, text: str) -> Iterator[str]:
    con = sqlite3.connect(f"file:{catalog}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in con.execute(f'SELECT * FROM "{table}"'):
                if any(text == value or (len(text) >= WHOLE_BELOW and text in str(value)) for value in row):
                    yield f"{catalog}: table {table}"
                    break
    finally:
        con.close()


def _in_bytes(data: DataDir, text: str) -> Iterator[str]:
    raw = needle(text)
    folders = (
        data.journal,
        data.root / "archive",
        data.root / "requests",
        data.stage,
        data.publish,
        data.run,
    )
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    files += sorted(data.root.glob("lake.sqlite*"))
    for path in files:
        with suppress(FileNotFoundError):  # heartbeats and spilled rows come and go
            if raw in path.read_bytes():
                yield f"{path}: raw bytes"
