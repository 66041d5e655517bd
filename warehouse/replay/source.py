"""A file of past events in; its columns, its digest and its rows in a fixed order out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import Any

from click import ClickException

from warehouse.replay import weblog
from warehouse.replay.mapping import KNOWN, TEXTS, target_name

ROWS_PER_FETCH = 2_048
SUFFIXES = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".log": "combined",
}
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))


@dataclass
class Source:
    """Rows come as tuples in the order of `columns`; row `n` is always the same row."""

    digest: bytes
    columns: Sequence[str]
    total: int
    rows: Callable[[int], Iterator[Sequence[Any]]]  # from this row number on
    known: frozenset[str] = KNOWN  # columns that need no --map


def open_source(path: Path, form: str | None, texts: Sequence[str], secret: str) -> Source:
    """`texts`: columns to read as text whatever they look like (ids keep their leading zeros).
    `secret` keys the visitor hashes of a web log, so that they cannot be turned back into addresses.
    """
    form = form or guess_format(path)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").digest()
    if form == "combined":
        rows = partial(weblog.rows, path, secret)
        return Source(digest, weblog.COLUMNS, weblog.count(path), rows, frozenset(weblog.COLUMNS))
    return _open_table(path, form, texts, digest)


def guess_format(path: Path) -> str:
    suffixes = [s.lower() for s in path.suffixes if s.lower() not in (".gz", ".zst")]
    form = SUFFIXES.get(suffixes[-1]) if suffixes else None
    if form is None:
        raise ClickException(f"{path.name}: what is in it? Add --format {'|'.join(FORMATS)}")
    return form


def _open_table(path: Path, form: str, texts: Sequence[str], digest: bytes) -> Source:
    import duckdb

    from warehouse.store import open_native

    con = open_native(Path(":memory:"))
    try:
        reader = _reader(con, path, form, texts)
        described = con.execute(f"DESCRIBE FROM {reader}").fetchall()
        columns = [row[0] for row in described]
        total = con.execute(f"SELECT count(*) FROM {reader}").fetchall()[0][0]
    except duckdb.Error as error:
        raise ClickException(f"{path.name} cannot be read as {form}: {error}") from error

    # A column whose values are of several kinds is read as JSON text.
    mixed = [index for index, row in enumerate(described) if row[1] == "JSON"]

    def rows_from(first: int) -> Iterator[Sequence[Any]]:
        result = con.execute(f"FROM {reader} OFFSET {first}")
        while rows := result.fetchmany(ROWS_PER_FETCH):
            yield from (_decode(row, mixed) for row in rows) if mixed else rows

    return Source(digest, columns, total, rows_from)


def _decode(row: Sequence[Any], mixed: Sequence[int]) -> Sequence[Any]:
    values = list(row)
    for index in mixed:
        if values[index] is not None:
            values[index] = json.loads(values[index])
    return values


def _reader(con: Any, path: Path, form: str, texts: Sequence[str]) -> str:
    name = str(path).replace("'", "''")
    if form == "parquet":
        return f"read_parquet('{name}')"
    if form == "ndjson":
        return f"read_json('{name}', format = 'newline_delimited', sample_size = -1)"
    plain = f"read_csv('{name}', sample_size = -1"
    found = [row[0] for row in con.execute(f"DESCRIBE FROM {plain})").fetchall()]
    as_text = [column for column in found if column in texts or _is_text(column)]
    types = ", ".join("'" + column.replace("'", "''") + "': 'VARCHAR'" for column in as_text)
    return f"{plain}, types = {{{types}}})" if types else f"{plain})"


def _is_text(column: str) -> bool:
    target = target_name(column)
    return target == "ts" or target in TEXTS or column.endswith("_id")
