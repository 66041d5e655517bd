"""`python -m warehouse.console.reader --data DIR`: questions about the lake in (pipe.py), their answers out.

A process of its own beside the warehouse process, read-only. It may be killed at any time.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from collector.datadir import DataDir
from warehouse.console import person, pipe
from warehouse.console.mirror import REST, Mirror
from warehouse.console.pipe import Message
from warehouse.errors import LakeMissing, WarehouseError
from warehouse.store import open_lake, renew
from warehouse.story import stories
from warehouse.supervisor import die_with

MEMORY_MB = 1024
THREADS = 2

DAYS = "SELECT CAST(min(ts) AS DATE), CAST(max(ts) AS DATE) FROM ev WHERE site_id = $site"

SCHEMA = "SELECT name, kind, grain, column_name, type, doc FROM lake.docs ORDER BY name, position"


class Reader:
    """Opens the lake with its first question and again after an error of the lake's files."""

    def __init__(self, data: DataDir, rest: float = REST) -> None:
        self._data = data
        self._rest = rest
        self._con: duckdb.DuckDBPyConnection | None = None
        self._mirror: Mirror | None = None
        self._seen: object = None
        self._snapshot = -1

    def answer(self, message: Message) -> Message:
        """One question; whatever goes wrong becomes {"error": text}."""
        ops: dict[str, Callable[[Message], Message]] = {
            "tiles": self._tiles,
            "days": self._days,
            "schema": self._schema,
            "story": self._story,
            "person": lambda message: person.person(self._opened()[0], message),
            "export": lambda message: person.export(self._opened()[0], message),
        }
        try:
            self._refresh()
            return ops[message["op"]](message) | {
                "snapshot": self._snapshot,
                "as_of_ms": time.time_ns() // 1_000_000,
            }
        except (WarehouseError, duckdb.Error, OSError) as error:
            self.close()
            return {"error": str(error)}

    def _refresh(self) -> None:
        """The lake as it is now."""
        seen = signature(self._data)
        if self._con is None:
            self._con = open_lake(self._data, read_only=True, memory_mb=MEMORY_MB, threads=THREADS)
            self._mirror = Mirror(self._con, self._rest)
        elif seen != self._seen:
            renew(self._con, self._data)
        else:
            return
        self._seen = seen
        row = self._con.execute("SELECT id FROM lake.current_snapshot()").fetchone()
        self._snapshot = int(row[0]) if row else -1

    def close(self) -> None:
        """The next question opens it again."""
        con, self._con, self._mirror = self._con, None, None
        if con is not None:
            con.close()

    def _tiles(self, message: Message) -> Message:
        """{"first", "last", "tiles": [[name, sql, from_lake]]} -> {"tiles": {name: {columns, rows, ms}}}"""
        con, mirror = self._opened()
        mirror.cover(
            date.fromisoformat(message["first"]), date.fromisoformat(message["last"]), self._snapshot
        )
        answers: dict[str, Any] = {}
        for name, sql, from_lake in message["tiles"]:
            began = time.perf_counter()
            con.execute("USE lake" if from_lake else "USE memory")
            try:
                result = con.execute(sql)
                columns = [column[0] for column in result.description or []]
                rows = result.fetchall()
            except duckdb.Error as error:
                answers[name] = {"error": str(error), "columns": [], "rows": []}
                continue
            finally:
                con.execute("USE lake")
            ms = round((time.perf_counter() - began) * 1000, 1)
            answers[name] = {"columns": columns, "rows": rows, "ms": ms}
        return {"tiles": answers}

    def _days(self, message: Message) -> Message:
        """{"site"} -> {"first", "last"}: the days that people did something on, of all its days; or null"""
        con, _mirror = self._opened()
        first, last = con.execute(DAYS, {"site": message["site"]}).fetchone() or (None, None)
        return {"first": first, "last": last}

    def _schema(self, _: Message) -> Message:
        """{"columns": [[table, kind, what a row is, column, type, what it holds]]}"""
        con, _mirror = self._opened()
        return {"columns": con.execute(SCHEMA).fetchall()}

    def _story(self, message: Message) -> Message:
        """{"stories": sessions of a visitor, or the one session, as `hetk story --json` tells them}"""
        con, _mirror = self._opened()
        return {"stories": stories(con, message["id"], site=message["site"])}

    def _opened(self) -> tuple[duckdb.DuckDBPyConnection, Mirror]:
        if self._con is None or self._mirror is None:
            raise LakeMissing("the lake is not open")
        return self._con, self._mirror


def signature(data: DataDir) -> tuple[int, ...]:
    """Differs once the catalog has changed. Reads no file: see the package's docstring."""
    found: list[int] = []
    for path in (data.catalog, data.catalog.with_name(f"{data.catalog.name}-wal")):
        try:
            stat = path.stat()
        except OSError:
            continue
        found += [stat.st_mtime_ns, stat.st_size]
    return tuple(found)


def open_data(description: str | None) -> DataDir:
    """What every child does first: it reads --data, and dies with its parent."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="data directory")
    data = DataDir(parser.parse_args().data)
    os.umask(0o077)
    if follow := die_with(os.getppid()):
        follow()
    return data


if __name__ == "__main__":
    pipe.serve(Reader(open_data(__doc__)).answer)
