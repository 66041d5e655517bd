"""`python -m warehouse.console.sandbox --data DIR`: one query of a stranger in, its answer out, then the end.

DuckDB's own limits do not hold against every query, so the system's do: the process may take only so much
memory and CPU, write no file (a download: one of a bounded size) and is killed when its time is over. Inside,
the lake is attached read-only, nothing else can be reached, and settings are locked. Refused before that:
what is not one SELECT, and functions that read files, reach the catalog or run text as SQL.
"""

from __future__ import annotations

import csv
import io
import os
import re
import resource
import signal
from pathlib import Path
from typing import Any

import duckdb

from collector.datadir import DataDir
from warehouse.console import pipe
from warehouse.console.pipe import Message
from warehouse.console.reader import open_data, signature
from warehouse.errors import WarehouseError
from warehouse.store import COPY, open_lake, renew
from warehouse.tree import nodes, tree_of

MEMORY_MB = 512
SPACE_MB = 1024  # of address space, beyond what an idle process has
CPU_S = 20
ROWS_MAX = 10_000
CSV_BYTES_MAX = 48 * 1024 * 1024
FILE_BYTES_MAX = 256 * 1024 * 1024
FILES_MAX = 256

PLAIN = re.compile(r'\s*(describe|desc|show|summarize)(\s+(all\s+)?[\w."]+)?\s*;?\s*', re.I)
EXPLAIN = re.compile(r"\s*explain(\s+analyze)?\s", re.I)
REFUSED = re.compile(
    r"ducklake_|sqlite_|read_|pragma_|parquet_|duckdb_(secrets|logs|log_contexts|settings)|query(_table)?$|glob$|getenv$"
    r"|sniff_csv$|force_checkpoint$|checkpoint$|which_secret$|set_config|current_setting$|.*_scan(_dumb)?$|write_log|"
    r"test_|storage_info|from_substrait|get_substrait|enable_|disable_|arrow_|pandas_|python_",
    re.I,
)


class Refused(Exception):
    """A query that is not run; the text says why and what to do instead."""


def check(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raises Refused or duckdb.ParserException."""
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise Refused("one query at a time: take out all but one (they end with a semicolon)")
    if statements[0].type not in {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}:
        kind = statements[0].type.name.lower().replace("_", " ")
        raise Refused(f"this is a {kind} statement, and the console only reads: ask with SELECT or FROM")
    if PLAIN.fullmatch(sql):
        return
    tree = tree_of(con, EXPLAIN.sub("", sql, count=1))
    if tree["error"]:
        raise Refused("this form of query cannot be checked: ask with SELECT or FROM")
    for node in nodes(tree):
        name = str(node.get("function_name", ""))
        if REFUSED.match(name):
            raise Refused(f"{name}() is not available here: tables are asked by their names (hetk describe)")
        if node.get("type") == "BASE_TABLE":
            _check_table(node)


def _check_table(node: dict[str, Any]) -> None:
    where = [str(node.get(key, "")) for key in ("catalog_name", "schema_name", "table_name")]
    if (
        any("/" in name or "\\" in name or ":" in name or name.startswith("__ducklake") for name in where)
        or "." in where[2]
    ):
        raise Refused(f"{'.'.join(filter(None, where))} is not a table of the lake: hetk describe lists them")


class Sandbox:
    """Opens the lake ahead of the question."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._seen = signature(data)
        self._con = open_lake(data, read_only=True, memory_mb=MEMORY_MB, threads=2)
        self._files = data.run.resolve() / f"{COPY}{os.getpid()}-{id(self._con):x}"

    def answer(self, message: Message) -> Message:
        """{"sql", "format", "variables"} -> {columns, types, rows, more}, {text} (csv), {file} (parquet)."""
        try:
            if signature(self._data) != self._seen:
                renew(self._con, self._data)
            for name, literal in message.get("variables", {}).items():
                self._con.execute(f"SET VARIABLE {name} = {literal}")
            check(self._con, message["sql"])
            self._lock(message["format"])
            return self._run(message["sql"], message["format"])
        except Refused as error:
            return {"error": str(error), "refused": True}
        except (duckdb.Error, WarehouseError, OSError, MemoryError) as error:
            return {"error": str(error) or "the query needs more memory than it may take"}

    def _lock(self, form: str) -> None:
        """No way back from here."""
        allowed = [f"{self._data.lake.resolve()}/", f"{self._files}/"]
        self._con.execute("SET temp_directory = ''")
        self._con.execute(f"SET allowed_directories = {allowed!r}")
        self._con.execute("SET enable_external_access = false")
        self._con.execute("SET lock_configuration = true")
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        space = _address_space() + SPACE_MB * 1024 * 1024
        size = FILE_BYTES_MAX if form == "parquet" else 0
        limits = {
            resource.RLIMIT_AS: space,
            resource.RLIMIT_CPU: CPU_S,
            resource.RLIMIT_FSIZE: size,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_NOFILE: FILES_MAX,
        }
        for limit, value in limits.items():
            resource.setrlimit(limit, (value, value))

    def _run(self, sql: str, form: str) -> Message:
        if form == "parquet":
            path = self._files / "answer.parquet"
            self._con.sql(sql).write_parquet(str(path))
            return {"file": str(path)}
        result = self._con.execute(sql)
        columns = [str(column[0]) for column in result.description or []]
        types = [str(column[1]) for column in result.description or []]
        if form == "csv":
            return {"text": _csv(result, columns)}
        rows = result.fetchmany(ROWS_MAX + 1)
        return {"columns": columns, "types": types, "rows": rows[:ROWS_MAX], "more": len(rows) > ROWS_MAX}


def _csv(result: duckdb.DuckDBPyConnection, columns: list[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    while rows := result.fetchmany(10_000):
        writer.writerows(rows)
        if out.tell() > CSV_BYTES_MAX:
            raise MemoryError("more than 48 MB of CSV: take Parquet, or hetk sql -o FILE")
    return out.getvalue()


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    pipe.serve(Sandbox(open_data(__doc__)).answer)
