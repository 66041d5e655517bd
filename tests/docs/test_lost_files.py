"""docs/lost-files.md: each command on the page prints what the page says, and its advice helps."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.datadir import DataDir
from tests.bench.shop import generate
from tests.models.test_lake import NOW
from warehouse import migrations
from warehouse.cli import main
from warehouse.models import runner
from warehouse.store import open_lake

pytestmark = pytest.mark.long

PAGE = (Path(__file__).parents[2] / "docs" / "lost-files.md").read_text("utf-8")
EVENTS, STORED = re.findall(r"```\n\$ hetk (.*?)\n(.*?)```", PAGE, re.S)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = DataDir(tmp_path_factory.mktemp("lost") / "hetk-data")
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    generate(con, 1_000, days=6)
    con.close()
    return data


def hetk(data: DataDir, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, [*words, "--data", str(data.root)])
    said = done.output.replace(f"{data.root.parent}/", "")
    return done.exit_code, re.sub(r"ducklake-[0-9a-f-]+", "ducklake-NAME", said)


def test_lost_events_are_named_and_put_back(data: DataDir) -> None:
    command, says = EVENTS
    [gone] = (data.lake / "main" / "events").glob("year=2026/month=11/day=16/*.parquet")
    kept = gone.read_bytes()
    gone.unlink()
    words = shlex.split(command)
    assert hetk(data, *words) == (1, says)
    assert says in hetk(data, "ask", "channels")[1]
    advice = says.splitlines()[-1]
    assert hetk(data, words[0], f"{words[1]}{advice}")[0] == 0
    assert "nope.parquet" in hetk(data, "sql", "FROM read_parquet('nope.parquet')")[1]
    gone.write_bytes(kept)
    assert hetk(data, *words)[0] == 0


def test_lost_days_are_computed_again(data: DataDir) -> None:
    command, says = STORED
    con = open_lake(data)
    runner.close_days(con, NOW)
    con.close()
    words = shlex.split(command)
    before = hetk(data, *words)
    assert before[0] == 0
    [gone] = (data.lake / "main" / "visits_closed").glob("*.parquet")
    gone.unlink()
    assert hetk(data, *words) == (1, says)
    assert hetk(data, "models", "build")[0] == 0
    assert hetk(data, *words) == before
