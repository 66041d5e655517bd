"""The six campaigns that docs/act.md shows are checked, published and decided on; each is shown in its moment only."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collector.act import Act, Context, decide, settle
from warehouse.act import folder
from warehouse.act.published import Published, put
from warehouse.act.rules import utc_now

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "warehouse" / "act" / "examples"
NOW = 1_800_000_000_000  # 08:00 UTC
HERE: dict[str, Any] = {
    "now": NOW, "draw": "s1", "age": 0, "tz_off": 0, "lang": "en", "sensitive": False, "cart": {"state": "none"},
    "consent": {"analytics": True, "personalization": True, "ads": True},
}  # fmt: skip
# What makes each of them appear: place and context; then one thing that keeps it away, and the reason told.
MOMENTS: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "breakfast-tea": ("hero", {"page_type": "home"}, {"tz_off": 180}, "no:hour"),
    "free-delivery": ("above-cart", {"moment": {"intent": "buy", "conf": 700},
        "cart": {"state": "open", "value": 300_000, "currency": "EUR"}}, {"consent": {"personalization": True}}, "consent:ads"),
    "tasting-room": ("hero", {"moment": {"intent": "go", "conf": 970}, "distance": 3400}, {"distance": 25_001}, "no:distance"),
    "pot-size": ("beside-product", {"page_type": "product", "moment": {"intent": "buy", "category": "kettles/iron"}},
        {"moment": {"intent": "buy", "category": "cups"}}, "no:category"),
    "assam-or-darjeeling": ("hero", {"page_type": "search", "moment": {"intent": "know", "conf": 800, "words": ["assam", "darjeeling", "अंतर"]}},
        {"moment": {"intent": "know", "conf": 800, "words": ["assam"]}}, "no:words"),
    "cart-help": ("hero", {"cart": {"state": "abandoned"}}, {"sensitive": True}, "sensitive"),
}  # fmt: skip


@pytest.fixture(scope="module")
def act() -> Act:
    found = folder.read(EXAMPLES, frozenset(), utc_now())
    assert [str(mistake) for mistake in found.mistakes] == []
    assert found.site is not None
    published = Published("5f1c9a3e7b20d846", rev=1)
    put(published, found.site, found.campaigns, NOW, found.stores)
    return msgspec.convert(published.act(), Act)


def test_there_are_six_of_six_kinds(act: Act) -> None:
    assert {one.id for one in act.campaigns} == MOMENTS.keys()
    assert len({one.kind for one in act.campaigns}) == 6


@pytest.mark.parametrize("name", MOMENTS)
def test_an_example_is_shown_in_its_moment_only(name: str, act: Act) -> None:
    place, moment, otherwise, reason = MOMENTS[name]
    here = copy.deepcopy(HERE) | {"place": place} | moment
    assert decide(act, msgspec.convert(here, Context), settle({}, NOW)).action == name
    there = decide(act, msgspec.convert(here | otherwise, Context), settle({}, NOW))
    assert (name, reason) in there.reasons


@pytest.mark.parametrize("name", ["_site", *MOMENTS])
def test_the_page_shows_the_example_as_it_is(name: str) -> None:
    page = (ROOT / "docs" / "act.md").read_text("utf-8")
    assert f"`{name}.toml`\n```toml\n{(EXAMPLES / f'{name}.toml').read_text('utf-8')}```\n" in page


def test_published_examples_are_small(act: Act) -> None:
    assert len(json.dumps(msgspec.to_builtins(act), ensure_ascii=False)) < 10_000
