"""A row for a closed day opens it in the same transaction; refused events are listed with why."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.warehouse.load.world import NOON, World, body, event, line, ms
from warehouse import migrations
from warehouse.cli import main
from warehouse.models import days, runner
from warehouse.store import open_lake

pytestmark = pytest.mark.long

LATER = datetime(2026, 11, 23, 1)


def close(world: World) -> int:
    con = open_lake(world.data)
    try:
        migrations.migrate(con)
        runner.build(con)
        runner.close_days(con, LATER)
        return len(days.closed(con))
    finally:
        con.close()


def test_a_late_row_is_in_its_session_at_once(tmp_path: Path) -> None:
    world = World(tmp_path / "data")
    world.write(line(body([event()])))
    world.load()
    assert close(world) == 1
    assert world.sql("SELECT n_events FROM sessions") == [(1,)]
    world.write(line(body([event(ms() + 60_000)])))
    world.load()
    assert world.sql("SELECT n_events FROM sessions") == [(2,)]
    assert world.sql("SELECT count(*) FROM closed_days") == [(0,)]
    assert close(world) == 1
    assert world.sql("SELECT n_events FROM sessions") == [(2,)]


def test_refused_events_are_listed_with_an_example(tmp_path: Path) -> None:
    world = World(tmp_path / "data")
    bad = {"i": 0, "id": None, "reason": "bad_event", "detail": "event: too short", "raw": '{"event":""}'}
    world.write(line(body([]), rejected=[bad, bad]))
    world.load()
    done = CliRunner().invoke(main, ["rejected", "list", "--json", "--data", str(world.data.root)])
    assert done.exit_code == 0, done.output
    (one,) = json.loads(done.output)
    assert (one["reason"], one["events"], one["example"]) == ("bad_event", 2, '{"event":""}')


def test_a_history_of_many_days_in_one_load_fits_into_little_memory(tmp_path: Path) -> None:
    """Files sorted by visitor bring all days at once; one insert over all partitions ran out of memory."""
    world = World(tmp_path / "data")
    days = 400
    history = [event(ms(NOON) - day * 86_400_000) for day in range(days)]
    world.write(line(body(history, history=True), a="server"))
    world.load()
    assert world.sql("SELECT count(*), count(DISTINCT ts::DATE) FROM events") == [(days, days)]
