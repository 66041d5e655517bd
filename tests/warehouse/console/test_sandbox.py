"""Hostile statements against a running server: none escapes, each ends in time, and loading goes on."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest

from tests.e2e.server import Server
from tests.warehouse.console.conftest import ask
from warehouse.console.sandbox import Refused, check

ENDED_S = 12.0
HOSTILE = Path(__file__).parent / "hostile"


def _statements(name: str) -> list[str]:
    return (HOSTILE / f"{name}.txt").read_text("utf-8").splitlines()


WRITES = _statements("writes")  # or reach another process, or change the settings
READS = _statements("reads")  # files, the network, the catalog
HEAVY = _statements("heavy")  # all memory, or all time


def run(server: Server, sql: str, form: str = "rows") -> tuple[int, str, float]:
    began = time.monotonic()
    answer = ask(server, "/console/api/sql", {"sql": sql, "format": form})
    return answer.status, answer.body.decode("utf-8", "replace"), time.monotonic() - began


@pytest.mark.long
def test_a_query_answers_as_hetk_sql_does(server: Server) -> None:
    query = "SELECT event, count(*) AS n FROM ev GROUP BY event ORDER BY event"
    answer = ask(server, "/console/api/sql", {"sql": query}).json
    assert [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]] == server.rows(query)
    status, text, _ = run(server, query, "csv")
    assert (status, text.split("\r\n")[0]) == (200, "event,n")
    assert run(server, "SELEC 1")[0] == 400
    assert "Candidate" in run(server, "SELECT evnt FROM ev")[1]


def test_a_download_is_a_parquet_file(server: Server, tmp_path: Path) -> None:
    answer = ask(server, "/console/api/sql", {"sql": "SELECT 42 AS n", "format": "parquet"})
    path = tmp_path / "answer.parquet"
    path.write_bytes(answer.body)
    assert duckdb.execute(f"SELECT n FROM '{path}'").fetchall() == [(42,)]


@pytest.mark.parametrize("sql", [*WRITES, *READS])
def test_what_is_not_a_question_is_refused(sql: str) -> None:
    con = duckdb.connect()
    with pytest.raises((Refused, duckdb.ParserException)):
        check(con, sql.format(lake="/l", catalog="/c", sites="/s"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "FROM ev",
        "DESCRIBE ev",
        "SUMMARIZE events",
        "SHOW TABLES",
        "EXPLAIN SELECT * FROM ev;",
        "FROM funnel(['a'], 7)",
        "SELECT a.b FROM (SELECT {'b': 1} AS a)",
        "WITH x AS (FROM ev) SELECT count(*) FROM x",
        "SELECT 'read_text(' AS word",
    ],
)
def test_what_is_a_question_is_not_refused(sql: str) -> None:
    check(duckdb.connect(), sql)


@pytest.mark.long
def test_no_hostile_statement_escapes_or_stays(server: Server) -> None:
    data = server.data
    places = {"lake": data / "lake", "catalog": data / "lake.sqlite", "sites": data / "sites.json"}
    before = server.rows("SELECT count(*) AS n FROM events")
    for sql in [*WRITES, *READS, *HEAVY]:
        status, text, seconds = run(server, sql.format(**places))
        assert status != 200 or sql in HEAVY, sql
        assert "root:" not in text, sql
        assert seconds < ENDED_S, sql
        assert ask(server, "/healthz").status == 200
    assert server.rows("SELECT count(*) AS n FROM events") == before
    # The server itself goes on writing files, under names of its own.
    assert [path for path in data.rglob("*.parquet") if not path.name.startswith("ducklake-")] == []
    assert list(Path("/tmp").glob("stolen*")) == []
    assert run(server, "SELECT 1")[0] == 200


@pytest.mark.long
def test_questions_saved_ones_and_the_schema(server: Server) -> None:
    names = {one["name"] for one in ask(server, "/console/api/questions").json["questions"]}
    assert {"channels", "funnel"} <= names
    assert ask(server, "/console/api/ask/channels").json["columns"][:2] == ["site_id", "channel"]
    assert ask(server, "/console/api/ask/funnel?days=x").status == 400
    assert ask(server, "/console/api/ask/none").status == 404
    assert any(
        row[0] == "ev" and row[3] == "event" for row in ask(server, "/console/api/schema").json["columns"]
    )
    assert ask(server, "/console/api/saved", {"name": "mine", "sql": "SELECT 1"}).json["saved"] == {
        "mine": "SELECT 1"
    }
    assert ask(server, "/console/api/saved").json["saved"] == {"mine": "SELECT 1"}
    assert ask(server, "/console/api/saved", {"name": "mine"}).json["saved"] == {}
    assert (
        ask(server, "/console/api/saved", {"name": "x", "sql": "y"}, Origin="https://evil.example").status
        == 403
    )
    assert ask(server, "/console/api/saved", {"name": ""}).status == 400
