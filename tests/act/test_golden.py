"""The engine gives the decisions written down in tests/contract/act; sdk_js/test/unit/act.test.ts asks the device's."""

from __future__ import annotations

import msgspec
import pytest

from collector.act.gates import CONDITIONS
from collector.act.hash import murmur3, pick
from tests.act import golden

CASES = {case["name"]: case for case in golden.cases()}


@pytest.mark.parametrize("name", CASES)
def test_engine_decides_as_written_down(name: str) -> None:
    found = golden.answer(golden.asked(CASES[name]["set"]))["decision"]
    gives = CASES[name]["gives"] | {"reasons": CASES[name]["gives"].get("reasons", found["reasons"])}
    assert found == found | gives


def test_every_reason_of_the_rules_is_written_down() -> None:
    told = {case["gives"].get("suppressed_by") for case in CASES.values()}
    told |= {reason for case in CASES.values() for _, reason in case["gives"].get("reasons", [])}
    rules = {
        "no_config",
        "kill",
        "stale",
        "none",
        "sensitive",
        "sensitive:unknown",
        "schedule",
        "holdout",
        "lost",
        "outranked",
    }
    rules |= {"consent:personalization", "consent:ads"}
    rules |= {f"{how}:{name}" for how in ("unknown", "no") for name, _, _ in CONDITIONS}
    rules |= {"cool:not_useful", "cool:dismissed", "cool:place", "cap:fewer", "cap:day"}
    rules |= {"cap:reach_day", "cap:reach_week", "quiet:unknown", "quiet"}
    assert rules <= told


@pytest.mark.parametrize(("text", "value"), golden.read("hash")["murmur3"])
def test_hash(text: str, value: int) -> None:
    assert murmur3(text.encode()) == value


@pytest.mark.parametrize(("parts", "n", "value"), golden.read("hash")["pick"])
def test_pick(parts: list[str], n: int, value: int) -> None:
    assert pick(parts, n) == value


def test_half_an_emoji_is_the_replacement_character() -> None:
    assert pick(["a\ud83d"], 10**6) == pick(["a\ufffd"], 10**6)


def test_a_condition_of_a_later_version_is_refused() -> None:
    """Dropped, it would show more than was meant."""
    with pytest.raises(msgspec.ValidationError, match="weather"):
        golden.answer(golden.asked({"act.list.0.when.weather": ["rain"]}))
