"""Model headers, columns.tsv and questions in; the views `docs` and `questions` and comments out.

columns.tsv says what a name means everywhere (table `*`) or in one table; a line without a column is the
table's grain. What a model's own header says about a column goes before it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from warehouse.models.model import Model
from warehouse.queries import questions

GLOSSARY = Path(__file__).with_name("columns.tsv")
HEAD = "name, kind, grain, position, column_name, type, doc"
MACROS = ("macro", "scalar")  # they have no columns to ask for
Row = tuple[str, str, str, int, str, str, str]


def document(con: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Writes the comments and the two views; call it when everything else is built."""
    glossary = read_glossary()
    hidden = {f"{m.name}_closed" for m in models if m.kind == "days"}
    tables = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()"
        " ORDER BY table_name"
    ).fetchall()
    rows = [row for (name,) in tables if name not in hidden for row in _table(con, name, glossary)]
    rows += [row for model in models for row in _model(con, model, glossary)]
    for name, kind, _, _, column, _, doc in rows:
        if kind == "table" and doc and column:
            con.execute(f'COMMENT ON COLUMN {name}."{column}" IS {quote(doc)}')
    values = ",\n".join("(" + ", ".join(_literal(cell) for cell in row) + ")" for row in rows)
    con.execute(f"CREATE OR REPLACE VIEW docs AS SELECT * FROM (VALUES {values}) AS d({HEAD})")
    asked = [
        (q.name, q.ask, q.sql, ", ".join(param.name for param in q.params)) for q in questions().values()
    ]
    values = ",\n".join("(" + ", ".join(quote(cell) for cell in row) + ")" for row in asked)
    con.execute(
        f"CREATE OR REPLACE VIEW questions AS SELECT * FROM (VALUES {values}) AS q(name, ask, sql, params)"
    )
    for model in models:
        if model.kind not in MACROS:
            docs = [f"{row[4]}: {row[6]}" for row in rows if row[0] == model.name]
            con.execute(f"COMMENT ON VIEW {model.name} IS {quote(chr(10).join([model.grain, *docs]))}")


def read_glossary() -> dict[tuple[str, str], str]:
    """(table or *, column or nothing) -> words."""
    with GLOSSARY.open(encoding="utf-8", newline="") as lines:
        return {(row["table"], row["column"]): row["doc"] for row in csv.DictReader(lines, delimiter="\t")}


def _table(con: duckdb.DuckDBPyConnection, name: str, glossary: dict[tuple[str, str], str]) -> Iterator[Row]:
    grain = glossary.get((name, ""), "")
    for position, (column, type_) in enumerate(_described(con, name), 1):
        doc = glossary.get((name, column)) or glossary.get(("*", column), "")
        yield name, "table", grain, position, column, type_, doc


def _model(
    con: duckdb.DuckDBPyConnection, model: Model, glossary: dict[tuple[str, str], str]
) -> Iterator[Row]:
    columns: Iterable[tuple[str, str]]
    columns = [(c, "") for c in model.columns] if model.kind in MACROS else _described(con, model.name)
    for position, (column, type_) in enumerate(columns or [("", "")], 1):
        doc = model.columns.get(column) or glossary.get(("*", column), "")
        yield f"{model.name}", model.kind, model.grain, position, column, type_, doc


def _described(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in con.execute(f"DESCRIBE {name}").fetchall()]


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else quote(str(value))


def quote(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"
