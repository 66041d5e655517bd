"""`hetk sql`: every format carries every row, errors name the nearest table, nothing can be written."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from collector.datadir import DataDir
from tests.e2e.server import environment, hetk, wait_until
from tests.warehouse.cli.conftest import EVENTS
from warehouse.store import open_lake


@pytest.mark.long
def test_json_is_one_array_of_objects_with_numbers_as_numbers_and_every_row(lake: Path) -> None:
    rows = json.loads(
        hetk("sql", "SELECT price, 1.5 AS f, props, ts FROM events", "--json", "--data", lake).stdout
    )
    assert len(rows) == EVENTS
    assert rows[0] == {"price": 19.99, "f": 1.5, "props": {"n": 1}, "ts": "2026-01-01 00:00:00"}


def test_json_has_null_for_what_json_cannot_say(lake: Path) -> None:
    query = "SELECT 'nan'::DOUBLE AS x, 'inf'::FLOAT AS y, 2.0::DOUBLE AS z, 'inf'::DOUBLE AS x"
    [row] = json.loads(
        hetk("sql", query, "--format", "json", "--data", lake).stdout, parse_constant=pytest.fail
    )
    assert row == {"x": None, "y": None, "z": 2.0, "x_1": None}


def test_an_empty_answer_is_an_empty_array(lake: Path) -> None:
    assert json.loads(hetk("sql", "FROM events WHERE false", "--json", "--data", lake).stdout) == []


def test_csv(lake: Path) -> None:
    assert (
        hetk("sql", "SELECT 1 AS a, 'x,y' AS b", "--format", "csv", "--data", lake).stdout == 'a,b\n1,"x,y"\n'
    )


def test_a_file_takes_its_format_from_its_name(lake: Path, tmp_path: Path) -> None:
    target = tmp_path / "events.parquet"
    hetk("sql", "FROM events", "-o", target, "--data", lake)
    assert duckdb.sql(f"SELECT count(*) FROM '{target}'").fetchall() == [(EVENTS,)]
    assert [path.name for path in tmp_path.iterdir()] == ["events.parquet"]


def test_a_failing_query_leaves_the_file_alone(lake: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.json"
    target.write_text("before")
    query = "SELECT CASE WHEN i = 900000 THEN error('late') ELSE i END AS i FROM range(1000000) AS r(i)"
    done = hetk("sql", query, "-o", target, "--data", lake, check=False)
    assert done.returncode == 1
    assert "late" in done.stderr
    assert target.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_table_shows_statements_that_are_no_select_too(lake: Path) -> None:
    assert "view_item" in hetk("sql", "SELECT DISTINCT event FROM events", "--data", lake).stdout
    assert "visitor_id" in hetk("sql", "DESCRIBE events", "--data", lake).stdout
    assert "EXPLAIN" in hetk("sql", "EXPLAIN FROM events", "--data", lake).stdout.upper()


def test_a_query_can_be_piped_in(lake: Path) -> None:
    done = hetk(
        "sql", "--json", "--data", lake, input="SET VARIABLE n = 41; SELECT getvariable('n') + 1 AS n"
    )
    assert json.loads(done.stdout) == [{"n": 42}]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("FROM evnts", "events"),
        ("FROM Session", "sessions"),
        ("SELECT visitr FROM events", "visitor_id"),
        ("SELEC 1", "syntax error"),
        ("FROM zzzzzzzzzzzz", "sessions"),
    ],
)
def test_a_wrong_query_gives_duckdbs_message_and_the_nearest_name(lake: Path, query: str, says: str) -> None:
    done = hetk("sql", query, "--data", lake, check=False)
    assert done.returncode == 1
    assert "Error" in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM events",
        pytest.param("CREATE TABLE mine (a INT)", marks=pytest.mark.long),
        pytest.param("DROP TABLE events", marks=pytest.mark.long),
        "CREATE OR REPLACE VIEW ev AS FROM loads",
    ],
)
def test_nothing_can_be_written(lake: Path, query: str) -> None:
    assert hetk("sql", query, "--data", lake, check=False).returncode == 1
    assert json.loads(hetk("sql", "SELECT count(*) AS n FROM events", "--json", "--data", lake).stdout) == [
        {"n": EVENTS}
    ]


@pytest.mark.long
@pytest.mark.parametrize(
    "long",
    [
        "SELECT count(*) FROM range(100_000) AS a, range(100_000_000) AS b",
        # Work of DuckDB's own threads, while the main one waits inside of it and sees no signal.
        "SELECT 1 UNION ALL SELECT a.range FROM range(100_000) AS a, range(100_000_000) AS b "
        "WHERE a.range * 7 + b.range = -1",
    ],
)
def test_ctrl_c_ends_a_query_without_a_traceback(lake: Path, long: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "warehouse.cli", "sql", long, "--data", str(lake)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        # A shell starts what it runs in the background deaf to Ctrl-C, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until(lambda: _cpu_seconds(process.pid) > 2.5, 60, 0.05)  # starting takes less than one
    process.send_signal(signal.SIGINT)
    try:
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, told.strip()) == (1, "Aborted!")


def _cpu_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def test_no_lake_says_how_to_get_one(tmp_path: Path) -> None:
    done = hetk("sql", "SELECT 1", "--data", tmp_path, check=False)
    assert done.returncode == 1
    assert "hetk serve --data" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_prompt_answers_recovers_sees_new_rows_and_keeps_history(lake: Path, tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "warehouse.cli", "sql", "--data", str(lake)],
        stdin=terminal, stdout=terminal, stderr=terminal,
        env=environment(XDG_CACHE_HOME=str(tmp_path), TERM="dumb"),
    )  # fmt: skip
    os.close(terminal)
    shown = ""

    def expect(text: str) -> None:
        nonlocal shown
        deadline = time.monotonic() + 20
        while text not in shown:
            assert time.monotonic() < deadline, shown
            if select.select([controller], [], [], 0.2)[0]:
                shown += os.read(controller, 65536).decode(errors="replace")
        shown = shown.partition(text)[2]

    expect("hetk> ")
    os.write(controller, b"SELECT count(*)\n AS answer FROM events;\n")
    expect("1234")
    os.write(controller, b"FROM evnts;\n")
    expect("events")
    os.write(controller, b".tables\n")
    expect("sessions")
    os.write(controller, b"BEGIN;\nSELECT 'first', count(*) FROM loads;\n")
    expect("│ first")
    expect("0 │")
    writer = open_lake(DataDir(lake))
    writer.execute("INSERT INTO loads (site_id) VALUES ('shop')")
    os.write(controller, b"SELECT 'again', count(*) FROM loads;\n")
    expect("│ again")
    expect("0 │")
    os.write(controller, b"COMMIT;\nSELECT 'after', count(*) FROM loads;\n")
    expect("│ after")
    expect("1 │")
    writer.execute("DELETE FROM loads")
    writer.close()
    copies = list((lake / "run").glob(f"catalog-{process.pid}-*"))
    assert len(copies) == 1
    os.write(controller, b".quit\n")
    assert process.wait(60) == 0
    assert not copies[0].exists()
    os.close(controller)
    assert "AS answer FROM events;" in (tmp_path / "hetk" / "sql_history").read_text()
