"""The doors for analysts: `warehouse.connect`, the recipes of docs/analysts.md, `hetk export`, a snapshot."""

from __future__ import annotations

import csv
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

import warehouse
from collector.datadir import DataDir
from tests.bench.shop import generate
from warehouse import migrations
from warehouse.cli import main
from warehouse.errors import LakeMissing
from warehouse.models import runner
from warehouse.queries import questions
from warehouse.store import open_lake

PAGE = Path(__file__).parents[2] / "docs" / "analysts.md"
RECIPES = dict(re.findall(r"<!-- run: (\w+) -->\n```\w+\n(.*?)```", PAGE.read_text("utf-8"), re.S))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("analysts") / "hetk-data"
    con = open_lake(DataDir(root))
    migrations.migrate(con)
    runner.build(con)
    generate(con, 2_000, days=5)
    con.execute("UPDATE events SET search_query = '=HYPERLINK(\"http://x\")' WHERE event = 'search'")
    con.close()
    return root


@pytest.fixture
def here(root: Path) -> Iterator[Path]:
    before = Path.cwd()
    os.chdir(root.parent)
    yield root
    os.chdir(before)


def hetk(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.long
def test_every_cursor_finds_views_and_macros_by_their_names(root: Path) -> None:
    with warehouse.connect(root) as con:
        expected = con.execute("SELECT count(*) FROM sessions").fetchall()
        found: list[Any] = []
        cursors = [con.cursor(), con.cursor().cursor()]
        threads = [
            threading.Thread(
                target=lambda c=c: found.append(c.execute("SELECT count(*) FROM sessions").fetchall())
            )
            for c in cursors
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [expected, expected]
        assert len(con.cursor().execute("FROM funnel(['view_item', 'purchase'])").fetchall()) == 2
        with pytest.raises(duckdb.Error, match="read-only"):
            con.cursor().execute("DELETE FROM events")


@pytest.mark.long
def test_sees_what_came_since_after_renew(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    writer = open_lake(data)
    migrations.migrate(writer)
    runner.build(writer)
    con = warehouse.connect(data.root)
    writer.execute("INSERT INTO events (event_id, ts) VALUES (uuid(), TIMESTAMP '2026-01-01')")
    assert con.cursor().execute("SELECT count(*) FROM events").fetchall() == [(0,)]
    con.renew()
    assert con.cursor().execute("SELECT count(*) FROM events").fetchall() == [(1,)]
    con.close()
    writer.close()


def test_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LakeMissing, match="hetk snapshot"):
        warehouse.connect(tmp_path / "nothing")
    with pytest.raises(LakeMissing, match="hetk serve"):
        warehouse.connect(tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("name", ["duckdb", "pandas", "polars"])
def test_the_recipes_of_the_page_run(here: Path, name: str) -> None:
    pytest.importorskip(name)
    space: dict[str, Any] = {}
    exec(RECIPES[name], space)
    if name == "duckdb":
        assert space["rows"]
        assert space["people"][0][3] >= space["people"][2][3] > 0
        assert space["revenue"]


@pytest.mark.long
def test_a_snapshot_carries_views_macros_columns_and_questions(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "today.duckdb"
    hetk("snapshot", file, "--data", root)
    some = ("attribution", "channels", "funnel")
    with warehouse.connect(root) as con:
        expected = {name: len(con.execute(questions()[name].sql).fetchall()) for name in some}
    plain = duckdb.connect(str(file), read_only=True)
    for statement in RECIPES["snapshot"].strip().rstrip(";").split(";"):
        assert plain.execute(statement).fetchall()
    carried = dict(plain.execute("SELECT name, sql FROM questions").fetchall())
    assert carried == {name: question.sql for name, question in questions().items()}
    assert {name: len(plain.execute(carried[name]).fetchall()) for name in some} == expected
    plain.close()
    with warehouse.connect(file) as again:
        assert again.cursor().execute("SELECT newest() IS NOT NULL").fetchall() == [(True,)]


@pytest.mark.long
def test_exports_a_range_as_parquet_and_safe_csv(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = hetk("export", "ev", "--format", "csv", "--since", "2026-11-18", "--to", out, "--data", root)
    with (out / "ev.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert f"{len(rows):,} rows" in told
    assert min(row["ts"] for row in rows) >= "2026-11-18"
    assert {row["search_query"] for row in rows} == {"", '\'=HYPERLINK("http://x")'}
    assert all(row["price"] == "" or float(row["price"]) for row in rows)
    hetk("export", "sessions", "--to", out, "--data", root)
    count = f"SELECT count(*) FROM '{out}/sessions.parquet'"
    with warehouse.connect(root) as con:
        expected = con.execute("SELECT count(*) FROM sessions").fetchall()
    assert duckdb.sql(count).fetchall() == expected
    assert sorted(path.name for path in out.iterdir()) == ["ev.csv", "sessions.parquet"]


@pytest.mark.long
def test_export_says_what_is_wrong(root: Path, tmp_path: Path) -> None:
    assert "nearest is sessions" in hetk("export", "session", "--to", tmp_path, "--data", root, code=1)
    assert "no time" in hetk(
        "export", "products", "--since", "2026-01-01", "--to", tmp_path, "--data", root, code=1
    )
    (tmp_path / "file").write_text("")
    assert "--to" in hetk("export", "orders", "--to", tmp_path / "file" / "x", "--data", root, code=1)
