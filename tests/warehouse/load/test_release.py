"""Events held back by a site's plan: counted, kept as they may be kept, released exactly once."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import hetk
from tests.warehouse.load.world import NOON, World, body, books, event, line, ms
from warehouse.ingest import Ingest
from warehouse.load.books import read_books
from warehouse.load.quarantine import kept_address

PLAN = """
mode = "quarantine"
[events.page_view]
[events.add_to_cart]
required = ["product_id"]
props = { product_id = "string", price = "number" }
"""
LOOSE = PLAN.replace("quarantine", "observe")
# What the loader works out anew for a released event must be what it would have stored at once.
ALL = "SELECT * EXCLUDE (event_id) FROM events ORDER BY event, price, ts"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "data")
    world.data.plans.mkdir()
    plan(world, PLAN)
    return world


def plan(world: World, text: str) -> None:
    (world.data.plans / "shop.toml").write_text(text)


def adds(*prices: Any, **fields: Any) -> list[dict[str, Any]]:
    return [
        event(event="add_to_cart", props={"product_id": "p", "price": price}, **fields) for price in prices
    ]


def release(world: World, *options: str) -> dict[str, Any]:
    done = hetk("rejected", "release", "--data", world.data.root, "--json", *options)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.long
def test_what_breaks_the_plan_is_held_back_and_counted(world: World) -> None:
    world.write(
        line(body([event(), *adds(2, "2.50"), event(event="other")])), line(body(adds("x")), site="blog")
    )
    world.load()
    assert world.books() == books(5, 3, rejected=2)
    held = world.sql("SELECT reason, detail, status, raw FROM events_rejected ORDER BY detail")
    assert [row[:3] for row in held] == [
        ("off_plan", "other is no event of the plan", "quarantined"),
        ("off_plan", "price must be number, not string", "quarantined"),
    ]
    assert json.loads(held[1][3]) == {"event": "add_to_cart", "props": {"product_id": "p", "price": "2.50"}}
    assert read_books(world.data).rejected == {("shop", "off_plan"): 2}


@pytest.mark.long
def test_a_repaired_event_is_stored_once_as_if_it_had_come_so(world: World, tmp_path: Path) -> None:
    at = ms(NOON - timedelta(hours=30))
    batch: dict[str, Any] = {
        "lib": "hetk-js/9",
        "ctx": {
            "user": "u7",
            "url": "https://shop.example/p/1?utm_source=ads&gclid=abc&token=secret#/x?y=1",
            "ref": "https://www.facebook.com/groups/42?fbclid=q",
            "title": "Tea for a@b.de",
            "lang": "hi",
            "tz": "Asia/Kolkata",
        },
    }
    good, bad = adds(2.5, at_ms=at, seq=3, title="own"), adds("2.5", at_ms=at, seq=3, title="own")
    where: Any = {"co": "IN", "d": "mobile", "o": "Android", "bot": "crawler"}
    cookieless: Any = {"ctx": {"visitor": None, "mode": "cookieless", "consent": {}}}
    twin = World(tmp_path / "twin")
    twin.data.plans.mkdir()
    plan(twin, PLAN)
    for each, events in ((world, bad), (twin, good)):
        each.write(
            line(body(events, **batch), **where),
            line(body(adds(*[one["props"]["price"] for one in events]), **cookieless)),
        )
        each.load()
    assert world.books() == books(2, 0, rejected=2)
    text = str(world.sql("SELECT raw, context FROM events_rejected"))
    for secret in ("secret", "abc", "a@b.de", "fbclid=q"):
        assert secret not in text
    assert release(world, "--site", "shop", "--set", "price=2.5") == {"stored": 2, "duplicate": 0, "held": {}}
    assert world.books() == books(2, 2)
    assert world.sql(ALL) == twin.sql(ALL)
    assert release(world, "--site", "shop", "--set", "price=2.5") == {"stored": 0, "duplicate": 0, "held": {}}
    assert world.books() == books(2, 2)
    found = world.sql("SELECT raw, context, status FROM events_rejected")
    assert found == [(None, None, "released")] * 2


@pytest.mark.long
def test_what_is_still_off_plan_stays_and_an_event_stored_already_is_a_duplicate(world: World) -> None:
    again = adds("1")
    world.write(line(body([*again, *adds("2", [3])])), line(body(again)))
    world.load()
    assert world.books() == books(4, 0, rejected=4)
    ids = [str(one["id"]) for one in again]
    assert release(world, "--id", ids[0], "--set", "price=1") == {"stored": 1, "duplicate": 1, "held": {}}
    assert world.books() == books(4, 1, duplicate=1, rejected=2)
    done = release(world, "--reason", "off_plan")
    assert done["held"] == {"price must be number, not string": 1, "price must be number, not array": 1}
    assert world.books() == books(4, 1, duplicate=1, rejected=2)
    plan(world, LOOSE)
    assert release(world, "--event", "add_to_cart")["stored"] == 2
    assert world.books() == books(4, 3, duplicate=1)
    assert world.sql("SELECT count(*) FROM events WHERE schema_ok IS FALSE") == [(2,)]


@pytest.mark.long
def test_a_dry_run_changes_nothing_and_an_empty_choice_is_wrong_usage(world: World) -> None:
    world.write(line(body(adds("1"))))
    world.load()
    assert release(world, "--site", "shop", "--set", "price=1", "--dry-run")["stored"] == 1
    assert world.books() == books(1, 0, rejected=1)
    done = hetk("rejected", "release", "--data", world.data.root, check=False)
    assert done.returncode == 2
    assert "--site" in done.stderr


@pytest.mark.long
def test_plans_change_and_events_are_released_beside_a_running_loader(world: World) -> None:
    ingest = Ingest(world.data)
    ingest.start()
    try:
        world.write(line(body(adds("1"))))
        wait(world, books(1, 0, rejected=1))
        plan(world, LOOSE)
        world.write(line(body(adds("2"))))
        wait(world, books(2, 1, rejected=1))
        plan(world, PLAN + " \n")
        world.write(line(body(adds("3"))))
        wait(world, books(3, 1, rejected=2))
        assert release(world, "--site", "shop", "--set", "price=3")["stored"] == 2
        assert world.books() == books(3, 3)
        world.write(line(body(adds(4))))
        wait(world, books(4, 4))
        assert ingest.state.error is None
    finally:
        ingest.stop()
        ingest.join()


def wait(world: World, wanted: dict[str, int]) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            if world.books() == wanted:
                return
        except Exception as error:  # noqa: BLE001 the lake is not made yet
            assert time.monotonic() < until, error
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (
            "https://u:p@shop.example/a/b?q=tea&x=1&GCLID=z&utm_source=n",
            "https://shop.example/a/b?q=tea&utm_source=n&GCLID=-",
        ),
        ("https://shop.example/#/route?secret=1", "https://shop.example/#/route"),
        ("https://shop.example/mail/a@b.de#top", "https://shop.example/mail/[email]"),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_an_address_keeps_what_events_keep(url: str, kept: str) -> None:
    assert kept_address(url) == kept
