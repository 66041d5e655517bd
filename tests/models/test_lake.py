"""The models in a real lake: stored views and macros for any reader, closed days, late rows, broken files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from collector.datadir import DataDir
from tests.bench.shop import generate
from warehouse import migrations
from warehouse.errors import ModelError
from warehouse.models import days, runner
from warehouse.models.lab import insert
from warehouse.models.model import load_models, read_model
from warehouse.queries import questions
from warehouse.store import open_lake

NOW = datetime(2026, 11, 25)
DAY = date(2026, 11, 16)


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "data")


@pytest.fixture
def lake(data: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    con = open_lake(data)
    migrations.migrate(con)
    assert runner.build(con)
    generate(con, 3_000, days=6)
    yield con
    con.close()


def answers(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """Of every question; in no order, because an order of people's own leaves equal rows open."""
    return {name: sorted(con.execute(q.sql).fetchall(), key=str) for name, q in questions().items()}


def stored(con: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """What the models that are stored by day say; all others are views of these and of the events."""
    names = [m.name for m in load_models() if m.kind == "days"]
    return {name: sorted(con.execute(f"FROM {name}").fetchall(), key=str) for name in names}


@pytest.mark.long
def test_readers_answer_every_question_as_the_writer_does(
    data: DataDir, lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    runner.close_days(lake, NOW)
    expected = answers(lake)
    assert len(expected) >= 25
    reader = open_lake(data, read_only=True)
    assert answers(reader) == expected
    reader.execute(f"ATTACH '{tmp_path / 'native.duckdb'}' AS native")
    reader.execute("COPY FROM DATABASE lake TO native")
    reader.execute("USE native")
    assert answers(reader) == expected
    reader.close()


@pytest.mark.long
def test_a_second_build_changes_nothing(lake: duckdb.DuckDBPyConnection) -> None:
    before = lake.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchall()
    assert not runner.build(lake)
    assert lake.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchall() == before


def test_closing_and_reopening_days_changes_no_answer(lake: duckdb.DuckDBPyConnection) -> None:
    expected = stored(lake)
    assert len(runner.close_days(lake, NOW)) == 6
    assert lake.execute("FROM session_parts_closed LIMIT 1").fetchall()
    assert stored(lake) == expected
    lake.execute("BEGIN")
    assert runner.reopen(lake, [DAY]) == [date(2026, 11, 15), DAY, date(2026, 11, 17)]
    lake.execute("COMMIT")
    assert stored(lake) == expected


@pytest.mark.long
def test_a_late_row_on_a_closed_day_joins_two_sessions(lake: duckdb.DuckDBPyConnection) -> None:
    late = [("1", "23:20:00", 16), ("2", "00:15:00", 17)]
    insert(lake, "events", [_row(n, f"2026-11-{day} {at}") for n, at, day in late])
    runner.close_days(lake, NOW)
    count = "SELECT count(*) FROM sessions WHERE visitor_id = 'late'"
    assert lake.execute(count).fetchall() == [(2,)]
    lake.execute("BEGIN")
    insert(lake, "events", [_row("3", "2026-11-16 23:48:00")])
    runner.reopen(lake, [DAY])
    lake.execute("COMMIT")
    assert lake.execute(count).fetchall() == [(1,)]
    runner.close_days(lake, NOW)
    assert DAY in days.closed(lake)
    assert lake.execute(count).fetchall() == [(1,)]
    assert lake.execute("SELECT n_events FROM sessions WHERE visitor_id = 'late'").fetchall() == [(3,)]


def _row(number: str, ts: str) -> dict[str, Any]:
    return {
        "event_id": f"00000000-0000-7000-8000-00000000000{number}", "site_id": "shop", "visitor_id": "late",
        "ts": ts, "event": "page_view",
    }  # fmt: skip


@pytest.mark.long
def test_a_day_that_still_receives_rows_stays_open(lake: duckdb.DuckDBPyConnection) -> None:
    insert(lake, "events", [_row("1", f"{DAY} 10:00:00") | {"ts_received": "2026-11-24 23:55:00"}])
    assert DAY not in runner.close_days(lake, NOW)


def files_read(con: duckdb.DuckDBPyConnection, sql: str) -> list[int]:
    plan = con.execute(f"EXPLAIN ANALYZE {sql}").fetchall()[0][1]
    return [int(number) for number in re.findall(r"Total Files Read: (\d+)", plan)]


@pytest.mark.long
def test_a_day_reads_the_files_of_that_day_alone(lake: duckdb.DuckDBPyConnection) -> None:
    while runner.close_days(lake, NOW, rows_max=1):  # a file a day, as when each day closes in its time
        pass
    day = "{0} >= TIMESTAMP '2026-11-16' AND {0} < TIMESTAMP '2026-11-17'"
    assert files_read(lake, f"SELECT sum(value) FROM events WHERE {day.format('ts')}") == [1]
    assert files_read(lake, "SELECT sum(n_events) FROM visits_closed") == [6]
    # One of visits; of session_parts the first and last closed day: sessions of open days may touch them.
    found = files_read(lake, f"SELECT sum(n_events) FROM visits WHERE {day.format('started_at')}")
    assert sum(found) <= 3, found


@pytest.mark.long
def test_a_broken_model_is_named_and_the_old_models_stay(
    lake: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "broken.sql"
    path.write_text(
        "-- grain: one row\n-- reads: events\n-- writes: view broken\nSELECT nothing FROM events\n"
    )
    views = "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    expected = lake.execute(views).fetchall()
    with pytest.raises(ModelError, match=r"broken\.sql.*nothing"):
        runner.build(lake, [*load_models(), read_model(path)])
    assert lake.execute(views).fetchall() == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT 1", "writes"),
        ("-- writes: view x\n-- reads:\nSELECT 1", "grain"),
        ("-- grain: a\n-- reads:\n-- writes: view x\nSELECT * FROM events", "reads.*events"),
        ("-- grain: a\n-- reads: events\n-- writes: view x\nSELEC * FROM events", "syntax error"),
    ],
)
def test_a_wrong_file_says_what_to_change(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "x.sql"
    path.write_text(text)
    with pytest.raises(ModelError, match=complaint):
        read_model(path)


@pytest.mark.long
def test_every_column_has_words(lake: duckdb.DuckDBPyConnection) -> None:
    own = "name NOT LIKE 'moment%' AND name <> 'schema_version' AND kind <> 'macro'"
    assert lake.execute(f"SELECT name, column_name FROM docs WHERE doc = '' AND {own}").fetchall() == []
    comment = "SELECT comment FROM duckdb_columns() WHERE table_name = 'events' AND column_name = 'ts'"
    assert "skew" in lake.execute(comment).fetchall()[0][0]


def test_questions_are_short_and_asked() -> None:
    for question in questions().values():
        assert len(question.sql) <= 300, question.name
        assert "?" in question.ask, question.name
