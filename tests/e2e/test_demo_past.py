"""The past of the demo shop: killed while it is sent and started again, each of its events is in the lake once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import msgspec
import pytest

from collector.datadir import DataDir
from collector.demo import past, site
from collector.event import Batch
from tests.e2e.books import books
from tests.e2e.server import Server, slowness, wait_until
from warehouse.store import open_lake, renew

IN_THE_MIDDLE = 1_000  # events
ALL_THERE_S = 60.0
OF_THE_PAST = "site_id = 'demo' AND ts_mark = 'history'"


@contextmanager
def reader(server: Server) -> Iterator[duckdb.DuckDBPyConnection]:
    con = open_lake(DataDir(server.data), read_only=True)
    yield con
    con.close()


def stored(server: Server, con: duckdb.DuckDBPyConnection) -> list[str]:
    """The ids of the past in the lake, one for each row."""
    renew(con, DataDir(server.data))  # a reader sees the lake as it was when it opened it, until then
    return [
        id for (id,) in con.execute(f"SELECT event_id::VARCHAR FROM events WHERE {OF_THE_PAST}").fetchall()
    ]


def meant(server: Server) -> set[str]:
    """The ids that the past has, as this start of this directory makes it."""
    data = DataDir(server.data)
    made = past.batches(site.opened_ms(data), f"{server.private_url}/shop", "any")
    return {str(event.id) for _, body in made for event in msgspec.json.decode(body, type=Batch).events}


def kill_in_the_middle(server: Server) -> None:
    with reader(server) as con:
        wait_until(lambda: len(stored(server, con)) > IN_THE_MIDDLE, 60)
    server.kill()
    assert not DataDir(server.data).demo_past.exists()
    server.start()


@pytest.mark.long
def test_a_past_killed_in_the_middle_goes_on_and_nothing_is_there_twice(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--demo") as server:
        kill_in_the_middle(server)
        wait_until(lambda: books(server, "demo")["duplicate"] > IN_THE_MIDDLE / 2, 60)
        with reader(server) as con:
            ids = stored(server, con)
        assert len(set(ids)) == len(ids) > IN_THE_MIDDLE
        assert set(ids) <= meant(server)


@pytest.mark.long
def test_eight_weeks_are_in_the_lake_soon_and_only_once(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--demo") as server:
        data = DataDir(server.data)
        kill_in_the_middle(server)
        ids = meant(server)
        with reader(server) as con:
            wait_until(lambda: len(stored(server, con)) >= len(ids), ALL_THERE_S * slowness())
            assert sorted(stored(server, con)) == sorted(ids)
        assert data.demo_past.exists()
        check_shop(server)
        again = books(server, "demo")["duplicate"]
        assert again > 0
        assert server.stop()[0] == 0
        server.start()
        before = books(server, "demo")["received"]
        wait_until(lambda: books(server, "demo")["received"] > before)  # the visitors are there again
        assert books(server, "demo")["duplicate"] == again
        assert not [line for line in list(server.lines.queue) if "  past" in line]


def check_shop(server: Server) -> None:
    """What a person who looks at the demo sees."""
    [seen] = server.rows(
        "SELECT count(DISTINCT day) AS days, count(*) AS visits, count(DISTINCT person_id) AS people"
        " FROM sessions WHERE site_id = 'demo'"
    )
    assert seen["days"] >= past.DAYS
    assert seen["visits"] > 6_000
    assert seen["people"] < 0.9 * seen["visits"]
    [orders] = server.rows(
        f"SELECT count(*) AS n, (SELECT count(*) FROM events WHERE event = 'purchase' AND {OF_THE_PAST}) AS sent"
        " FROM orders WHERE site_id = 'demo'"
    )
    assert orders["n"] >= orders["sent"] > 300
    intents = server.rows("SELECT intent, count(*) AS n FROM moments WHERE site_id = 'demo' GROUP BY intent")
    assert {row["intent"] for row in intents if row["n"] > 300} == {"know", "go", "do", "buy"}
