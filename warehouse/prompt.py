"""The prompt of `hetk sql`: lines typed by a person in, statements out to `run`; history is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click import ClickException

if TYPE_CHECKING:
    import duckdb

HISTORY_LINES_MAX = 5_000
HELP = "End a statement with ;   .tables lists tables   .columns TABLE   .quit or Ctrl-D leaves"


def cache_dir() -> Path:
    """Where hetk keeps what it can do without: ~/.cache/hetk, or XDG_CACHE_HOME's."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hetk"


def run_prompt(con: duckdb.DuckDBPyConnection, run: Callable[[str], None]) -> None:
    """Reads statements until the end of input; a failing one prints its message and the prompt goes on."""
    save = _with_history(_words(con))
    click.echo(HELP)
    try:
        while (statement := _read_statement()) is not None:
            _answer(run, statement)
    finally:
        save()


def _answer(run: Callable[[str], None], statement: str) -> None:
    try:
        run(_shorthand(statement))
    except ClickException as error:
        click.echo(str(error), err=True)
    except (KeyboardInterrupt, RuntimeError) as error:  # Ctrl-C while a query runs: duckdb says RuntimeError
        click.echo(f"interrupted: {error}", err=True)


def _read_statement() -> str | None:
    """One statement, over as many lines as it takes; None at the end of input."""
    lines: list[str] = []
    while True:
        try:
            lines.append(input("hetk> " if not lines else "  ...> "))
        except KeyboardInterrupt:
            click.echo()
            lines = []
            continue
        except EOFError:
            click.echo()
            return None
        text = "\n".join(lines).strip()
        if text in (".quit", ".exit", "quit", "exit"):
            return None
        if text.startswith(".") or text.endswith(";"):
            return text
        if not text:
            lines = []


def _shorthand(statement: str) -> str:
    word, _, rest = statement.partition(" ")
    if word == ".tables":
        return "SELECT name, len(column_names) AS columns FROM (SHOW ALL TABLES) ORDER BY name"
    if word == ".columns" and rest:
        return f"DESCRIBE {rest}"
    if word.startswith("."):
        raise ClickException(HELP)
    return statement


def _words(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute("SELECT name, column_names FROM (SHOW ALL TABLES)").fetchall()
    return sorted({word for name, columns in rows for word in (name, *columns)})


def _with_history(words: list[str]) -> Callable[[], None]:
    """Line editing, completion of table and column names, history; returns what saves the history."""
    try:
        import readline
    except ImportError:  # a Python built without it: the prompt works, plainly
        return lambda: None
    readline.set_completer(lambda text, n: (*(w for w in words if w.startswith(text)), None)[n])
    readline.parse_and_bind("tab: complete")
    path = cache_dir() / "sql_history"
    if path.exists():
        readline.read_history_file(path)
    readline.set_history_length(HISTORY_LINES_MAX)

    def save() -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        readline.write_history_file(path)
        path.chmod(0o600)  # a query may name a person

    return save
