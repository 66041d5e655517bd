"""Columns become the fields of events; ids are the same for the same file and row, and only then."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from click import ClickException

from warehouse.replay.batches import Batch, Batcher
from warehouse.replay.mapping import BadRow, Row, RowMapper, read_mapping, row_id

COLUMNS = ["event_time", "event_type", "user_id", "price", "colour"]
WHEN = datetime(2019, 10, 1)


def mapped(
    values: list[Any], columns: list[str] = COLUMNS, sets: tuple[str, ...] = (), maps: tuple[str, ...] = ()
) -> dict[str, Any]:
    mapping = read_mapping(
        columns, maps or ("event_time=ts,event_type=event",), ("event:view=view_item",), sets
    )
    return RowMapper(mapping, columns, b"digest")(0, values).event


def test_maps_renames_and_fills_the_visitor_from_the_user() -> None:
    event = mapped([WHEN, "view", 541312140.0, 35.79, "red"])
    assert event["event"] == "view_item"
    assert event["user"] == event["visitor"] == "541312140"
    assert event["t"] == 1_569_888_000_000
    assert event["props"] == {"price": 35.79}


def test_columns_that_nobody_named_are_left_out_and_told() -> None:
    mapping = read_mapping(COLUMNS, ("event_time=ts,event_type=event",), (), ())
    assert mapping.left_out == ["colour"]


def test_sets_constants_with_commas_and_numbers() -> None:
    event = mapped([WHEN, "view", None, None, None], sets=("url=https://a.example/?b=1,2", "quantity=2"))
    assert event["url"] == "https://a.example/?b=1,2"
    assert event["props"] == {"quantity": 2}


def test_campaign_columns_travel_in_the_address() -> None:
    event = mapped(
        [WHEN, "view", "u", None, "email"], maps=("event_time=ts,event_type=event,colour=utm_medium",)
    )
    assert event["url"] == "?utm_medium=email"


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("/a?b=1", "https://shop.example/a?b=1"),
        ("https://other.example/", "https://other.example/"),
        (None, "https://shop.example/"),
    ],
)
def test_paths_get_the_host_they_belong_to(url: str | None, sent: str) -> None:
    maps = ("event_time=ts,event_type=event,colour=url",)
    event = mapped([WHEN, "view", None, None, url], maps=maps, sets=("url_host=shop.example",))
    assert event["url"] == sent


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (float("nan"), None),
        (2**63, str(2**63)),
        (Decimal("1.10"), Decimal("1.10")),
        ({"a": [1, float("inf")]}, {"a": [1, None]}),
        (WHEN, "2019-10-01 00:00:00"),
    ],
)
def test_values_that_json_cannot_say_are_made_sayable(value: Any, sent: Any) -> None:
    maps = ("event_time=ts,event_type=event,colour=colour",)
    assert mapped([WHEN, "view", None, None, value], maps=maps)["props"]["colour"] == sent


@pytest.mark.parametrize(("values", "reason"), [(["x", "view"], "bad_time"), ([WHEN, None], "event_missing")])
def test_a_row_without_time_or_name_is_a_bad_row(values: list[Any], reason: str) -> None:
    with pytest.raises(BadRow) as caught:
        mapped([*values, None, None, None])
    assert caught.value.reason == reason


def test_equal_rows_have_different_ids_and_the_same_row_always_the_same() -> None:
    first, again, second = (row_id(b"d", n, 1_569_888_000_000) for n in (0, 0, 1))
    assert first == again != second
    assert first != row_id(b"other file", 0, 1_569_888_000_000)
    assert first.version == 8
    assert first.variant == "specified in RFC 4122"
    assert first.int >> 80 == 1_569_888_000_000


@pytest.mark.parametrize(
    ("maps", "map_values", "sets", "says"),
    [
        (("nope=ts",), (), (), "no column nope"),
        (("event_time",), (), (), "NAME=NAME"),
        (("event_time=ts,user_id=ts",), (), (), "two columns for ts"),
        (("event_time=ts",), (), (), "which column is event"),
        (("event_type=event",), (), (), "which column is ts"),
        (("event_time=ts,event_type=event",), ("colour:a=b",), (), "mapped field"),
        (("event_time=ts,event_type=event",), (), ("url",), "NAME=VALUE"),
    ],
)
def test_a_wrong_option_is_told_with_its_fix(
    maps: tuple[str, ...], map_values: tuple[str, ...], sets: tuple[str, ...], says: str
) -> None:
    with pytest.raises(ClickException, match=says):
        read_mapping(COLUMNS, maps, map_values, sets)


def test_a_row_still_held_back_is_never_counted_as_answered() -> None:
    batcher = Batcher()
    sizes: list[int] = []
    agents = ["a", "b"]
    rows = ((n, Row({"n": n}, (None, None, None, agents[n % 2]))) for n in range(2_500))
    for batch in batcher.feed(rows, lambda bad: None):
        sizes.append(len(batch.events))
        held = batcher.lowest_held()
        assert held <= batch.first + 2 * len(batch.events)
    assert sum(sizes) == 2_500
    assert max(sizes) == 500
    assert batcher.lowest_held() == 2_500


def test_the_user_agent_is_in_no_body() -> None:
    batch = Batch(("hi", None, None, "Mozilla/5.0 secret"), 0)
    batch.add(b"{}")
    body = batch.body("sk_1")
    assert b"secret" not in body
    assert b'"lang":"hi"' in body
