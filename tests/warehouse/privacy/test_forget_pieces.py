"""Erasing is done in pieces: loading goes on between them, and a process may end after any of them."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.warehouse.load.world import NOON, World, body, event, line, ms
from warehouse import migrations
from warehouse.load.loader import Loader
from warehouse.models import runner
from warehouse.privacy.forget import DAYS_AT_ONCE, Request
from warehouse.privacy.person import Person
from warehouse.privacy.proof import find
from warehouse.privacy.requests import Requests, send, take
from warehouse.store import open_lake

ROOT = Path(__file__).parents[3]
DAYS = 2 * DAYS_AT_ONCE + 1
ZOE = Person("shop", ("phone",), ("zoe",))
BALANCE = (
    "SELECT (SELECT sum(stored) FROM loads) - (SELECT coalesce(sum(n_events), 0) FROM deletions), "
    "(SELECT count(*) FROM events)"
)
CHILD = """
import os, signal, sys
from pathlib import Path
from collector.datadir import DataDir
from warehouse.load.loader import Loader
from warehouse.privacy.requests import Requests
from warehouse.store import open_lake

data = DataDir(Path(sys.argv[1]))
con = open_lake(data, threads=1)
requests = Requests(con, data, Loader(con, data), 0.0)
for _ in range(int(sys.argv[2])):
    if not requests.answer():
        sys.exit()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Zoe's phone: signed in on all days but the last, so that these tell whose it is; Abe's beside it. All
    days are closed.
    """
    monkeypatch.setenv("HETK_TOMBSTONE_KEY", str(tmp_path / "elsewhere" / "tombstone.key"))
    world = World(tmp_path / "data")
    for number in range(DAYS):
        world.write(
            visit(number, "phone", user="zoe" if number < DAYS - 1 else None), visit(number, "tablet")
        )
    world.load()
    con = open_lake(world.data, threads=1)
    migrations.migrate(con)
    runner.build(con)
    runner.close_days(con, NOON.replace(tzinfo=None) + timedelta(days=DAYS + 3))
    con.close()
    return world


def visit(day: int, visitor: str, user: str | None = None) -> bytes:
    at = NOON + timedelta(days=day)
    return line(body([event(ms(at))], sent=ms(at), ctx={"visitor": visitor, "user": user}), received=at)


def test_loads_run_between_the_pieces_and_the_books_are_right_after_each(world: World) -> None:
    answered = send(world.data, Request("shop", "user", "zoe", purged=False))
    con = open_lake(world.data, threads=1)
    try:
        loader = Loader(con, world.data)
        requests = Requests(con, world.data, loader, 0.0)
        loaded = pieces = 0
        while (answer := take(answered)) is None:
            assert requests.answer()
            world.write(visit(pieces % DAYS, "tablet"), visit(pieces % DAYS, "phone"))
            step = loader.step()
            assert step is not None
            loaded, pieces = loaded + step.stored, pieces + 1
            assert len(set(con.execute(BALANCE).fetchall()[0])) == 1
        # A phone's event before the tombstone is loaded and erased, after it refused.
        [[late]] = con.execute("SELECT count(*) FROM events_rejected WHERE reason = 'erased'").fetchall()
        assert pieces >= 5
        assert (answer.events, loaded + late) == (DAYS + pieces - late, 2 * pieces)
        assert con.execute(
            "SELECT visitor_id, count(*), sum(n_events) FROM sessions GROUP BY 1"
        ).fetchall() == [("tablet", DAYS, DAYS + pieces)]
    finally:
        con.close()


@pytest.mark.long
@pytest.mark.parametrize("purged", [False, True])
def test_kill_9_after_any_piece_leaves_nothing_behind(world: World, purged: bool) -> None:
    answered = send(world.data, Request("shop", "user", "zoe", purged))
    turns = 0
    # One chunk of days a life: at the end only the day is left that does not say whose phone it is.
    for pieces in (1, 2, 3, 3, 3, *range(4, 100)):
        command = [sys.executable, "-c", CHILD, str(world.data.root), str(pieces)]
        killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert killed.returncode in (0, -signal.SIGKILL), killed.stderr
        turns += 1
        if answered.exists():
            break
    answer = take(answered)
    assert answer is not None
    assert (turns > 5, answer.events, answer.person) == (True, DAYS, ZOE)
    assert world.sql("SELECT visitor_id, count(*) FROM events GROUP BY 1") == [("tablet", DAYS)]
    assert world.sql("SELECT visitor_id, count(*) FROM sessions GROUP BY 1") == [("tablet", DAYS)]
    assert world.sql("SELECT sum(n_events), count(*) FROM deletions") == [(DAYS, 2)]
    assert not purged or find(world.data, [ZOE]) == []
