"""`hetk ask`: a named question in; a table with bars or a sparkline, JSON or CSV out. Read-only."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option, some_seconds

if TYPE_CHECKING:
    import duckdb

    from warehouse.queries import Question

BAR_WIDTH = 24
SPARKS = "▁▂▃▄▅▆▇█"


@click.command()
@click.argument("name", required=False)
@data_option
@click.option("--list", "listing", is_flag=True, help="Print every question and its name.")
@click.option("--sql", "show_sql", is_flag=True, help="Print the query instead of running it.")
@click.option("--json", "form", flag_value="json", help="Print one JSON array of objects.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV with a header.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), help="How to print (default: table)."
)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Replace a default, repeatable.")
@click.option(
    "--timeout", "timeout_s", callback=some_seconds, default=300.0, show_default=True, metavar="SECONDS",
    help="Give up after this.",
)  # fmt: skip
def ask(
    name: str | None,
    data: DataDir,
    listing: bool,
    show_sql: bool,
    form: str | None,
    params: Sequence[str],
    timeout_s: float,
) -> None:
    """Answer a named question from the lake; each is one short query, shown by --sql.

    \b
    Examples:
      hetk ask --list
      hetk ask channels
      hetk ask funnel --param days=1
      hetk ask attribution --json | jq .
      hetk ask searches_rising --sql
    """
    from warehouse.queries import questions

    known = questions()
    if listing or name is None:
        _print_list(list(known.values()))
        return
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"The nearest: {', '.join(near)}. " if near else ""
        raise click.UsageError(f"there is no question {name!r}. {hint}All of them: hetk ask --list")
    question = known[name]
    if show_sql:
        click.echo(question.sql)
        return
    _answer(question, data, form or "table", _parse(question, params), timeout_s)


def _print_list(known: Sequence[Question]) -> None:
    width = max(len(q.name) for q in known)
    for question in known:
        click.echo(f"{question.name:<{width}}  {question.words}")


def _parse(question: Question, given: Sequence[str]) -> dict[str, str]:
    """Name -> SQL literal of each --param."""
    from warehouse.queries import BadParam

    values: dict[str, str] = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            values |= question.variables({name: value})
        except BadParam as error:
            raise click.UsageError(f"--param {text}: {error}") from error
    return values


def _answer(question: Question, data: DataDir, form: str, params: dict[str, str], timeout_s: float) -> None:
    import duckdb

    from warehouse.sql import explain, limited, run
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        for key, value in params.items():
            con.execute(f"SET VARIABLE {key} = {value}")
        with limited(con, timeout_s, question.name):
            if form != "table":
                run(con, question.sql, form, None)
                return
            con.execute(f"CREATE TEMP TABLE answer AS {question.sql}")
        kind, _, column = question.chart.partition(" ")
        run(con, _with_bars(column) if kind == "bar" else "FROM temp.answer", "table", None)
        if kind == "spark":
            _print_spark(con, column)
    except duckdb.Error as error:
        raise ClickException(explain(con, error)) from error
    finally:
        con.close()


def _with_bars(column: str) -> str:
    return (
        f'SELECT *, bar(CAST("{column}" AS DOUBLE), 0, nullif(max(CAST("{column}" AS DOUBLE)) OVER (), 0), '
        f"{BAR_WIDTH}) AS ' ' FROM temp.answer"
    )


def _print_spark(con: duckdb.DuckDBPyConnection, column: str) -> None:
    """The column summed by day, oldest first, as one line."""
    found = con.execute(f'SELECT day, sum("{column}") FROM temp.answer GROUP BY day ORDER BY day').fetchall()
    if len(found) < 2:
        return
    values = [float(value or 0) for _, value in found]
    click.echo(f"{column} {found[0][0]} {sparkline(values)} {found[-1][0]}  max {max(values):,.6g}")


def sparkline(values: Sequence[float]) -> str:
    """One character a value, from the least to the greatest."""
    low, high = min(values), max(values)
    step = (high - low) / (len(SPARKS) - 1) or 1
    return "".join(SPARKS[round((value - low) / step)] for value in values)
