"""Whoever is not the person loses nothing: not a row, not a rejected event, not a line of the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.warehouse.load.world import World, body, event, hold, line
from warehouse import migrations
from warehouse.cli import main
from warehouse.load.loader import Loader, loaded_positions
from warehouse.models import runner
from warehouse.privacy.forget import Forgotten, Kind, forget
from warehouse.privacy.person import Person
from warehouse.privacy.proof import find
from warehouse.privacy.purge import purging, to_the_end
from warehouse.store import open_lake

EVENTS = "SELECT * FROM events ORDER BY event_id"
REJECTED = "SELECT reason, event_id, detail, raw FROM events_rejected ORDER BY ALL"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("HETK_TOMBSTONE_KEY", str(tmp_path / "elsewhere" / "tombstone.key"))
    return World(tmp_path / "data")


def load(world: World) -> None:
    world.load(archive=world.data.root / "archive")


def erase(world: World, kind: Kind, identity: str) -> Forgotten:
    con = open_lake(world.data, threads=1)
    try:
        migrations.migrate(con)
        runner.build(con)
        loader = Loader(con, world.data, archive=world.data.root / "archive")
        done = forget(con, world.data, loader, "shop", kind, identity)
    finally:
        con.close()
    assert find(world.data, [done.person]) == []
    return done


def rebuilt(world: World, target: Path) -> World:
    done = CliRunner().invoke(main, ["rebuild", str(target), "--data", str(world.data.root)])
    assert done.exit_code == 0, done.output
    new = World(target)
    assert new.sql(EVENTS) == world.sql(EVENTS)
    return new


def server_line(*events: dict[str, Any], **fields: Any) -> bytes:
    """A back end's batch, which names the person on each event."""
    return line(body(list(events), ctx={"visitor": None, "session": None}, **fields), a="server", v=None)


def test_of_a_batch_of_many_people_one_goes_and_the_others_load_into_the_same_rows(
    world: World, tmp_path: Path
) -> None:
    mixed = server_line(
        event(user="customer-1", visitor="d1", props={"note": "of customer-1"}),
        event(
            user="customer-12",
            visitor="d12",
            props={"product_id": "customer-1", "price": 1.50, "big": 10**25},
        ),
        event(user="customer-2", props={"items": [{"item_id": "customer-1"}], "who": "customer-1"}),
        event(user="customer-1", visitor="d1"),
    )
    own = line(body([event(props={"n": 1})], ctx={"visitor": "d1", "user": "customer-1"}))
    world.write(mixed, own, line(body([event()], ctx={"visitor": "customer-12"})))
    load(world)
    before = world.sql("SELECT * FROM events WHERE user_id IS DISTINCT FROM 'customer-1' ORDER BY event_id")
    assert len(before) == 3
    done = erase(world, "user", "customer-1")
    assert (done.events, done.lines, done.person) == (3, 2, Person("shop", ("d1",), ("customer-1",)))
    assert world.sql(EVENTS) == before
    sums = "(SELECT sum(stored) FROM loads), (SELECT sum(n_events) FROM deletions)"
    assert world.sql(f"SELECT {sums}, (SELECT count(*) FROM events)") == [(6, 3, 3)]
    assert rebuilt(world, tmp_path / "new").books() == {
        "received": 3, "stored": 3, "duplicate": 0, "rejected": 0,
    }  # fmt: skip


@pytest.mark.long
def test_the_same_id_on_another_site_and_as_another_kind_is_somebody_else(
    world: World, tmp_path: Path
) -> None:
    world.write(
        line(body([event()], ctx={"visitor": "customer-1"})),
        line(body([event()], ctx={"visitor": "customer-1"}), site="club"),
        line(body([event()], ctx={"visitor": "d9", "user": "customer-1"})),
    )
    load(world)
    assert erase(world, "visitor", "customer-1").events == 1
    rows = "SELECT site_id, visitor_id, user_id FROM events ORDER BY ALL"
    assert world.sql(rows) == [("club", "customer-1", None), ("shop", "d9", "customer-1")]
    rebuilt(world, tmp_path / "new")


@pytest.mark.long
def test_rejected_events_of_others_keep_their_text(world: World, tmp_path: Path) -> None:
    raws = [
        '{"event":"view","visitor":"customer-12","props":{"product_id":"customer-1"}}',
        '{"event":"view","visitor":"customer-12"',
        '{"event":"view","visitor":"customer-1"}',
        '{"visitor":"customer-1',
        '{"visitor":"customer-3","visitor":"custo\\u006der-1"}',
    ]
    bad = [
        {"i": n, "id": None, "reason": "bad_event", "detail": f"{n}", "raw": raw}
        for n, raw in enumerate(raws)
    ]
    world.write(
        line(body([event(visitor="customer-4")], ctx={"visitor": None}), rejected=bad, a="server", v=None)
    )
    load(world)
    assert erase(world, "visitor", "customer-1").events == 0
    kept = [("bad_event", None, None, None)] * 3
    assert world.sql(REJECTED) == [
        ("bad_event", None, "0", raws[0]),
        ("bad_event", None, "1", raws[1]),
        *kept,
    ]
    assert rebuilt(world, tmp_path / "new").sql(REJECTED) == world.sql(REJECTED)


