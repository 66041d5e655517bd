"""`hetk sql`: a query in; a table, JSON, CSV or Parquet out. Read-only, with or without a running server."""

from __future__ import annotations

import io
import os
import re
import select
import shutil
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from difflib import get_close_matches
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import SECONDS_MAX, data_option, some_seconds
from warehouse.private import write_private

if TYPE_CHECKING:
    import duckdb

FORMATS = ("table", "json", "csv", "parquet")
COPY_OPTIONS = {
    "json": "FORMAT json, ARRAY true",
    "csv": "FORMAT csv, HEADER true",
    "parquet": "FORMAT parquet",
}
IN_PLACE = "USE_TMP_FILE false"  # which others could read
TABLE_ROWS_MAX = 200  # on a terminal; a pipe gets PIPE_ROWS_MAX, the other formats have no limit
PIPE_ROWS_MAX = 10_000
PIPE_WIDTH = 10_000
ENDED = b"\0"  # no signal has this number
SIGNAL_SEEN_S = 0.5  # by then DuckDB has seen a signal, if it looks
INTERRUPT_AGAIN_S = 0.01  # an interrupt between two statements stops nothing


@click.command()
@click.argument("query", required=False)
@data_option
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="How to print (default: table; with -o by its name)."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to FILE; it appears only when complete.",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=float,
    callback=some_seconds,
    metavar="SECONDS",
    help="Stop a query after this (default: a day).",
)
def sql(
    query: str | None,
    data: DataDir,
    form: str | None,
    as_json: bool,
    target: Path | None,
    timeout_s: float | None,
) -> None:
    """Query the lake in SQL (DuckDB's dialect), read-only, while the server runs and when it does not.

    Without QUERY: an interactive prompt with history, or what is piped in.
    json is one array of objects, numbers as numbers; json, csv and parquet carry every row.

    \b
    Examples:
      hetk sql "SELECT event, count(*) AS n FROM events GROUP BY event ORDER BY n DESC"
      hetk sql "FROM sessions WHERE channel = 'search'" --format json | jq .
      hetk sql "FROM orders" -o orders.parquet
      hetk sql < report.sql
      hetk sql --timeout 20 "SELECT count(*) FROM ev_sessions AS a, ev_sessions AS b"
      hetk sql
    """
    form = _pick_format("json" if as_json else form, target)
    con = _open(data)
    if query is None and sys.stdin.isatty():
        from warehouse.prompt import run_prompt
        from warehouse.store import renew

        def answer(text: str) -> None:
            renew(con, data)
            _run_limited(con, text, form, target, timeout_s)

        run_prompt(con, answer)
        return
    text = query if query is not None else sys.stdin.read()
    if not text.strip():
        raise click.UsageError('the query is empty; try: hetk sql "SELECT count(*) FROM events"')
    _run_limited(con, text, form, target, timeout_s)


def _pick_format(form: str | None, target: Path | None) -> str:
    if form is not None:
        if form == "parquet" and target is None and sys.stdout.isatty():
            raise click.UsageError("parquet is not for a terminal: add -o FILE.parquet")
        return form
    suffix = target.suffix.lstrip(".").lower() if target else ""
    return suffix if suffix in COPY_OPTIONS else "table"


def _open(data: DataDir) -> duckdb.DuckDBPyConnection:
    from warehouse.store import open_lake

    return open_lake(data, read_only=True)


def _run_limited(
    con: duckdb.DuckDBPyConnection, text: str, form: str, target: Path | None, timeout_s: float | None
) -> None:
    with limited(con, timeout_s, "the query"):
        run(con, text, form, target)


