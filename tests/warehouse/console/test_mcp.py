"""`hetk mcp` as a model's program sees it: over stdin and stdout and over HTTP, on a lake that is being served."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

pytest.importorskip("mcp", reason="hetk mcp needs the extra: pip install 'hetk[mcp]'")

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from tests.e2e.server import Server, environment, free_ports, status, wait_until
from tests.warehouse.console.conftest import ask
from warehouse.queries import questions

HETK = [sys.executable, "-m", "warehouse.cli"]
Call = tuple[str, dict[str, Any]]


def calls(target: Any, wanted: list[Call]) -> list[Any]:
    """The answers' content; an error as its text behind `error: `."""

    async def talk() -> list[Any]:
        found = []
        async with Client(target) as client:
            for name, arguments in wanted:
                answer = await client.call_tool(name, arguments)
                if answer.is_error:
                    found.append(f"error: {getattr(answer.content[0], 'text', '')}")
                else:
                    found.append((answer.structured_content or {}).get("result", answer.structured_content))
        return found

    return asyncio.run(asyncio.wait_for(talk(), 120))


def over_stdio(server: Server) -> StdioServerParameters:
    return StdioServerParameters(
        command=HETK[0], args=[*HETK[1:], "mcp", "--data", str(server.data)], env=environment()
    )


@pytest.mark.long
def test_a_model_gets_what_the_console_shows(server: Server) -> None:
    named = ["channels", "moments_by_intent", "orders_by_age", "searches_by_intent"]
    sql = (
        "SELECT intent, count(*) AS n, round(avg(confidence), 9) AS c FROM moments GROUP BY ALL ORDER BY ALL"
    )
    tables, columns, listed, free, *answers = calls(
        over_stdio(server),
        [
            ("list_tables", {}),
            ("describe_table", {"name": "moments"}),
            ("list_questions", {}),
            ("sql", {"query": sql}),
            *(("ask", {"name": name}) for name in named),
        ],
    )
    assert {"events", "moments", "sessions"} <= {table["name"] for table in tables}
    described = {column["column"]: column for column in columns}
    assert described["confidence"]["holds"]
    assert [question["name"] for question in listed] == list(questions())
    shown = ask(server, "/console/api/sql", {"sql": sql}).json
    assert (free["columns"], free["rows"]) == (shown["columns"], shown["rows"])
    assert free["rows"]
    for name, answer in zip(named, answers, strict=True):
        shown = ask(server, f"/console/api/ask/{name}").json
        assert (answer["columns"], answer["rows"]) == (shown["columns"], shown["rows"]), name


@pytest.mark.long
def test_what_goes_wrong_is_told_to_the_model(server: Server) -> None:
    told = calls(
        over_stdio(server),
        [
            ("sql", {"query": "DELETE FROM events"}),
            ("sql", {"query": "SELECT * FROM read_csv('/etc/passwd')"}),
            ("sql", {"query": "SELECT confidenze FROM moments"}),
            ("ask", {"name": "chanels"}),
            ("ask", {"name": "funnel", "params": {"days": "seven"}}),
            ("describe_table", {"name": "momentz"}),
            ("sql", {"query": "SELECT unnest(range(10)) AS i", "rows": 3}),
        ],
    )
    words = ["only reads", "not available", "confidence", "channels", "whole number", "moments"]
    for answer, word in zip(told, words, strict=False):
        assert answer.startswith("error: "), answer
        assert word in answer
    assert (told[-1]["rows"], told[-1]["more"]) == ([[0], [1], [2]], True)


def make_token(server: Server, role: str) -> str:
    made = ask(server, "/console/api/tokens", {"name": "a model", "role": role, "days": 1})
    return str(made.json["token"])


@asynccontextmanager
async def with_token(url: str, token: str) -> AsyncIterator[Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        create_mcp_http_client(headers=headers) as client,
        streamable_http_client(url, http_client=client) as streams,
    ):
        yield streams


@pytest.mark.long
def test_over_http_it_answers_this_machine_alone(server: Server) -> None:
    (port,) = free_ports(1)
    command = [*HETK, "mcp", "--http", str(port), "--data", str(server.data)]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}/mcp"
            wait_until(lambda: status(url))
            assert status(url) == 401
            token = make_token(server, "analyst")
            (found,) = calls(with_token(url, token), [("sql", {"query": "SELECT 42 AS answer"})])
            assert found["rows"] == [[42]]
            bearer = {"Content-Type": "application/json", "Accept": "*/*", "Authorization": f"Bearer {token}"}
            strange = urllib.request.Request(url, data=b"{}", headers=bearer | {"Host": "evil.example"})
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(strange, timeout=30)
            assert refused.value.code == 421
            refused.value.close()
            weak = bearer | {"Authorization": f"Bearer {make_token(server, 'viewer')}"}
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(url, data=b"{}", headers=weak), timeout=30)
            assert refused.value.code == 401
            refused.value.close()
        finally:
            process.terminate()