@pytest.mark.long
def test_an_id_that_counted_for_nothing_goes_alone(world: World, tmp_path: Path) -> None:
    """With a public key an event cannot name its person; who says no is stored without a name."""
    no = {"visitor": "customer-1", "user": "customer-1", "consent": {"analytics": False}}
    world.write(
        line(
            body([event(visitor="customer-1", props={"who": "customer-1"})], ctx={"visitor": "customer-12"})
        ),
        line(body([event(event="consent_changed"), event(props={"secret": "customer-1"})], ctx=no)),
        line(body([event()], ctx={"visitor": "other", "session": "customer-1"}), v="customer-1"),
    )
    load(world)
    before = world.sql(EVENTS)
    done = erase(world, "visitor", "customer-1")
    assert (done.events, done.lines) == (0, 3)
    assert world.sql(EVENTS) == before
    new = rebuilt(world, tmp_path / "new")
    assert new.books() == world.books()
    assert b"secret" not in b"".join(path.read_bytes() for path in (world.data.root / "archive").iterdir())


@pytest.mark.long
def test_of_two_daily_hashes_the_one_that_is_left_holds(world: World, tmp_path: Path) -> None:
    hashed = {"visitor": None, "mode": "cookieless"}
    world.write(
        line(body([event()], ctx=hashed), v="hash-old"),
        line(body([event()], ctx=hashed), v="hash-new", v2="hash-old"),  # goes on under hash-old
        line(body([event()], ctx=hashed), v="hash-2nd", v2="hash-1st"),  # a new visit: hash-2nd
    )
    load(world)
    assert erase(world, "visitor", "hash-new").events == 0
    rebuilt(world, tmp_path / "new")
    assert erase(world, "visitor", "hash-1st").events == 0
    rebuilt(world, tmp_path / "newer")
    assert erase(world, "visitor", "hash-old").events == 2
    assert len(rebuilt(world, tmp_path / "newest").sql(EVENTS)) == 1


@pytest.mark.long
def test_a_shared_device_keeps_its_clock(world: World, tmp_path: Path) -> None:
    """Its sender's clock is wrong by a median over all batches of a session, the erased user's among them."""

    def visit(sent: int, **who: str) -> bytes:
        at = 1_795_176_000_000 - sent
        return line(
            body([event(at, url="https://shop.example/secret")], sent=at, ctx={"visitor": "till", **who})
        )

    world.write(visit(60_000), visit(90_000, user="one"), visit(95_000, user="one"), visit(0, user="two"))
    load(world)
    assert erase(world, "user", "one").person == Person("shop", (), ("one",))
    rebuilt(world, tmp_path / "new")


@pytest.mark.long
def test_lines_that_nobody_can_read_go_whole_beside_lines_that_stay(world: World, tmp_path: Path) -> None:
    good = line(body([event()], ctx={"visitor": "customer-12"}))
    glued = line(body([event()], ctx={"visitor": "customer-3"}))[:-1] + b"#"
    broken = line(body([event()], ctx={"visitor": "customer-1"})).replace(b"page_view", b"page_vieX")
    foreign = line(body([event()], ctx={"visitor": "customer-123"})).replace(b"page_view", b"page_vieX")
    world.write(broken, good, glued + broken, foreign, tail=b'{"c":"half of customer-1')
    load(world)
    before = world.sql(EVENTS)
    assert len(before) == 2
    erase(world, "visitor", "customer-1")
    assert world.sql(EVENTS) == before
    texts = world.sql("SELECT raw FROM events_rejected WHERE raw IS NOT NULL")
    assert [b"customer-123" in text.encode() for (text,) in texts] == [True]
    assert rebuilt(world, tmp_path / "new").books() == world.books()


@pytest.mark.long
def test_what_comes_late_leaves_the_archive_at_night(world: World, tmp_path: Path) -> None:
    person = Person("shop", ("customer-1",))
    world.write(line(body([event()], ctx={"visitor": "customer-1"})), line(body([event()])))
    load(world)
    erase(world, "visitor", "customer-1")
    world.write(
        server_line(event(visitor="customer-1"), event(visitor="customer-12")),
        line(body([event()], ctx={"visitor": "customer-1"})),
    )
    load(world)
    assert find(world.data, [person])
    con = open_lake(world.data, threads=1)
    try:
        assert to_the_end(purging(con, world.data, loaded_positions(con))) == [person]
    finally:
        con.close()
    assert find(world.data, [person]) == []
    assert len(rebuilt(world, tmp_path / "new").sql(EVENTS)) == 2


@pytest.mark.long
def test_a_segment_that_is_still_written_is_archived_without_the_person(world: World, tmp_path: Path) -> None:
    path = world.write(line(body([event()], ctx={"visitor": "customer-1"})), line(body([event()])))
    writing = hold(path)
    load(world)
    assert erase(world, "visitor", "customer-1").lines == 1
    writing.close()
    load(world)
    assert (world.data.root / "archive" / path.name).exists()
    assert len(rebuilt(world, tmp_path / "new").sql(EVENTS)) == 1
