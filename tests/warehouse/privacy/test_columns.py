"""Groups of columns with a time of their own: what they said is gone from every file, and comes back from nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from collector.config import Kept, Retention
from tests.warehouse.load.world import World, body, event, line, ms
from warehouse import migrations
from warehouse.cli import main
from warehouse.jobs import Jobs
from warehouse.models import runner
from warehouse.privacy.columns import GROUPS
from warehouse.store import open_lake, open_memory

# Yesterday: `hetk rebuild` goes by the real clock.
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
ALL = Retention(groups=dict.fromkeys(GROUPS, Kept(days=3)))
TOML = "".join(f"[retention.groups.{name}]\ndays = 3\n" for name in GROUPS)
SECRETS = "regexp_matches(CAST(to_json(t) AS VARCHAR), '(?i)secret')"
VISITS = "SELECT day, count(*), sum(n_events), sum(n_searches) FROM sessions GROUP BY day ORDER BY day"
ORDERS = "SELECT order_id, revenue, currency FROM orders ORDER BY ALL"


def visit(at: datetime, site: str = "shop") -> list[bytes]:
    """A search, a misfit that keeps its props, and an order; one event after midnight."""
    who = {"visitor": "secret-visitor", "user": "secret-user", "session": "secret-session"}
    page = {
        "url": "https://shop.example/?q=secret&utm_term=secret", "ref": "https://secret.example/x",
        "title": "secret", "tz": "secret/zone", "locale": "secret",
    }  # fmt: skip
    place = {"country": "SECRET", "region": "secret", "city": "Secretville"}
    events = [
        event(ms(at), seq=1, event="search", props={"query": "Secret tea", **place}),
        event(ms(at) + 1, seq=2, event="search", props={"query": "Secret tea", "results": "many", **place}),
        event(ms(at) + 2, seq=3, event="purchase",
              props={"order_id": f"o{at:%d}-{site}", "value": 9, "currency": "EUR", "note": "secret"}),
        event(ms(at) + 13 * 3_600_000, seq=4),
    ]  # fmt: skip
    raw = [{"i": 9, "id": None, "reason": "bad_event", "detail": "secret", "raw": '{"event": "secret"}'}]
    facts = {"o": "secret", "w": "secret"}
    sent = ms(at + timedelta(hours=14))
    return [
        line(
            body(events, sent=sent, ctx=who | page),
            received=at + timedelta(hours=14),
            site=site,
            rejected=raw,
            **facts,
        )
    ]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Visits 9, 8 and 0 days old, of two sites, with their days closed and their journal archived."""
    world = World(tmp_path / "data")
    for age in (9, 8, 0):
        for site in ("shop", "blog"):
            world.write(*visit(NOON - timedelta(days=age), site))
    world.load(archive=world.data.root / "archive")
    con = opened(world)
    runner.close_days(con, NOON.replace(tzinfo=None) + timedelta(days=1))
    con.close()
    return world


def opened(world: World) -> duckdb.DuckDBPyConnection:
    con = open_lake(world.data, threads=1)
    migrations.migrate(con)
    runner.build(con)
    return con


def keep(con: duckdb.DuckDBPyConnection, world: World, kept: Retention) -> None:
    """The job until it has nothing left to do, and what takes the files away."""
    jobs = Jobs(con, world.data, clock=lambda: NOON, kept=kept)
    while jobs.drop_old_days():
        pass
    later = Jobs(con, world.data, clock=lambda: datetime.now(UTC) + timedelta(hours=3))
    later.expire()
    later.clean_up()


def secret_days(world: World) -> dict[str, set[str]]:
    """By table, the sites and days whose rows still say something secret, in any file of the lake."""
    found: dict[str, set[str]] = {}
    con = open_memory()
    for path in world.data.lake.rglob("*.parquet"):
        table = path.relative_to(world.data.lake / "main").parts[0]
        file = con.from_parquet(str(path), hive_partitioning=False)
        if "site_id" not in file.columns:
            continue
        at = next(name for name in ("day", "ts", "ts_received", "loaded_at") if name in file.columns)
        rows = con.execute(
            f"SELECT DISTINCT site_id || ' ' || CAST(CAST({at} AS DATE) AS VARCHAR) "
            f"FROM read_parquet($1, hive_partitioning = false) AS t WHERE {SECRETS}",
            [str(path)],
        ).fetchall()
        found.setdefault(table, set()).update(text for (text,) in rows)
    return {table: days for table, days in found.items() if days}


@pytest.mark.long
def test_what_a_group_says_leaves_every_file_and_is_not_worked_out_again(world: World) -> None:
    days = {f"{site} {NOON + timedelta(days=n):%Y-%m-%d}" for site in ("blog", "shop") for n in (0, 1)}
    con = opened(world)
    try:
        assert {"events", "events_rejected", "visits_closed", "moments_closed"} <= secret_days(world).keys()
        visits, orders = con.execute(VISITS).fetchall(), con.execute(ORDERS).fetchall()
        keep(con, world, ALL)
        assert {day for found in secret_days(world).values() for day in found} <= days
        runner.close_days(con, NOON.replace(tzinfo=None) + timedelta(days=1))
        assert {day for found in secret_days(world).values() for day in found} <= days
        assert con.execute(VISITS).fetchall() == visits
        assert con.execute(ORDERS).fetchall() == orders
        names = "SELECT DISTINCT visitor_id FROM events WHERE id_mode = 'day' AND site_id = 'shop'"
        assert len(con.execute(names).fetchall()) == 3  # days: nothing links one with another
        before = con.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchall()
        keep(con, world, ALL)
        assert con.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchall() == before
    finally:
        con.close()


@pytest.mark.long
def test_neither_an_archived_journal_nor_a_late_event_brings_anything_back(
    world: World, tmp_path: Path
) -> None:
    (world.data.root / "hetk.toml").write_text(TOML)
    con = opened(world)
    keep(con, world, ALL)
    con.close()
    done = CliRunner().invoke(main, ["rebuild", str(tmp_path / "new"), "--data", str(world.data.root)])
    assert done.exit_code == 0, done.output  # equal checksums
    world.write(*visit(NOON - timedelta(days=9)))
    world.load(archive=world.data.root / "archive")
    assert len(secret_days(world)["events"]) > 4
    for one in (world, World(tmp_path / "new")):
        con = opened(one)
        keep(con, one, ALL)
        runner.close_days(con, NOON.replace(tzinfo=None) + timedelta(days=1))
        con.close()
        assert len(secret_days(one)["events"]) == 4
        assert all(len(days) <= 4 for days in secret_days(one).values())


def test_each_group_and_site_has_a_time_of_its_own(world: World) -> None:
    groups = {
        "place": Kept(days=3),
        "search": Kept(sites={"shop": 9}),
        "identity": Kept(days=3, sites={"shop": 0}),
    }
    con = opened(world)
    try:
        keep(con, world, Retention(groups=groups))  # type: ignore[arg-type]
        left = con.execute(
            f"SELECT site_id, count(city), count(search_query), count(user_id) FROM events "
            f"WHERE ts < DATE '{NOON - timedelta(days=7):%Y-%m-%d}' GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert left == [("blog", 0, 4, 0), ("shop", 0, 4, 7)]
        keep(con, world, Retention(groups={"search": Kept(sites={"shop": 8})}))
        assert con.execute("SELECT count(search_query) FROM events WHERE site_id = 'shop'").fetchall() == [
            (4,)
        ]
    finally:
        con.close()
