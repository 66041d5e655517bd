"""A data directory, journals written by the collector's own writer, and a loader on them: for the tests."""

from __future__ import annotations

import atexit
import fcntl
import itertools
import json
import random
import shutil
import tempfile
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from collector.datadir import DataDir
from collector.journal import batch_line, header_line
from warehouse import migrations
from warehouse.load.loader import Loader, Step
from warehouse.models import runner
from warehouse.store import open_lake

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BOOKS = ("received", "stored", "duplicate", "rejected")
_numbers = itertools.count()


def ms(at: datetime = NOON) -> int:
    return int(at.timestamp() * 1000)


def uuid7(at_ms: int) -> str:
    bits = at_ms << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
    return str(uuid.UUID(int=bits))


def event(at_ms: int | None = None, **fields: Any) -> dict[str, Any]:
    at = ms() if at_ms is None else at_ms
    return {"id": uuid7(at), "event": "page_view", "t": at, **fields}


def body(events: list[dict[str, Any]], sent: int | None = None, **fields: Any) -> dict[str, Any]:
    ctx = {"visitor": "v1", "session": "s1", "mode": "first_party", "consent": {"analytics": True}}
    return {
        "v": 1,
        "key": "wk",
        "sent": ms() if sent is None else sent,
        "ctx": ctx | fields.pop("ctx", {}),
        **fields,
        "events": events,
    }


def line(
    batch: dict[str, Any] | bytes,
    received: datetime = NOON,
    site: str = "shop",
    rejected: list[dict[str, Any]] | None = None,
    **meta: Any,
) -> bytes:
    raw = batch if isinstance(batch, bytes) else json.dumps(batch, ensure_ascii=False).encode()
    count = (len(batch["events"]) if isinstance(batch, dict) else 1) + len(rejected or [])
    facts = json.dumps({"p": "events", "a": "write", "v": "hash-today", "d": "mobile"} | meta).encode()
    refused = json.dumps(rejected).encode() if rejected else b""
    return batch_line(int(received.timestamp() * 1e6), site, count, facts, refused, raw)


@cache
def empty_lake() -> Path:
    """A data directory with an empty lake, made once in each process: copying it is ten times as fast."""
    folder = Path(tempfile.mkdtemp(prefix="hetk-empty-lake-"))
    atexit.register(shutil.rmtree, folder)
    data = DataDir(folder)
    data.create()
    con = open_lake(data)
    migrations.migrate(con)
    con.close()
    return folder


class World:
    """One lake and its journal. `load()` is a whole loader's life."""

    def __init__(self, root: Path) -> None:
        self.data = DataDir(root)
        if not self.data.catalog.exists():
            shutil.copytree(empty_lake(), root, dirs_exist_ok=True)
        self.steps: list[Step] = []

    def write(self, *lines: bytes, worker: str = "w0", tail: bytes = b"") -> Path:
        """A closed segment."""
        name = f"{worker}-{ms() + next(_numbers):013d}-abcdef.hj"
        path = self.data.journal / name
        # Whole at once: a loader that runs already would take half of a closed segment for all of it.
        half = path.with_suffix(".half")
        half.write_bytes(header_line(worker, ms()) + b"".join(lines) + tail)
        half.rename(path)
        return path

    def load(self, **options: Any) -> list[Step]:
        """Loads everything there is and closes the lake."""
        con = open_lake(self.data, memory_mb=256, threads=1)
        try:
            migrations.migrate(con)
            loader = Loader(con, self.data, **options)
            steps = []
            while (step := loader.step()) is not None:
                steps.append(step)
        finally:
            con.close()
        self.steps += steps
        return steps

    def build(self) -> None:
        """The views, as a server that starts makes them."""
        con = open_lake(self.data)
        migrations.migrate(con)
        runner.build(con)
        con.close()

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        con: duckdb.DuckDBPyConnection = open_lake(self.data, read_only=True)
        try:
            return con.execute(query, list(values)).fetchall()
        finally:
            con.close()

    def one(self, columns: str, where: str = "true") -> Any:
        rows = self.sql(f"SELECT {columns} FROM events WHERE {where}")
        assert len(rows) == 1, rows
        return rows[0] if len(rows[0]) > 1 else rows[0][0]

    def books(self) -> dict[str, int]:
        """What the lake says, held against the rows it has."""
        sums = ", ".join(f"(SELECT coalesce(sum({name}), 0) FROM loads)" for name in BOOKS)
        received, stored, duplicate, rejected, events, refused, ids = self.sql(
            f"SELECT {sums}, (SELECT count(*) FROM events), "
            "(SELECT count(*) FROM events_rejected WHERE status != 'released'), "
            "(SELECT count(*) FROM (SELECT DISTINCT site_id, event_id FROM events))"
        )[0]
        assert received == stored + duplicate + rejected
        assert stored == events == ids
        assert rejected == refused
        return {"received": received, "stored": stored, "duplicate": duplicate, "rejected": rejected}


def books(received: int, stored: int, duplicate: int = 0, rejected: int = 0) -> dict[str, int]:
    return {"received": received, "stored": stored, "duplicate": duplicate, "rejected": rejected}


def hold(path: Path) -> Any:
    """The lock a collector holds on the segment it writes; close the result to let it go."""
    file = path.open("ab")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file
