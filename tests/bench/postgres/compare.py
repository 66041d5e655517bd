"""A native DuckDB file with the shop in, PostgreSQL's times and answers to the same questions beside it out.

PostgreSQL keeps what hetk keeps: the facts and the models of closed days (tables.sql), well indexed
(indexes.sql). What hetk computes when asked it computes too (views.sql, questions/). An answer counts as the
same whatever its order.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from tests.bench.answers import same
from tests.bench.postgres.server import TIMEOUT_SECONDS, TooSlow, is_installed, psql, server
from warehouse.queries import Question, questions

HERE = Path(__file__).parent
RUNS = 3
ONCE_SECONDS = 4.0  # what takes longer is asked once
NULL = r"\N"
SIZE = "SELECT pg_total_relation_size('events')"
# PostgreSQL writes and reads its arrays in braces.
ARRAY = "'{{' || array_to_string({0}, ',') || '}}' AS {0}"
Columns = dict[str, dict[str, str]]  # table: column: type


def compare(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Loads the shop of `con` into a server of its own and asks both; Markdown lines."""
    if not is_installed():
        return ["PostgreSQL 15 is not installed here: apt-get install postgresql-15"]
    tables = _tables()
    for table, columns in tables.items():
        listed = ", ".join(ARRAY.format(c) if kind.endswith("[]") else c for c, kind in columns.items())
        order = "ORDER BY ts" if table == "events" else ""
        con.execute(f"COPY (SELECT {listed} FROM {table} {order}) TO '{_csv(folder, table)}' (HEADER false)")
    with server() as socket:
        psql(socket, HERE / "tables.sql")
        psql(socket, HERE / "views.sql")
        lines = _load(socket, con, folder, tables)
        lines += [
            "",
            "| question | native DuckDB s | PostgreSQL s | ratio | answer |",
            "|---|---|---|---|---|",
        ]
        for path in sorted((HERE / "questions").glob("*.sql")):
            lines.append(_ask(socket, con, questions()[path.stem], path.read_text(), folder))
    return lines


def _tables() -> Columns:
    with duckdb.connect() as con:
        con.execute((HERE / "tables.sql").read_text())
        tables: Columns = {}
        columns = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        for table, column, kind in con.execute(columns).fetchall():
            tables.setdefault(table, {})[column] = kind
        return tables


def _load(socket: Path, con: duckdb.DuckDBPyConnection, folder: Path, tables: Columns) -> list[str]:
    """The events from the same CSV file into both, then the other tables into PostgreSQL."""
    copied = psql(socket, r"\copy events FROM STDIN CSV", source=_csv(folder, "events"))
    for table in tables.keys() - {"events"}:
        psql(socket, rf"\copy {table} FROM STDIN CSV", source=_csv(folder, table))
    indexed = psql(socket, HERE / "indexes.sql")
    psql(socket, SIZE, target=folder / "size")
    n = con.execute("SELECT count(*) FROM events").fetchall()[0][0]
    with duckdb.connect(folder / "loading.duckdb") as native:
        native.execute((HERE / "tables.sql").read_text())
        started = time.perf_counter()
        native.execute(f"COPY events FROM '{_csv(folder, 'events')}' (HEADER false)")
        native.execute("CHECKPOINT")
        taken = time.perf_counter() - started
    ours = (folder / "loading.duckdb").stat().st_size / n
    theirs = int((folder / "size").read_text()) / n
    return [
        f"| {len(tables['events'])} columns of {n:,} events | native DuckDB | PostgreSQL | ratio |",
        "|---|---|---|---|",
        f"| load from CSV; index and analyse (all tables) | {taken:.1f} s | {copied:.1f} s; {indexed:.1f} s "
        f"| {(copied + indexed) / taken:.1f} |",
        f"| bytes per event, indexes included | {ours:.0f} | {theirs:.0f} | {theirs / ours:.1f} |",
    ]


def _ask(socket: Path, con: duckdb.DuckDBPyConnection, question: Question, sql: str, folder: Path) -> str:
    """A line of the report."""
    ours = _median(lambda: _fetch(con, question.sql)[0])
    answer = folder / f"{question.name}.csv"
    copy = f"COPY ({sql}) TO STDOUT (FORMAT csv, NULL '{NULL}')"
    try:
        theirs = _median(lambda: psql(socket, copy, target=answer, timeout_seconds=TIMEOUT_SECONDS))
    except TooSlow:
        return f"| {question.name} | {ours:.3f} | > {TIMEOUT_SECONDS} | | |"
    told = same(_fetch(con, question.sql)[1], _read(con, question, answer))
    return f"| {question.name} | {ours:.3f} | {theirs:.3f} | {theirs / ours:.1f} | {told} |"


def _median(once: Callable[[], float]) -> float:
    taken = [once()]
    while len(taken) < RUNS and taken[0] <= ONCE_SECONDS:
        taken.append(once())
    return statistics.median(taken)


def _fetch(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, list[tuple[Any, ...]]]:
    started = time.perf_counter()
    rows = con.execute(sql).fetchall()
    return time.perf_counter() - started, rows


def _read(con: duckdb.DuckDBPyConnection, question: Question, answer: Path) -> list[tuple[Any, ...]]:
    """PostgreSQL's rows in the types of the question's columns; other columns than these raise."""
    kinds = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {question.sql}").fetchall()}
    texts = ", ".join(f"'{name}': 'VARCHAR'" for name in kinds)
    casts = ", ".join(f'CAST("{name}" AS {kind})' for name, kind in kinds.items())
    return con.execute(
        f"""SELECT {casts} FROM read_csv('{answer}', auto_detect = false, header = false, delim = ',',
          quote = '"', escape = '"', nullstr = '{NULL}', columns = {{{texts}}})"""
    ).fetchall()


def _csv(folder: Path, table: str) -> Path:
    return folder / f"{table}.csv"
