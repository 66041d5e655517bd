"""What a viewer is told of a real lake: no answer of any question, tile or story has the id of a visitor in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.people import sign_in
from tests.e2e.server import Server
from tests.warehouse.console.conftest import Reply, ask
from warehouse.console.tiles import tiles
from warehouse.queries import questions


@pytest.fixture(scope="module")
def ids(server: Server) -> set[str]:
    """Of visitors and users; as they stand in JSON."""
    rows = server.rows("SELECT DISTINCT visitor_id AS id FROM ev UNION SELECT DISTINCT user_id FROM ev")
    return {row["id"] for row in rows if row["id"]}


@pytest.fixture(scope="module")
def viewer(server: Server) -> str:
    return sign_in(server, "viewer")


def words(value: Any) -> Iterator[str]:
    """Every text in an answer."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (one for part in value.values() for one in words(part))
    elif isinstance(value, list):
        yield from (one for part in value for one in words(part))


def told(reply: Reply, ids: set[str]) -> set[str]:
    assert reply.status == 200, reply.body
    return ids & set(words(reply.json))


def test_no_question_tells_a_viewer_who(server: Server, viewer: str, ids: set[str]) -> None:
    assert len(ids) > 50
    names = ["moment_stories", "carts_abandoned", "visitor_steps"]
    assert told(ask(server, "/console/api/ask/moment_stories"), ids)  # an admin is told
    for name in names:
        assert told(ask(server, f"/console/api/ask/{name}", Cookie=viewer), ids) == set()
    hidden = ask(server, "/console/api/ask/moment_stories", Cookie=viewer).json
    assert hidden["hidden"] == ["visitor"]
    assert hidden["rows"][0][0] is None
    one = next(iter(ids))
    assert ask(server, f"/console/api/ask/visitor_steps?visitor={one}", Cookie=viewer).status == 403


@pytest.mark.long
def test_no_question_at_all_tells_a_viewer_who(server: Server, viewer: str, ids: set[str]) -> None:
    for name in questions():
        assert (name, told(ask(server, f"/console/api/ask/{name}", Cookie=viewer), ids)) == (name, set())


def test_no_tile_tells_who(server: Server, viewer: str, ids: set[str]) -> None:
    names = [name for name, tile in tiles().items() if tile.least == "viewer"]
    for n in range(0, len(names), 20):
        asked = f"/console/api/tiles?site=shop&range=7d&names={','.join(names[n : n + 20])}"
        reply = ask(server, asked, Cookie=viewer)
        assert told(reply, ids) == set()
        assert [tile for tile in reply.json["tiles"].values() if "error" in tile] == []


def test_a_tile_of_visitors_is_for_analysts(server: Server, viewer: str, ids: set[str]) -> None:
    asked = "/console/api/tiles?site=shop&range=7d&names=visits,visitors"
    assert told(ask(server, asked), ids)
    refused = ask(server, asked, Cookie=viewer)
    assert (refused.status, "analyst" in refused.json["error"]) == (403, True)
    one = next(iter(ids))
    assert ask(server, f"/console/api/visitor?site=shop&visitor={one}", Cookie=viewer).status == 403


def test_a_viewer_reads_a_visit_and_never_a_visitor(server: Server, viewer: str, ids: set[str]) -> None:
    row = server.rows("SELECT session_id, visitor_id FROM moments LIMIT 1")[0]
    session, visitor = row["session_id"], row["visitor_id"]
    door = "/console/api/story?id="
    assert visitor in told(ask(server, door + session), ids)
    shown = ask(server, door + session, Cookie=viewer)
    assert [one["session_id"] for one in shown.json["stories"]] == [session]
    assert told(shown, ids) == set()
    assert ask(server, door + visitor).json["stories"]
    assert ask(server, door + visitor, Cookie=viewer).json["stories"] == []


def test_a_viewer_asks_nothing_freely(server: Server, viewer: str) -> None:
    for path, body in (("schema", None), ("saved", None), ("sql", {"sql": "SELECT 1"})):
        assert ask(server, f"/console/api/{path}", body, Cookie=viewer).status == 403
