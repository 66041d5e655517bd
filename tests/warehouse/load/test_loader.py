"""The loader on journals written by the collector's own writer: every row once, every event in the books."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collector.journal import seal
from tests.warehouse.load.world import NOON, World, body, books, event, hold, line, ms, uuid7
from warehouse.errors import DataDirInUse
from warehouse.load.loader import only_loader
from warehouse.store import open_lake

ROOT = Path(__file__).parents[3]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


def test_fills_the_columns_of_an_event(world: World) -> None:
    props = {
        "query": "red shoes",
        "results": 3,
        "items": [{"item_id": "A1", "item_name": "Shoe", "price": 9.5, "quantity": 2}],
        "currency": "EUR",
        "value": "19.00",
        "colour": "red",
    }
    ctx = {
        "url": "https://www.shop.example/p/1?utm_source=google&utm_medium=cpc&token=x#top",
        "title": "Shoes",
        "lang": "en",
        "ref": "https://www.google.co.in/",
    }
    world.write(
        line(body([event(event="search", seq=7, props=props)], ctx=ctx), co="IN", gs="header", o="Android")
    )
    world.load()
    assert world.books() == books(1, 1)
    assert world.one("event, site_id, visitor_id, client_session_id, session_seq, id_mode") == (
        "search", "shop", "v1", "s1", 7, "first_party",
    )  # fmt: skip
    assert world.one("url_host, url_path, url_query, page_title, page_lang") == (
        "www.shop.example", "/p/1", "utm_source=google&utm_medium=cpc", "Shoes", "en",
    )  # fmt: skip
    assert world.one("referrer_domain, channel, utm_source, device_type, os, country, geo_source") == (
        "google.co.in", "paid_search", "google", "mobile", "Android", "IN", "header",
    )  # fmt: skip
    assert world.one("search_query, search_results") == ("red shoes", 3)
    assert world.one("product_id, price, quantity, currency, value") == (
        "A1", Decimal("9.5000"), Decimal("2.0000"), "EUR", Decimal("19.0000"),
    )  # fmt: skip
    norm, lang, intent, sure, model = world.one(
        "search_norm, search_lang, search_intent, search_confidence, intent_model"
    )
    assert (norm, lang) == ("red shoes", "en")
    assert intent in ("know", "go", "do", "buy", "none")
    assert 0 < sure < 1
    assert model
    items, kept = world.one("items, props")
    assert items[0]["item_name"] == "Shoe"
    assert json.loads(kept) == {"colour": "red"}


def test_keeps_props_of_a_value_that_does_not_fit(world: World) -> None:
    world.write(line(body([event(props={"price": "abc", "product_id": "A"})])))
    world.load()
    schema_ok, price, product, props = world.one("schema_ok, price, product_id, props")
    assert (schema_ok, price, product) == (None, None, "A"), "no plan, nothing broken"
    assert json.loads(props) == {"price": "abc", "product_id": "A"}


def test_a_currency_is_three_letters_or_none(world: World) -> None:
    items = [{"item_id": "A", "currency": "sek"}]
    sent: list[dict[str, Any]] = [
        {"currency": "eur"},
        {"currency": "5"},
        {"currency": "eurocent"},
        {"currency": ""},
        {"items": items},
    ]
    world.write(line(body([event(seq=n, props={"value": 2, **props}) for n, props in enumerate(sent)])))
    world.load()
    rows = world.sql("SELECT currency, value, props FROM events ORDER BY session_seq")
    assert [(currency, value) for currency, value, _ in rows] == [
        (name, Decimal("2.0000")) for name in ("EUR", None, None, None, "SEK")
    ]
    assert [props and json.loads(props) for _, _, props in rows] == [
        None, *({"value": 2, **props} for props in sent[1:4]), None,
    ]  # fmt: skip


def test_stores_a_resent_event_once(world: World) -> None:
    batch = body([event(), event()])
    world.write(line(batch), line(batch))
    world.load()
    world.write(line(batch, received=NOON + timedelta(minutes=3)))
    world.load()
    assert world.books() == books(6, 2, duplicate=4)


def test_counts_an_event_once_that_came_twice_and_is_stored(world: World) -> None:
    batch = body([event(), event()])
    world.write(line(batch))
    world.load()
    world.write(line(batch), line(batch))
    world.load()
    assert world.books() == books(6, 2, duplicate=4)


def test_same_id_on_two_sites_is_two_events(world: World) -> None:
    batch = body([event()])
    world.write(line(batch, site="a"), line(batch, site="b"))
    world.load()
    assert world.books() == books(2, 2)


@pytest.mark.long
@pytest.mark.parametrize(
    "event_id",
    [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        str(uuid.uuid4()),
        uuid7(ms(datetime(2099, 1, 1, tzinfo=UTC))),
        uuid7(ms(datetime(1999, 1, 1, tzinfo=UTC))),
        uuid7(ms(NOON - timedelta(days=20))),
    ],
    # Named, for the ids are new in each process and workers must collect the same tests.
    ids=["zeros", "ones", "version_4", "year_2099", "year_1999", "twenty_days_old"],
)
def test_stores_a_forged_id_once(world: World, event_id: str) -> None:
    batch = body([event() | {"id": event_id}, event()])
    world.write(line(batch))
    world.load()
    world.write(line(batch, received=NOON + timedelta(hours=30)))
    world.load()
    assert world.books() == books(4, 2, duplicate=2)


@pytest.mark.long
def test_stores_late_events_once_on_their_own_days(world: World) -> None:
    old = [event(ms(NOON - timedelta(days=days))) for days in range(0, 30, 3)]
    for _ in range(2):
        world.write(line(body(old)))
        world.load()
    assert world.books() == books(20, 10, duplicate=10)
    assert world.sql("SELECT count(DISTINCT ts::DATE) FROM events") == [(10,)]


@pytest.mark.long
def test_replayed_history_keeps_its_times_and_is_stored_once(world: World) -> None:
    then = datetime(2019, 10, 1, tzinfo=UTC)
    rows = [event(ms(then + timedelta(hours=n)), visitor=f"u{n}") for n in range(100)]
    for _ in range(2):
        world.write(line(body(rows, history=True), a="server"))
        world.load()
    assert world.books() == books(200, 100, duplicate=100)
    assert world.sql("SELECT min(ts), max(ts_mark), count(DISTINCT visitor_id) FROM events") == [
        (then.replace(tzinfo=None), "history", 100)
    ]


def test_history_needs_a_server_key(world: World) -> None:
    world.write(line(body([event(ms(datetime(2019, 10, 1, tzinfo=UTC)))], history=True)))
    world.load()
    assert world.one("ts_mark, ts") == ("clamped_past", (NOON - timedelta(days=31)).replace(tzinfo=None))


@pytest.mark.long
@pytest.mark.parametrize(
    ("at", "mark"), [(-(2**62), "clamped_past"), (2**62, "clamped_future"), (0, "clamped_past"), (ms(), None)]
)
def test_clamps_absurd_times(world: World, at: int, mark: str | None) -> None:
    batch = body([event() | {"t": at}])
    for day in (0, 1):
        world.write(line(batch, received=NOON + timedelta(days=day)))
        world.load()
    assert world.one("ts_mark") == mark
    assert world.books() == books(2, 1, duplicate=1)


@pytest.mark.long
def test_corrects_a_wrong_clock_by_the_session_median(world: World) -> None:
    wrong = timedelta(hours=5)
    for n, delay in enumerate((0, 0, 40)):  # the third batch was held up for 40 s
        at = NOON + timedelta(minutes=n)
        sent = ms(at - wrong)
        world.write(line(body([event(sent, seq=n)], sent=sent), received=at + timedelta(seconds=delay)))
    world.load()
    late = body([event(ms(NOON - wrong), seq=9)], sent=ms(NOON - wrong), deferred=True)
    world.write(line(late, received=NOON + timedelta(hours=2)))
    world.load()
    corrected = world.sql("SELECT ts FROM events WHERE ts_mark IS NULL ORDER BY session_seq")
    assert corrected == [((NOON + timedelta(minutes=n)).replace(tzinfo=None),) for n in range(3)]
    assert world.one("ts", "ts_mark = 'deferred'") == (NOON - wrong).replace(tzinfo=None)


@pytest.mark.long
def test_knows_a_senders_clock_again_after_a_restart(world: World) -> None:
    wrong = timedelta(hours=5)
    for n, delay in enumerate((0, 0, 40)):  # each load is a loader of its own; the third batch was held up
        at = NOON + timedelta(minutes=n)
        sent = ms(at - wrong)
        world.write(line(body([event(sent, seq=n)], sent=sent), received=at + timedelta(seconds=delay)))
        world.load()
    times = world.sql("SELECT ts FROM events ORDER BY session_seq")
    assert times == [((NOON + timedelta(minutes=n)).replace(tzinfo=None),) for n in range(3)]


def test_stores_nothing_but_the_change_when_consent_is_refused(world: World) -> None:
    refused = body(
        [event(props={"email": "a@b.de"}), event(event="consent_changed", user="u1", visitor="v9")],
        ctx={"user": "u1", "consent": {"analytics": False}},
    )
    world.write(line(refused, rejected=[{"i": 2, "id": uuid7(ms()), "reason": "bad_event", "raw": "u1 v9"}]))
    world.load()
    assert world.books() == books(3, 1, rejected=2)
    assert world.one("event, visitor_id, user_id, client_session_id, id_mode") == (
        "consent_changed", None, None, None, None,
    )  # fmt: skip
    assert world.sql("SELECT reason, event_id, raw FROM events_rejected ORDER BY reason") == [
        ("bad_event", None, None),
        ("consent_denied", None, None),
    ]


def test_names_a_cookieless_visitor_by_the_collectors_hash(world: World) -> None:
    quiet = body([event()], ctx={"visitor": None, "mode": "cookieless", "consent": {}})
    world.write(line(quiet))
    world.load()
    assert world.one("visitor_id, id_mode") == ("hash-today", "cookieless")


@pytest.mark.long
def test_keeps_yesterdays_id_while_a_visit_goes_over_midnight(world: World) -> None:
    midnight = datetime(2026, 11, 21, tzinfo=UTC)

    def view(minutes: int, **meta: Any) -> bytes:
        at = midnight + timedelta(minutes=minutes)
        batch = body([event(ms(at))], sent=ms(at), ctx={"visitor": None, "mode": "cookieless", "consent": {}})
        return line(batch, received=at, **meta)

    both = {"v": "new", "v2": "old"}
    world.write(view(-10, v="old"))
    world.load()
    world.write(view(15, **both), view(40, **both), view(75, **both), view(80, **both))
    world.write(view(5, v="new2", v2="old2"), worker="w1")
    world.load()
    ids = world.sql("SELECT visitor_id FROM events ORDER BY ts")
    assert [name for (name,) in ids] == ["old", "new2", "old", "old", "new", "new"]


@pytest.mark.long
def test_masks_what_is_personal(world: World) -> None:
    props = {
        "query": "mail a@b.de 4111 1111 1111 1111",
        "note": "call +49 170 1234567 or 98765432101",
        "email": "x@y.de",
        "when_ms": 1795000000123,
        "geo": {"lat": 59.437, "lon": 24.7536},
    }
    ctx = {"url": "https://s.example/u/me%40x.de?q=me%40x.de&session=1", "title": "hello a@b.de"}
    bad = [
        {
            "i": 1,
            "id": None,
            "reason": "bad_event",
            "detail": "d",
            "raw": '{"email":"q@q.de","note":"r@r.de"}',
        }
    ]
    world.write(line(body([event(event="search", props=props)], ctx=ctx), rejected=bad))
    world.load()
    assert world.one("search_query, page_title, url_path, url_query, geohash5, geo_source") == (
        "mail [email] [card]", "hello [email]", "/u/[email]", "q=%5Bemail%5D", "ud9d5", "consented_gps",
    )  # fmt: skip
    assert json.loads(world.one("props")) == {"note": "call [phone] or [digits]", "when_ms": 1795000000123}
    assert world.sql("SELECT raw FROM events_rejected") == [('{"note":"[email]"}',)]


def test_hetks_own_limits_are_nobodys_number(world: World) -> None:
    details = [
        "t: Expected `int` <= 4611686018427387904",
        "seq: Expected `int` <= 9007199254740992",
        "call 0123456789",
    ]
    bad = [{"i": n, "id": None, "reason": "bad_event", "detail": detail} for n, detail in enumerate(details)]
    world.write(line(body([event()]), rejected=bad))
    world.load()
    told = [detail for (detail,) in world.sql("SELECT detail FROM events_rejected")]
    assert sorted(told) == sorted([*details[:2], "call [digits]"])


def test_a_poison_event_costs_itself_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    bad = event() | {"t": "yesterday"}
    good = [line(body([event()])) for _ in range(20)]
    world.write(*good[:10], line(body([event(), bad, event()])), *good[10:])
    world.load()
    assert world.books() == books(23, 22, rejected=1)
    reason, status, raw = world.sql("SELECT reason, status, raw FROM events_rejected")[0]
    assert (reason, status) == ("poison", "quarantined")
    assert json.loads(raw)["t"] == "yesterday"
    logged = [vars(record) for record in caplog.records]
    assert logged
    assert "yesterday" not in str(logged), "what somebody sent is in the log"


def test_a_line_that_is_no_json_costs_itself_alone(world: World) -> None:
    world.write(line(body([event()])), seal(b'"r":1,"k":"shop","n":1,"m":{},"b":{]}'), line(body([event()])))
    world.load()
    assert world.books() == books(3, 2, rejected=1)


@pytest.mark.long
def test_what_only_duckdb_refuses_is_loaded_re_encoded(world: World) -> None:
    raw = json.dumps(body([event() | {"t": 1795000000001}])).replace('"deferred"', "")
    twice = raw.replace('"v": 1', '"v": 1, "deferred": null, "deferred": false').encode()
    assert msgspec.json.decode(twice)
    world.write(line(twice))
    world.load()
    assert world.books() == books(1, 1)


def test_waits_for_a_segment_that_is_still_written(world: World) -> None:
    path = world.write(line(body([event()])))
    writer = hold(path)
    world.load()
    assert path.exists()
    writer.write(line(body([event()])))
    writer.flush()
    world.load()
    writer.close()
    world.load()
    assert not path.exists()
    assert world.books() == books(2, 2)


def test_refuses_a_newer_journal_by_name_and_loads_the_rest(world: World) -> None:
    newer = world.data.journal / "w9-0000000000001-aaaaaa.hj"
    newer.write_bytes(seal(b'"h":{"format":2,"worker":"w9"}}') + line(body([event()])))
    world.write(line(body([event()])))
    steps = world.load()
    assert newer.name in steps[0].refused_segments[0]
    assert newer.exists()
    assert world.books() == books(1, 1)


def test_archives_segments_when_asked(world: World) -> None:
    path = world.write(line(body([event()])))
    world.load(archive=world.data.root / "archive")
    assert not path.exists()
    assert (world.data.root / "archive" / path.name).exists()


def test_skips_a_tail_cut_at_every_byte(world: World) -> None:
    last = line(body([event()]))
    for cut in range(0, len(last), 37):
        world.write(line(body([event()])), tail=last[:cut])
    steps = world.load()
    count = len(range(0, len(last), 37))
    assert world.books() == books(count, count)
    assert sum(step.torn_bytes for step in steps) == sum(range(0, len(last), 37))
    assert not list(world.data.journal.glob("*.hj"))


@pytest.mark.long
def test_a_flipped_bit_costs_its_line_and_no_other(world: World) -> None:
    """500 segments of four lines, one bit of each flipped: which event is lost is known beforehand."""
    dice = random.Random(7)
    lost: set[str] = set()
    kept: set[str] = set()
    damaged: set[str] = set()
    torn_bytes = 0
    for _ in range(500):
        events = [event(seq=n) for n in range(4)]
        lines = [line(body([one])) for one in events]
        path = world.write(*lines)
        hit = dice.randrange(4)
        at = dice.randrange(len(lines[hit]))
        flipped = bytearray(lines[hit])
        flipped[at] ^= 1 << dice.randrange(8)
        whole = b"".join(lines)
        path.write_bytes(path.read_bytes().removesuffix(whole) + whole.replace(lines[hit], flipped))
        kept |= {one["id"] for n, one in enumerate(events) if n != hit}
        at_end = at == len(flipped) - 1
        if at_end and hit == 3:  # no newline: a write that was cut off
            torn_bytes += len(flipped)
        elif not at_end:
            damaged.add(path.name)
        # A damaged newline glues two lines together: the loader tells them apart again.
        (kept if at_end and hit < 3 else lost).add(events[hit]["id"])
    steps = world.load()
    assert {str(found) for (found,) in world.sql("SELECT event_id FROM events")} == kept
    assert len(lost) == 2000 - len(kept)
    assert sum(step.torn_bytes for step in steps) == torn_bytes > 0
    told = world.sql("SELECT DISTINCT segment, reason FROM events_rejected")
    assert set(told) == {(name, "journal_damaged") for name in damaged}
    world.books()


@pytest.mark.long
def test_small_slices_give_the_same_rows(world: World) -> None:
    for worker in ("w0", "w1"):
        world.write(*[line(body([event(seq=n)])) for n in range(100)], worker=worker)
    steps = world.load(slice_bytes_max=5000)
    assert len(steps) > 10
    assert world.books() == books(200, 200)


KILLER = """
import os, signal, sys
from pathlib import Path
from collector.datadir import DataDir
from warehouse import migrations
from warehouse.load.loader import Loader
from warehouse.store import open_lake
data, point, times = DataDir(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
seen = 0
def at(name):
    global seen
    seen += name == point
    if seen == times and name == point:
        os.kill(os.getpid(), signal.SIGKILL)
con = open_lake(data, threads=1)
migrations.migrate(con)
loader = Loader(con, data, slice_bytes_max=6000, at=at)
while loader.step() is not None:
    pass
"""
POINTS = ("read", "staged", "deduped", "inserted", "synced", "committed", "before removing", "settled")


GATE_POINTS = ("inserted", "committed")


@pytest.mark.parametrize(
    "point", [pytest.param(p, marks=() if p in GATE_POINTS else pytest.mark.long) for p in POINTS]
)
def test_loses_and_doubles_nothing_when_killed(world: World, point: str) -> None:
    for worker in ("w0", "w1"):
        world.write(*[line(body([event(seq=n), event()])) for n in range(25)], worker=worker)
    for times in (1, 2):
        killed = subprocess.run(
            [sys.executable, "-c", KILLER, str(world.data.root), point, str(times)],
            cwd=ROOT, timeout=60, capture_output=True, text=True,
        )  # fmt: skip
        assert killed.returncode == -9, killed.stderr
    world.load()
    assert world.books() == books(100, 100)
    assert not list(world.data.journal.glob("*.hj"))


def test_a_second_loader_is_told_who_the_first_is(world: World) -> None:
    program = (
        "import sys; from pathlib import Path; from collector.datadir import DataDir\n"
        "from warehouse.load.loader import only_loader\n"
        "with only_loader(DataDir(Path(sys.argv[1]))): print('mine', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", program, str(world.data.root)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert first.stdout is not None
    assert first.stdin is not None
    try:
        assert first.stdout.readline() == b"mine\n"
        with pytest.raises(DataDirInUse, match=f"process {first.pid} "), only_loader(world.data):
            pass
    finally:
        first.stdin.close()
        first.stdout.close()
        first.wait(60)
    with only_loader(world.data):
        pass


@pytest.mark.long
def test_a_relative_data_directory_keeps_its_files_and_may_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    world = World(Path("data"))
    world.write(line(body([event() for _ in range(3)])))
    world.load()
    with closing(open_lake(world.data)) as con:
        con.execute("CALL ducklake_delete_orphaned_files('lake', cleanup_all => true)")
    assert world.books() == books(3, 3)
    Path("data").rename("elsewhere")
    monkeypatch.chdir("/")
    moved = World(tmp_path / "elsewhere")
    assert moved.sql("SELECT event FROM events") == [("page_view",)] * 3


def test_events_name_their_own_people_with_a_server_key_alone(world: World) -> None:
    mine: dict[str, Any] = {"visitor": "v9", "user": "u9", "session": "s9"}
    world.write(line(body([event(**mine)])), line(body([event(**mine)]), a="server"))
    world.load()
    found = world.sql(
        "SELECT visitor_id, user_id, client_session_id, id_mode FROM events ORDER BY visitor_id"
    )
    assert found == [("v1", None, "s1", "first_party"), ("v9", "u9", "s9", "user")]


@pytest.mark.long
def test_where_a_restart_goes_on_stands_in_the_books(world: World) -> None:
    writing = hold(world.write(line(body([event(), event()]))))
    world.load()
    for _ in range(2):  # a line that carries no event moves the place on too
        with Path(writing.name).open("ab") as file:
            file.write(line(body([])))
        world.load()
    writing.close()
    [(positions,)] = world.sql("SELECT positions FROM loads ORDER BY rowid DESC LIMIT 1")
    path = Path(writing.name)
    assert positions == [{"segment": path.name, "offset": path.stat().st_size}]
    con = open_lake(world.data, threads=1)
    con.execute("CALL ducklake_merge_adjacent_files('lake', 'loads')")
    con.close()
    assert world.load() == []  # it is closed now, and removed without being read again
    assert world.books() == books(2, 2)
