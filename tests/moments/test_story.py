"""`hetk story` tells sessions of the golden files in words, with every event in its place."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from collector.datadir import DataDir
from tests.moments import golden
from tests.moments.test_golden import CASES
from warehouse import migrations
from warehouse.cli import main
from warehouse.models import runner
from warehouse.store import open_lake
from warehouse.story_text import text

NAMES = (
    "search_view_add_purchase",
    "looked_at_again_once_bought",
    "article_read_to_the_end",
    "two_articles",
    "all_four",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = DataDir(tmp_path_factory.mktemp("story") / "data")
    data.create()
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    golden.load(con, {name: CASES[name] for name in NAMES})
    con.close()
    return data


def hetk(data: DataDir, *args: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["story", *args, "--data", str(data.root)])
    assert done.exit_code == code, done.output
    return done.output


def test_a_session_is_told_moment_by_moment(data: DataDir) -> None:
    told = hetk(data, "--site", "search_view_add_purchase")
    assert re.search(r"buy  0\.97  red shoes size 42: converted by purchase after 2 min", told)
    assert "search (red shoes size 42), view_item (p1), add_to_cart (p1), view_cart, begin_checkout" in told
    assert "because event:purchase +3.00, event:add_to_cart +2.00, event:begin_checkout +2.00" in told


@pytest.mark.long
def test_a_signal_that_spoke_often_says_how_often(data: DataDir) -> None:
    assert "because page:article x2 +2.40, event:read x2 +1.80" in hetk(data, "--site", "two_articles")


@pytest.mark.long
def test_what_no_moment_holds_is_told_too(data: DataDir) -> None:
    assert "outside of moments: view_item x2 (p1)" in hetk(data, "--site", "looked_at_again_once_bought")


@pytest.mark.long
def test_each_event_is_told_once(data: DataDir) -> None:
    for session in json.loads(hetk(data, "--json")):
        told = [*session["between"], *(step for m in session["moments"] for step in m["steps"])]
        assert len(told) == session["n_events"] == len(CASES[session["site_id"]]["events"])


@pytest.mark.long
def test_one_session_or_one_visitor_is_found_by_its_id(data: DataDir) -> None:
    (one,) = json.loads(hetk(data, "--site", "article_read_to_the_end", "--json"))
    same = json.loads(hetk(data, one["session_id"], "--json"))
    assert one in same
    assert len(json.loads(hetk(data, "v", "--json"))) == len(NAMES)
    assert len(json.loads(hetk(data, "--sample", "--count", "2", "--json"))) == 2


def test_an_unknown_id_says_where_to_look(data: DataDir) -> None:
    said = hetk(data, "nobody", code=1)
    assert "no visitor and no session nobody" in said
    assert "hetk sql" in said


@pytest.mark.long
def test_the_moments_of_one_session_are_asked_by_its_id(data: DataDir) -> None:
    con = open_lake(data, read_only=True)
    query = (
        "SELECT site_id, any_value(session_id), list(moment_id ORDER BY started_at) FROM moments GROUP BY 1"
    )
    expected = con.execute(query).fetchall()
    assert len(expected) == len(NAMES)
    for site, session, moments in expected:
        query = "SELECT n, moment_id, gap_seconds FROM moments_of($1, site := $2) ORDER BY n"
        numbers, found, gaps = zip(*con.execute(query, [str(session), site]).fetchall(), strict=True)
        assert (list(numbers), list(found)) == (list(range(1, len(moments) + 1)), moments)
        assert gaps[0] is None
        assert all(gap >= 0 for gap in gaps[1:])
    assert con.execute("FROM moments_of('none')").fetchall() == []
    con.close()


def wanted(intent: str, state: str, closed_by: str, **more: Any) -> dict[str, Any]:
    """A moment as `stories` tells it, one minute long."""
    started = datetime(2026, 3, 2, 10, 0)
    step = {"event": "view_item", "what": "p1"}
    rest = {"outcome": None, "seconds_to_outcome": None, "topic": None, "evidence": [], "steps": [step]}
    told = {"intent": intent, "state": state, "closed_by": closed_by, "confidence": 0.6}
    return told | {"started_at": started, "ended_at": started + timedelta(minutes=1)} | rest | more


@pytest.mark.parametrize(
    ("moments", "says"),
    [
        ([wanted("buy", "expired", "end")], "buy  0.60  expired, left without an answer"),
        ([wanted("buy", "expired", "idle")], "expired, fell silent"),
        (
            [wanted("know", "expired", "intent"), wanted("buy", "open", "open")],
            "know 0.60  expired, then wanted to buy",
        ),
        (
            [wanted("buy", "abandoned", "topic", outcome="add_to_cart", seconds_to_outcome=90, topic="hats")],
            "hats: abandoned, add_to_cart after 90 s, then turned to something else",
        ),
        (
            [wanted("do", "satisfied", "outcome", outcome="download", seconds_to_outcome=0)] * 3,
            "3 times until 10:01:00: satisfied by download at once",
        ),
    ],
)
def test_the_end_of_a_moment_is_told_in_plain_words(moments: list[dict[str, Any]], says: str) -> None:
    told = text(
        {
            **dict.fromkeys(("device_type", "country", "social_network", "referrer_domain", "social_kind")),
            **{"site_id": "s", "visitor_id": "v", "session_id": "1", "channel": "internal", "n_events": 1},
            **{"started_at": moments[0]["started_at"], "seconds": 60, "moments": moments, "between": []},
        }
    )
    assert says in told
    assert "from the site itself · 1 event in 60 s" in told
    assert told.count("because") == len({moment["intent"] for moment in moments})
