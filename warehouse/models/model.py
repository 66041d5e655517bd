"""One .sql file in, one Model out: what it writes, what it reads, its documentation and its SQL.

A file is a header of `-- key: value` lines, then one SELECT:

    -- grain: one row per session
    -- reads: session_parts
    -- writes: view sessions
    -- columns:
    --   session_id: id of the first event of the session
    SELECT ...

A .json file beside them is a view of one row with its text (see `_settings`).
`writes` is `view NAME`, `macro NAME(a, b := 1)` (a table macro), `scalar NAME()` (a macro of one value) or
`days NAME`. A `days` model is a view
whose rows of closed days are kept in the table NAME_closed; its SELECT reads the events of the days in
`$days` and no others, so that a day can be written, reopened and rebuilt by itself (column `day`).
A `part NAME` is a step of such a model in a file of its own: a view over all days for people, and put into
the `days` models that read it with the same `$days`. `$near` is `$days` with the days into which sessions of
these days run on, `$around` is `$near` with the day before each of `$days`.
"""

from __future__ import annotations

import graphlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import duckdb

from warehouse.errors import ModelError
from warehouse.tree import nodes, tree_of

ROOT = Path(__file__).parent
HEAD = re.compile(r"^-- ?(?P<text>.*)$")
WRITES = re.compile(r"^(?P<kind>view|macro|scalar|days|part) (?P<name>[a-z][a-z0-9_]*)(?P<args>\(.*\))?$")


@dataclass(frozen=True)
class Model:
    """A parsed model file."""

    path: Path
    kind: Literal["view", "macro", "scalar", "days", "part"]
    name: str
    args: str
    grain: str
    reads: tuple[str, ...]
    columns: dict[str, str]
    sql: str

    @property
    def folder(self) -> str:
        return self.path.parent.name

    @cached_property
    def references(self) -> frozenset[str]:
        """Names of tables, views and table macros in the SQL, as DuckDB's own parser sees them."""
        return frozenset(_references(self))


@cache
def load_models(root: Path = ROOT) -> tuple[Model, ...]:
    """All models below `root`, each after the models it reads. Raises ModelError."""
    paths = sorted(root.glob("*/*.sql")) + sorted(root.glob("*/*.json"))
    models = {m.name: m for m in map(read_model, paths)}
    if len(models) != len(paths):
        raise ModelError("two model files write the same name: each table, view or macro has one file")
    graph = {m.name: sorted(m.references & models.keys()) for m in models.values()}
    try:
        return tuple(models[name] for name in graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as e:
        raise ModelError(f"models read each other in a circle: {' -> '.join(e.args[1])}") from e


def read_model(path: Path) -> Model:
    """Parses one file. Raises ModelError naming it."""
    if path.suffix == ".json":
        return _settings(path)
    head, sql = _split(path.read_text(encoding="utf-8").splitlines())
    writes = WRITES.match(head.get("writes", ""))
    if not writes:
        raise ModelError(f"{path}: the header needs `-- writes: view NAME`, `macro NAME(...)` or `days NAME`")
    if not head.get("grain") or "reads" not in head:
        raise ModelError(f"{path}: the header needs `-- grain:` and `-- reads:`")
    kind: Any = writes["kind"]
    model = Model(
        path=path,
        kind=kind,
        name=writes["name"],
        args=writes["args"] or "",
        grain=head["grain"],
        reads=tuple(n.strip() for n in head["reads"].split(",") if n.strip()),
        columns=_columns(head.get("columns", "")),
        sql=sql,
    )
    if missing := set(model.reads) ^ model.references:
        raise ModelError(f"{path}: `-- reads:` and the SQL differ in {', '.join(sorted(missing))}")
    return model


def _settings(path: Path) -> Model:
    """NAME.json is a view of one row with its text in `params`: settings that the SQL beside it reads."""
    text = path.read_text(encoding="utf-8").replace("'", "''")
    grain = "one row: the settings that hetk ships"
    columns = {"params": f"the contents of {path.name}"}
    return Model(path, "view", path.stem, "", grain, (), columns, f"SELECT CAST('{text}' AS JSON) AS params")


def _split(lines: Iterable[str]) -> tuple[dict[str, str], str]:
    head: dict[str, str] = {}
    body: list[str] = []
    key = ""
    for line in lines:
        comment = HEAD.match(line)
        if not comment or body:
            body.append(line)
        elif found := re.match(r"([a-z]+):\s*(.*)$", comment["text"]):
            key, head[found[1]] = found[1], found[2]
        else:
            head[key] = f"{head.get(key, '')}\n{comment['text']}"
    return head, "\n".join(body).strip().removesuffix(";")


def _columns(text: str) -> dict[str, str]:
    pairs = re.findall(r"^\s+([\w, ]+?):\s+(.+)$", text, re.M)
    return {name.strip(): doc.strip() for names, doc in pairs for name in names.split(",")}


def _references(model: Model) -> Iterator[str]:
    tree = tree_of(duckdb.default_connection(), model.sql)
    if tree["error"]:
        raise ModelError(f"{model.path}: {tree.get('error_message', 'not a SELECT')}")
    ctes = {entry["key"] for node in nodes(tree) for entry in (node.get("cte_map") or {}).get("map", [])}
    for node in nodes(tree):
        if node.get("type") == "BASE_TABLE" and node["table_name"] not in ctes:
            yield node["table_name"]
        elif node.get("type") == "TABLE_FUNCTION" and node["function"]["function_name"] not in BUILT_IN:
            yield node["function"]["function_name"]


BUILT_IN = {"unnest", "range", "generate_series", "pg_timezone_names"}
