"""A language model's calls in (Model Context Protocol), the lake's answers out, read-only.

The same questions, processes and limits as the console's, so that both give the same figures. Needs the extra
`mcp` (the protocol's own package), which nothing else in hetk imports.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

import orjson
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from collector import __version__
from collector.datadir import DataDir
from warehouse.console.answers import ANSWER_S
from warehouse.console.asking import QUESTION_S, SQL_CHARS_MAX
from warehouse.console.child import Child, ChildFailed
from warehouse.console.sandbox import ROWS_MAX
from warehouse.console.strangers import ANSWER_S as SQL_S
from warehouse.console.strangers import Strangers
from warehouse.queries import BadParam, questions

ROWS = 200  # of an answer unless asked: what a model reads costs its reader
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
INSTRUCTIONS = """\
The micro-moments of one or more web sites: events, visits, moments (know, go, do, buy) with their evidence,
searches, carts, orders, channels. Ask a named question first (list_questions, ask); they are checked and short.
For anything else look up the tables (list_tables, describe_table) and write one DuckDB SELECT (sql). Times are
UTC; `day` is the partition: say the days you need. Columns named site_id tell sites apart."""

RowsMax = Annotated[int, Field(ge=1, le=ROWS_MAX, description="Rows to return at most.")]


@dataclass(frozen=True)
class Lake:
    """The processes that answer, of one data directory."""

    reader: Child
    strangers: Strangers

    async def tables(self) -> list[list[str]]:
        """[table, kind, what a row is, column, type, what it holds] of every column. Raises ToolError."""
        try:
            answer = orjson.loads(await self.reader.ask({"op": "schema"}, ANSWER_S))
        except ChildFailed as error:
            raise ToolError(str(error)) from error
        if "error" in answer:
            raise ToolError(answer["error"])
        columns: list[list[str]] = answer["columns"]
        return columns

    async def rows(self, sql: str, limit: int, variables: dict[str, str], timeout_s: float) -> dict[str, Any]:
        """{columns, types, rows, more, sql}. Raises ToolError with DuckDB's message or the sandbox's."""
        message = {"sql": sql, "format": "rows", "variables": variables}
        try:
            answer, _ = await self.strangers.ask(message, timeout_s)
        except ChildFailed as error:
            raise ToolError(str(error)) from error
        if "error" in answer:
            raise ToolError(answer["error"])
        more = answer["more"] or len(answer["rows"]) > limit
        return answer | {"rows": answer["rows"][:limit], "more": more, "sql": sql}


def make(data: DataDir) -> MCPServer:
    """A server with five tools; its processes start with the first call and end with it."""
    lake = Lake(Child("reader", data), Strangers(data))

    @asynccontextmanager
    async def living(_: MCPServer) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await lake.strangers.close()
            await lake.reader.close()

    server = MCPServer(
        "hetk",
        title="hetk: micro-moments",
        version=__version__,
        instructions=INSTRUCTIONS,
        lifespan=living,
        log_level="WARNING",
    )
    _add_schema(server, lake)
    _add_questions(server, lake)
    return server


def _add_schema(server: MCPServer, lake: Lake) -> None:
    @server.tool(annotations=READS)
    async def list_tables() -> list[dict[str, str]]:
        """Every table, view and macro of the lake, and what one row of it is."""
        seen = {name: {"name": name, "kind": kind, "row": row} for name, kind, row, *_ in await lake.tables()}
        return list(seen.values())

    @server.tool(annotations=READS)
    async def describe_table(name: str) -> list[dict[str, str]]:
        """The columns of a table: name, type, what it holds."""
        columns = await lake.tables()
        found = [
            {"column": column, "type": kind, "holds": doc}
            for table, _, _, column, kind, doc in columns
            if table == name
        ]
        if not found:
            raise ToolError(f"there is no table {name!r}.{_nearest(name, {row[0] for row in columns})}")
        return found

    @server.tool(annotations=READS)
    async def sql(query: str, rows: RowsMax = ROWS) -> dict[str, Any]:
        """Run one SELECT in DuckDB's dialect, read-only, for up to 10 s. `more` says whether rows were left out."""
        if not query.strip() or len(query) > SQL_CHARS_MAX:
            raise ToolError(f"query is one SELECT of up to {SQL_CHARS_MAX:,} characters")
        return await lake.rows(query, rows, {}, SQL_S)


def _add_questions(server: MCPServer, lake: Lake) -> None:
    @server.tool(annotations=READS)
    async def list_questions() -> list[dict[str, Any]]:
        """The named questions with their parameters; `ask` answers them."""
        return [
            {
                "name": question.name,
                "asks": question.ask,
                "params": [
                    {"name": param.name, "default": param.default, "takes": param.kind}
                    for param in question.params
                ],
            }
            for question in questions().values()
        ]

    @server.tool(annotations=READS)
    async def ask(name: str, params: dict[str, str] | None = None, rows: RowsMax = ROWS) -> dict[str, Any]:
        """Answer a named question; `params` replaces defaults, every value as a text."""
        question = questions().get(name)
        if question is None:
            raise ToolError(f"there is no question {name!r}.{_nearest(name, questions())}")
        try:
            variables = question.variables(params or {})
        except BadParam as error:
            raise ToolError(str(error)) from error
        return await lake.rows(question.sql, rows, variables, QUESTION_S)


def _nearest(name: str, known: Any) -> str:
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    return f" The nearest: {', '.join(near)}" if near else ""
