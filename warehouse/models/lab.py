"""Small CSV files in, what a model answers from them out: the models' own test bench, in memory.

A case is a folder named as the model: in.csv (rows of events), in_NAME.csv (rows of table NAME) and
expected.csv (the columns to compare). Absent cells are null; an id such as `7` stands for the UUID with that
number; `#` starts a comment; a first line `# FROM macro(...)` in expected.csv calls a macro.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from warehouse import migrations
from warehouse.models import days, runner
from warehouse.store import open_native

LATER = datetime(2100, 1, 1)
TIMES = {"since", "until"}  # may be infinite, which Python cannot say
ID_COLUMNS = {"event_id", "session_id", "part_id"}
LAKE_ONLY = "SET PARTITIONED BY"


@dataclass(frozen=True)
class Difference:
    """A model that did not answer as written down, and the state of its days while it did not."""

    case: str
    state: str
    missing: list[list[str]]
    surplus: list[list[str]]

    def __str__(self) -> str:
        lines = [f"{self.case} is wrong while its days are {self.state}:"]
        lines += [f"  expected {','.join(row)}" for row in self.missing]
        lines += [f"  answered {','.join(row)}" for row in self.surplus]
        return "\n".join(lines)


def check(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    disturb: Callable[[duckdb.DuckDBPyConnection], object] | None = None,
    states: int | None = None,
) -> Difference | None:
    """Runs one case in a lab through every state a day can be in, or the first few; None when all answers are
    as expected. `disturb` does something to its rows first that must not show.
    """
    empty(con)
    fill(con, folder)
    if disturb:
        disturb(con)
    runner.build(con)  # session_settings may be among its tables
    columns, expected = _read(folder / "expected.csv")
    source = _source(folder)
    for state in islice(in_every_state(con), states):
        answered = _answer(con, source, columns)
        if answered != expected:
            missing = [row for row in expected if row not in answered]
            return Difference(folder.name, state, missing, [row for row in answered if row not in expected])
    return None


def lab() -> duckdb.DuckDBPyConnection:
    """An empty native database in memory with all tables and models."""
    con = open_native(Path(":memory:"))
    for _, _, sql in migrations.steps():
        if LAKE_ONLY not in sql:
            con.execute(sql)
    runner.build(con)
    return con


def empty(con: duckdb.DuckDBPyConnection) -> None:
    """Takes all rows out again; all days are open."""
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
        if name not in ("closed_days", "schema_version"):
            con.execute(f"DELETE FROM {name}")
    con.execute("BEGIN")
    runner.reopen(con, days.closed(con))
    con.execute("COMMIT")


def fill(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Loads the in*.csv files of a case."""
    for path in sorted(folder.glob("in*.csv")):
        insert(con, path.stem.removeprefix("in").removeprefix("_") or "events", list(_rows(path)))


def insert(con: duckdb.DuckDBPyConnection, table: str, values: list[dict[str, Any]]) -> None:
    """Inserts dictionaries; an event is received when it happens unless it says otherwise."""
    for row in values:
        if table == "events":
            row.setdefault("ts_received", row["ts"])
        names = ", ".join(f'"{name}"' for name in row)
        con.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def in_every_state(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Takes the days through their lives: open, closed, every second one open again, rebuilt."""
    yield "open"
    runner.close_days(con, LATER)
    yield "closed"
    found = con.execute("SELECT DISTINCT CAST(ts AS DATE) AS day FROM events ORDER BY day").fetchall()
    con.execute("BEGIN")
    runner.reopen(con, [day for (day,) in found[::2]])
    con.execute("COMMIT")
    yield "reopened, every second one"
    runner.close_days(con, LATER)
    runner.rebuild(con, date.min, LATER.date() - timedelta(days=1), LATER)
    yield "rebuilt"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            yield {name: _long(name, text) for name, text in row.items() if text}


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        table = list(csv.reader(line for line in lines if not line.startswith("#")))
    return table[0], sorted(table[1:])


def _source(folder: Path) -> str:
    """The view named as the folder, or what the first line `# FROM macro(...)` says."""
    first = (folder / "expected.csv").read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# FROM ") if first.startswith("# FROM ") else folder.name


def _answer(con: duckdb.DuckDBPyConnection, source: str, columns: list[str]) -> list[list[str]]:
    names = ", ".join(f'CAST("{name}" AS VARCHAR)' if name in TIMES else f'"{name}"' for name in columns)
    found = con.execute(f"SELECT {names} FROM {source}").fetchall()
    return sorted([_short(value) for value in row] for row in found)


def _long(name: str, text: str) -> Any:
    return str(UUID(int=int(text))) if name in ID_COLUMNS and text.isdigit() else text


def _short(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value.int)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return " ".join(_short(one) for one in value)
    return "" if value is None else str(value)
