"""SQL in; its syntax tree as DuckDB's own parser sees it, and every node of that tree, out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb


def tree_of(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    """`error` is true, and `error_message` says why, where the text is not made of SELECTs."""
    row = con.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    return tree


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the tree, each before those inside it."""
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from nodes(value)
