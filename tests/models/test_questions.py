"""The questions about moments, decisions and consent on rows written by hand, and `hetk ask` in use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from collector.datadir import DataDir
from tests.bench.shop import generate
from warehouse import migrations
from warehouse.ask import sparkline
from warehouse.cli import main
from warehouse.models import runner
from warehouse.models.book import book
from warehouse.models.lab import LATER, insert, lab
from warehouse.queries import questions
from warehouse.store import open_lake


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = lab()
    visits: list[tuple[int, str, str, str, dict[str, Any]]] = [
        (
            1,
            "a",
            "page_view",
            "10:00:00",
            {
                "device_type": "mobile",
                "social_network": "reddit",
                "social_kind": "group_topic",
                "utm_content": "group-pottery",
            },
        ),
        (2, "a", "purchase", "10:15:00", {"order_id": "A", "value": 10, "currency": "EUR"}),
        (4, "a", "page_view", "18:00:00", {"device_type": "desktop"}),
        (3, "b", "page_view", "10:00:00", {"device_type": "mobile"}),
        (5, "b", "consent_changed", "10:01:00", {"consent_analytics": True, "jurisdiction": "EE"}),
        (6, "c", "consent_changed", "10:01:00", {"consent_analytics": False, "jurisdiction": "EE"}),
    ]
    for n, visitor, event, at, extra in visits:
        row: dict[str, Any] = {"event_id": _id(n), "site_id": "s", "visitor_id": visitor, "event": event}
        row |= {"ts": f"2026-01-05 {at}", **extra}
        insert(con, "events", [row])
    for n, (lang, shown, suppressed, latency) in enumerate([
        ("en", True, None, 1.0), ("en", True, None, 3.0), ("hi", True, None, 1.0), ("hi", False, "cap", 9.0),
    ]):  # fmt: skip
        decision: dict[str, Any] = {
            "decision_id": str(n),
            "site_id": "s",
            "lang": lang,
            "latency_ms": latency,
        }
        decision["shown_at"] = "2026-01-05 10:00:00" if shown else None
        insert(con, "decisions", [decision | {"suppressed": suppressed, "action": "nudge"}])
    runner.close_days(con, LATER)
    con.execute("DELETE FROM moments_closed")  # what the models make of these events; ours come instead
    for n, (visitor, session, intent, state, at) in enumerate([
        ("a", 1, "know", "satisfied", "10:00:00"),
        ("a", 1, "buy", "converted", "10:10:00"),
        ("a", 4, "know", "abandoned", "18:00:00"),
        ("b", 3, "know", "expired", "10:00:00"),
        ("b", 3, "go", "satisfied", "10:20:00"),
    ]):  # fmt: skip
        moment: dict[str, Any] = {
            "moment_id": str(n),
            "site_id": "s",
            "visitor_id": visitor,
            "session_id": _id(session),
        }
        moment |= {"intent": intent, "state": state, "confidence": 0.8, "started_at": f"2026-01-05 {at}"}
        insert(con, "moments_closed", [moment])
    yield con
    con.close()


def _id(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    "moments_by_intent": [("know", 3, 0.8, 0.333), ("buy", 1, 0.8, 1.0), ("go", 1, 0.8, 1.0)],
    "after_know": [("buy", 1), ("go", 1), ("nothing", 1)],
    "intents_by_hour": [
        ("buy", 10, "mobile", 1), ("go", 10, "mobile", 1),
        ("know", 10, "mobile", 2), ("know", 18, "desktop", 1),
    ],
    "social_intents": [
        ("reddit", "group_topic", "group-pottery", "buy", 1),
        ("reddit", "group_topic", "group-pottery", "know", 1),
    ],
    "decisions_by_lang": [("s", "hi", 2, 1, 0.5, False), ("s", "en", 2, 2, 1.0, False)],
    "suppressed": [("shown", 3, 1.0, 2.96), ("cap", 1, 9.0, 9.0)],
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", EXPECTED)
def test_question_answers_as_written_down(con: duckdb.DuckDBPyConnection, name: str) -> None:
    assert con.execute(questions()[name].sql).fetchall() == EXPECTED[name]


def test_paths_and_consent(con: duckdb.DuckDBPyConnection) -> None:
    paths = con.execute(questions()["moment_paths"].sql).fetchall()
    assert [row[:4] for row in paths] == [("know > buy", "EUR", 2.0, 1)]
    consent = con.execute(questions()["consent"].sql).fetchall()
    assert consent[0] == ("EE", "ads", 0, 0, None)
    assert consent[1] == ("EE", "analytics", 1, 1, 0.5)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = DataDir(tmp_path_factory.mktemp("ask"))
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    generate(con, 2_000, days=5)
    con.close()
    return data


def hetk(*arguments: str) -> str:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.long
def test_ask_prints_bars_json_csv_and_the_query(data: DataDir) -> None:
    root = str(data.root)
    assert "█" in hetk("ask", "channels", "--data", root)
    assert {row["channel"] for row in json.loads(hetk("ask", "channels", "--json", "--data", root))} >= {
        "ads"
    }
    assert hetk("ask", "channels", "--csv", "--data", root).startswith("site_id,channel,visitors")
    assert hetk("ask", "channels", "--sql").strip() == questions()["channels"].sql
    assert any(c in hetk("ask", "abandonment", "--data", root) for c in "▃▄▅▆▇█")
    steps = hetk("ask", "visitor_steps", "--param", "visitor=nobody", "--json", "--data", root)
    assert json.loads(steps) == []


def test_ask_says_what_is_wrong(data: DataDir) -> None:
    done = CliRunner().invoke(main, ["ask", "chanels", "--data", str(data.root)])
    assert (done.exit_code, "channels" in done.output) == (2, True)
    done = CliRunner().invoke(main, ["ask", "funnel", "--param", "weeks=1", "--data", str(data.root)])
    assert (done.exit_code, "days" in done.output) == (2, True)
    done = CliRunner().invoke(main, ["ask", "response_time", "--timeout", "0.001", "--data", str(data.root)])
    assert (done.exit_code, "--timeout" in done.output) == (1, True)


def test_describe_status_and_models(data: DataDir, tmp_path: Path) -> None:
    assert "skew" in hetk("describe", "events", "--data", str(data.root))
    assert json.loads(hetk("status", "--json", "--data", str(data.root)))["events"] > 1000
    assert "sessions" in hetk("models", "list")
    picture = tmp_path / "models.svg"
    hetk("models", "graph", "-o", str(picture))
    kept = Path(__file__).parents[2] / "docs" / "models.svg"
    assert picture.read_text() == kept.read_text(), "draw it again: hetk models graph -o docs/models.svg"


def test_sparkline_goes_from_least_to_greatest() -> None:
    assert sparkline([0, 7]) == "▁█"
    assert sparkline([3, 3]) == "▁▁"


def test_the_data_model_page_is_current() -> None:
    kept = Path(__file__).parents[2] / "docs" / "data-model.md"
    assert book() == kept.read_text(), "write it again: python -m warehouse.models.book docs/data-model.md"
