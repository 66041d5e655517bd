"""`hetk describe`: a table's, view's or macro's name in; what a row and each column of it is out."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option, json_option

if TYPE_CHECKING:
    import duckdb

WIDTHS_MAX = {"type": 24}  # characters; the type of a nested column would push its meaning off the screen


@click.command()
@click.argument("name", required=False)
@data_option
@json_option
def describe(name: str | None, data: DataDir, as_json: bool) -> None:
    """Say what one row of a table, view or macro is, and what its columns hold; without NAME, list them all.

    The same is in the lake: FROM docs, and as comments on tables and views.

    \b
    Examples:
      hetk describe
      hetk describe sessions
      hetk describe events --json
    """
    import duckdb

    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        found = _columns(con, name) if name else _tables(con)
        near = nearest(con, name) if name and not found else ""
    except duckdb.CatalogException as error:
        raise ClickException(f"the models are not built in {data.root}: hetk serve builds them") from error
    finally:
        con.close()
    if name and not found:
        raise ClickException(f"there is no {name} in this lake.{near} See all: hetk describe")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif name:
        click.echo(f"{name} ({found[0]['kind']}): {found[0]['grain']}\n")
        _print(found, ("column", "type", "doc"))
    else:
        _print(found, ("name", "kind", "grain"))


def _tables(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    query = "SELECT DISTINCT name, kind, grain FROM docs ORDER BY name"
    return [dict(zip(("name", "kind", "grain"), row, strict=True)) for row in con.execute(query).fetchall()]


def _columns(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    query = "SELECT kind, grain, column_name, type, doc FROM docs WHERE name = ? ORDER BY position"
    keys = ("kind", "grain", "column", "type", "doc")
    return [dict(zip(keys, row, strict=True)) for row in con.execute(query, [name]).fetchall()]


def nearest(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """A sentence with the nearest name of a table, or nothing."""
    near = get_close_matches(name.lower(), [row["name"] for row in _tables(con)], n=1)
    return f" The nearest is {near[0]}." if near else ""


def _print(found: list[dict[str, Any]], keys: tuple[str, ...]) -> None:
    texts = [[_short(row[key], WIDTHS_MAX.get(key, 1_000)) for key in keys] for row in found]
    widths = [max(len(row[i]) for row in texts) for i in range(len(keys))]
    for row in texts:
        click.echo("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip())


def _short(value: Any, width: int) -> str:
    text = str(value or "")
    return text if len(text) <= width else text[: width - 3] + "..."