@contextmanager
def limited(con: duckdb.DuckDBPyConnection, timeout_s: float | None, what: str) -> Iterator[None]:
    """Stops what runs on `con` inside the block after `timeout_s` (None = a day), with a message that says
    so, and at Ctrl-C, for which DuckDB looks by itself only where the main thread is between two tasks.
    """
    import duckdb

    limit_s = SECONDS_MAX if timeout_s is None else timeout_s
    woken, wake = socket.socketpair()
    interrupted = Event()

    def stop() -> None:
        wait_s = limit_s
        while True:
            word = woken.recv(64) if select.select([woken], [], [], wait_s)[0] else b""
            if ENDED in word:
                return
            if signal.SIGINT in word:
                interrupted.set()
                wait_s = SIGNAL_SEEN_S
                continue
            con.interrupt()
            wait_s = INTERRUPT_AGAIN_S

    watch = Thread(target=stop, daemon=True)
    watch.start()
    wake.setblocking(False)
    before = signal.set_wakeup_fd(wake.fileno())
    try:
        yield
    except duckdb.InterruptException as error:
        if interrupted.is_set():
            raise KeyboardInterrupt from error
        text = f"{what} took longer than {limit_s:g} s and was stopped: allow more with --timeout"
        raise ClickException(text) from error
    finally:
        signal.set_wakeup_fd(before)
        con.interrupt()  # a signal can leave work to DuckDB's own threads, which the process would wait for
        wake.send(ENDED)
        watch.join()
        woken.close()
        wake.close()


def run(con: duckdb.DuckDBPyConnection, query: str, form: str, target: Path | None) -> None:
    """Runs one query text (of several statements the last one's result) and prints or writes the result."""
    import duckdb

    try:
        result = con.sql(query)
        if result is None:
            return
        if form == "table":
            _print_table(result, target)
        else:
            _write(con, result, form, target)
    except duckdb.InterruptException:
        raise  # `limited` knows why
    except duckdb.Error as error:
        raise ClickException(explain(con, error)) from error


def _print_table(result: duckdb.DuckDBPyRelation, target: Path | None) -> None:
    person = target is None and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if person else PIPE_WIDTH
    box = io.StringIO()
    with redirect_stdout(box):
        result.show(max_rows=TABLE_ROWS_MAX if person else PIPE_ROWS_MAX, max_width=width)
    if target is None:
        click.echo(box.getvalue(), nl=False)
    else:
        write_private(target, box.getvalue().encode())


def _write(
    con: duckdb.DuckDBPyConnection, result: duckdb.DuckDBPyRelation, form: str, target: Path | None
) -> None:
    """Every row of `result` into `target` or standard output; a query that fails half-way leaves nothing."""
    where = target.parent if target else None
    try:
        handle, name = tempfile.mkstemp(prefix=".hetk-", dir=where)
    except OSError as error:
        raise ClickException(
            f"cannot write into {where}: {error.strerror}. Name another file with -o."
        ) from error
    os.close(handle)
    scratch = Path(name)
    try:
        select = _jsonable(result) if form == "json" else "FROM result"
        con.execute(f"COPY ({select}) TO '{scratch}' ({COPY_OPTIONS[form]}, {IN_PLACE})")
        if target is None:
            with scratch.open("rb") as source:
                shutil.copyfileobj(source, sys.stdout.buffer)
        else:
            scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def _jsonable(result: duckdb.DuckDBPyRelation) -> str:
    """JSON has no NaN and no Infinity (DuckDB would print them): null instead. Equal names get a number."""
    columns, names, seen = [], [], Counter[str]()
    for i, (name, kind) in enumerate(zip(result.columns, result.types, strict=True)):
        finite = f"CASE WHEN isfinite(c{i}) THEN c{i} END"
        value = finite if str(kind) in ("FLOAT", "DOUBLE") else f"c{i}"
        unique = f"{name}_{seen[name]}" if seen[name] else name
        seen[name] += 1
        columns.append(f"c{i}")
        names.append(value + ' AS "' + unique.replace('"', '""') + '"')
    # By position: two columns may have the same name.
    return f"SELECT {', '.join(names)} FROM (FROM result) AS r({', '.join(columns)})"


def explain(con: duckdb.DuckDBPyConnection, error: Exception) -> str:
    """DuckDB's own message, the nearest table's name where a table was not found, and lost files by name."""
    import duckdb

    from warehouse.lost import explain_lost

    message = str(error)
    if isinstance(error, duckdb.IOException) and (lost := explain_lost(con, message)):
        return lost
    missing = re.search(r"Table with name (\S+) does not exist", message)
    if missing is None:
        return message
    names = [row[0] for row in con.execute("SELECT DISTINCT name FROM (SHOW ALL TABLES)").fetchall()]
    near = get_close_matches(missing[1].lower(), names, n=1, cutoff=0.5)
    if near and f'"{near[0]}"' not in message:
        return f"{message}\nThe nearest table is {near[0]}."
    return message if near else f"{message}\nTables and views: {', '.join(sorted(names)) or 'none yet'}."
