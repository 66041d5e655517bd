"""What is told of a change, and what is left to chance."""

from __future__ import annotations

from typing import Any

from warehouse.console.changes import changes


def _answers(shares: list[Any] = [], searches: list[Any] = [], channels: list[Any] = []) -> dict[str, Any]:  # noqa: B006
    return {
        "answered_by_lang": {
            "columns": ["period", "intent", "topic_lang", "moments", "answered"],
            "rows": shares,
        },
        "searches_moved": {"columns": ["name", "intent", "now", "before", "not_found"], "rows": searches},
        "channels_moved": {"columns": ["name", "now", "before"], "rows": channels},
    }


def test_tells_a_share_that_moved_beyond_chance_and_no_other() -> None:
    rows = [
        ("now", "buy", "hi", 500, 300),
        ("before", "buy", "hi", 500, 355),
        ("now", "go", "hi", 40, 20),
        ("before", "go", "hi", 40, 22),
    ]
    found = changes(_answers(shares=rows))
    assert [(change["key"], change["words"]["points"], change["words"]["lang"]) for change in found] == [
        ("answered_less", 11.0, "hi")
    ]


def test_tells_what_is_searched_more_and_in_vain() -> None:
    rows = [
        ("shoes", "buy", 200, 100, 0),
        ("jute", "buy", 50, 45, 19),
        ("hat", "buy", 31, 30, 0),
        ("few", "buy", 9, 1, 9),
    ]
    found = changes(_answers(searches=rows))
    assert [(change["key"], change["words"]["name"]) for change in found] == [
        ("search_more", "shoes"),
        ("search_empty", "jute"),
    ]
    assert found[0]["words"]["share"] == 1.0


def test_a_channel_without_a_before_is_new() -> None:
    found = changes(_answers(channels=[("ai_assistant", 60, 0), ("email", 5, 0)]))
    assert [(change["key"], change["words"]["name"]) for change in found] == [("channel_new", "ai_assistant")]


def test_tells_the_loudest_three() -> None:
    rows = [(f"c{n}", 100 + 10 * n, 10) for n in range(9)]
    assert [change["words"]["name"] for change in changes(_answers(channels=rows))] == ["c8", "c7", "c6"]


def test_nothing_asked_nothing_told() -> None:
    assert changes({}) == []


def test_what_was_there_before_is_not_new_however_little_it_was() -> None:
    [found] = changes(_answers(searches=[("tea room hours", "go", 51, 20, 0)]))
    assert (found["key"], found["words"]["before"], found["words"]["share"]) == ("search_more", 20, 31 / 20)
