"""A site's tracking plan and what was sent in; the rows it marks out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.load.world import World, body, event, line
from warehouse.load.plan_files import PlanFiles, read_plan

PLAN = """
[events.page_view]
[events.add_to_cart]
required = ["product_id", "price"]
props = { product_id = "string", price = "number", quantity = "integer", tags = "array", note = "object" }
"""
CASES: list[tuple[str, dict[str, Any] | None, bool]] = [
    ("page_view", None, True),
    ("page_view", {"anything": [1]}, True),
    ("pageview", None, False),
    ("add_to_cart", None, False),
    ("add_to_cart", {"product_id": "p"}, False),
    ("add_to_cart", {"product_id": "p", "price": None}, False),
    ("add_to_cart", {"product_id": "p", "price": 2}, True),
    ("add_to_cart", {"product_id": "p", "price": 2.5, "more": True}, True),
    ("add_to_cart", {"product_id": "p", "price": "2.5"}, False),
    ("add_to_cart", {"product_id": 7, "price": 2.5}, False),
    ("add_to_cart", {"product_id": "p", "price": 1, "quantity": 1.5}, False),
    ("add_to_cart", {"product_id": "p", "price": 1, "tags": ["a"], "note": {"b": 1}}, True),
    ("add_to_cart", {"product_id": "p", "price": 1, "tags": "a"}, False),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "data")
    world.data.plans.mkdir()
    return world


@pytest.mark.long
def test_events_off_plan_are_marked_kept_and_counted(world: World) -> None:
    (world.data.plans / "shop.toml").write_text(PLAN)
    events = [event(event=name, props=props or {}) for name, props, _ in CASES]
    world.write(line(body(events)), line(body([event(event="unplanned")]), site="other"))
    world.load()
    found = {str(key): ok for key, ok in world.sql("SELECT event_id, schema_ok FROM events")}
    assert [found[one["id"]] for one in events] == [ok for *_, ok in CASES]
    assert world.one("schema_ok", "site_id = 'other'") is None
    assert world.books() == {"received": 14, "stored": 14, "duplicate": 0, "rejected": 0}


def test_without_the_plan_nothing_is_marked(world: World) -> None:
    world.write(line(body([event(event="pageview")])))
    world.load()
    assert world.one("schema_ok") is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[events", "Expected"),
        (
            "[events.a.props]\nx = 'text'",
            "events.a.props.x: Invalid enum value 'text'; it takes string, integer",
        ),
        ("[events.a]\nrequire = ['x']", "events.a: Object contains unknown field `require`"),
    ],
)
def test_a_broken_plan_is_named_and_loading_goes_on(
    world: World, text: str, complaint: str, caplog: pytest.LogCaptureFixture
) -> None:
    (world.data.plans / "shop.toml").write_text(text)
    world.write(line(body([event(event="pageview")])))
    world.load()
    assert world.one("schema_ok") is None
    assert PlanFiles(world.data.plans).read() == {}
    told = str([vars(record) for record in caplog.records])
    assert "shop.toml" in told
    assert complaint in told


JSON_PLAN = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "mode": "quarantine",
    "events": {
        "page_view": {"description": "a page"},
        "add_to_cart": {
            "type": "object",
            "properties": {
                "product_id": {"type": ["string", "integer"], "title": "which"},
                "price": {"type": ["number", "null"]},
                "note": {},
            },
            "required": ["product_id"],
            "additionalProperties": False,
        },
    },
}


@pytest.mark.long
@pytest.mark.parametrize(
    ("props", "wrong"),
    [
        ({"product_id": 7, "price": 1, "note": [1]}, None),
        ({"product_id": "p", "price": None, "note": {"a": 1}}, None),
        ({"price": 1}, "product_id is missing"),
        ({"product_id": True}, "product_id must be string or integer, not boolean"),
        ({"product_id": "p", "price": "1"}, "price must be number, not string"),
        ({"product_id": "p", "colour": "red"}, "colour is no prop of the plan"),
    ],
)
def test_a_plan_as_json_schema_holds_back_what_breaks_it(
    world: World, props: dict[str, Any], wrong: str | None
) -> None:
    (world.data.plans / "shop.json").write_text(json.dumps(JSON_PLAN))
    world.write(line(body([event(event="add_to_cart", props=props), event()])))
    world.load()
    assert world.sql("SELECT detail FROM events_rejected") == ([(wrong,)] if wrong else [])
    assert world.books()["stored"] == (1 if wrong else 2)


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ({"properties": {"price": {"minimum": 1}}}, "events.a.properties.price: minimum is not supported"),
        ({"oneOf": []}, "events.a: oneOf is not supported; known: additionalProperties"),
        ({"type": "array"}, "events.a.type: Expected object"),
        ({"properties": {"price": {"type": "money"}}}, "money"),
        ([], "events.a: Expected a JSON Schema object"),
    ],
)
def test_a_word_of_json_schema_that_would_be_ignored_is_refused(
    tmp_path: Path, schema: object, complaint: str
) -> None:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps({"events": {"a": schema}}))
    with pytest.raises(ValueError, match=complaint):
        read_plan(path)


def test_a_plan_that_is_broken_by_an_edit_stays_as_it_was(tmp_path: Path) -> None:
    plans, path = PlanFiles(tmp_path), tmp_path / "shop.toml"
    path.write_text(PLAN)
    before = plans.read()["shop"]
    path.write_text(PLAN + "[events")
    assert plans.read()["shop"] is before
    (tmp_path / "shop.json").write_text('{"events": {}}')
    path.unlink()
    assert plans.read()["shop"].events == {}
