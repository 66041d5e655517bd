"""Each kind of mistake in a campaign file is named with its line, its field and its fix."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.act import folder
from warehouse.act.folder import Ready, read_campaign
from warehouse.act.form import Placement, SiteForm
from warehouse.act.rules import World
from warehouse.act.toml import Mistake

WORLD = World(
    SiteForm("en", [Placement("hero"), Placement("cart")]),
    frozenset({"carts_abandoned"}),
    datetime(2026, 12, 1, tzinfo=UTC),
)
WHOLE = """\
title = "Sale"
place = "hero"
kind = "offer"
basis = "personal"
purposes = ["personalization", "ads"]
priority = 5
weight = 100
holdout = 0.1
goal = "purchase"
goal_within = "7d"
from = 2026-12-02T08:00:00+02:00
until = 2026-12-24T20:00:00+02:00
[when]
lang = ["en", "hi"]
intent = ["buy"]
confidence = 0.6
category = ["shoes"]
words = ["shoes"]
hour = ["08:00", "20:30"]
cart = ["open"]
cart_min = { amount = "49.00", currency = "EUR" }
stock = 1
distance = "25 km"
[caps]
day = 2
[why]
because = ["intent"]
[[variant]]
key = "a"
weight = 1
url = "/sale"
text.en = { title = "Sale", body = "Until Sunday.", button = "Look" }
text.hi = { title = "सेल" }
[[variant]]
key = "b"
text.en = { title = "Less" }
text.hi = { title = "कम" }
# end
"""
L = "a" * 81

# What is written instead of what; the line, field, and words of the mistake.
MISTAKES: list[tuple[str, str, int, str, str]] = [
    ('title = "Sale"', 'title = "Sale', 1, "file", "is not TOML"),
    ("# end\n", "", 37, "file", "may be cut off"),
    ("[when]", "# end\n[when]", 13, "file", "stands in lines 13, 39"),
    ("priority = 5", "priorty = 5", 6, "priorty", "did you mean priority?"),
    ("priority = 5", "colour = 5", 6, "colour", "there is no such field"),
    ('title = "Sale"\n', "", 1, "title", "is missing"),
    ('title = "Sale"', 'title = ""', 1, "title", "length >= 1"),
    ('goal = "purchase"\n', "", 1, "goal", "is missing"),
    ('kind = "offer"', 'kind = "ofer"', 3, "kind", "did you mean offer?"),
    ('kind = "offer"', "kind = 7", 3, "kind", "Expected `str`"),
    ('place = "hero"\n', "", 1, "place", "is missing"),
    ('place = "hero"', 'place = "heroe"', 2, "place", "did you mean hero?"),
    ('place = "hero"', 'place = "hero"\ntrigger = "carts_abandoned"', 3, "trigger", "decided on the page"),
    ('kind = "offer"', 'kind = "push"', 2, "place", "has no place on the page"),
    ('kind = "offer"', 'kind = "mail"', 1, "trigger", "who gets it"),
    ('place = "hero"\nkind = "offer"', 'trigger = "carts"\nkind = "push"', 2, "trigger", "no question 'carts'"),
    ('basis = "personal"', 'basis = "person"', 4, "basis", "Invalid enum value 'person'"),
    ('basis = "personal"', 'basis = "contextual"', 20, "when.cart", "the campaign is contextual"),
    ('purposes = ["personalization", "ads"]', 'purposes = ["ads"]', 5, "purposes", "consent to personalization"),
    ('purposes = ["personalization", "ads"]', 'purposes = ["personalization"]', 5, "purposes", "consent to ads"),
    ('purposes = ["personalization", "ads"]\n', "", 1, "purposes", "consent to ads"),
    ('"ads"]', '"ads", "adds"]', 5, "purposes.2", "did you mean ads?"),
    ("priority = 5", "priority = 5\noffline = true", 7, "offline", "may be over"),
    ("priority = 5", "priority = 101", 6, "priority", "<= 100"),
    ("priority = 5", "priority = 0.5", 6, "priority", "Expected `int`"),
    ("weight = 100", "weight = 0", 7, "weight", ">= 1"),
    ("holdout = 0.1", "holdout = 0.6", 8, "holdout", "<= 0.5"),
    ("holdout = 0.1", 'holdout = "10 %"', 8, "holdout", "Expected `float`"),
    ('goal = "purchase"', 'goal = "a purchase"', 9, "goal", "no event is named"),
    ('goal_within = "7d"', 'goal_within = "a week"', 10, "goal_within", "no time from 1 to 90 days"),
    ('goal_within = "7d"', 'goal_within = "91d"', 10, "goal_within", "no time from 1 to 90 days"),
    ("08:00:00+02:00", "08:00:00", 11, "from", "no offset from UTC"),
    ("from = 2026-12-02T08:00:00+02:00", 'from = "2. 12."', 11, "from", "Invalid RFC3339"),
    ("until = 2026-12-24", "until = 2026-12-01", 12, "until", "not after `from`"),
    ("from = 2026-12-02T08:00:00+02:00\nuntil = 2026-12-24", "until = 2026-11-24", 11, "until", "is over"),
    ("stock = 1", "stok = 1", 22, "when.stok", "did you mean stock?"),
    ('lang = ["en", "hi"]', "lang = []", 14, "when.lang", "never hold"),
    ('lang = ["en", "hi"]', 'lang = ["en", "en"]', 14, "when.lang", "'en' stands twice"),
    ('lang = ["en", "hi"]', 'lang = "en"', 14, "when.lang", "Expected `array"),
    ('lang = ["en", "hi"]', 'lang = ["English"]', 14, "when.lang", "no language tag"),
    ('lang = ["en", "hi"]', 'lang = ["en", "et"]', 32, "variant.0.text", "says nothing in et"),
    ('intent = ["buy"]', 'intent = ["by"]', 15, "when.intent", "did you mean buy?"),
    ('intent = ["buy"]', 'intent = ["buy", " "]', 15, "when.intent", "entry without letters"),
    ("confidence = 0.6", "confidence = 60", 16, "when.confidence", "<= 1"),
    ("confidence = 0.6", "confidence = 0", 16, "when.confidence", "0 always holds"),
    ('category = ["shoes"]', 'category = ["/shoes/"]', 17, "when.category", "no path of categories"),
    ('words = ["shoes"]', 'words = ["red shoes"]', 18, "when.words", "not one word"),
    ('words = ["shoes"]', 'words = ["!"]', 18, "when.words", "not one word"),
    ('"20:30"]', '"25:30"]', 19, "when.hour", "no span of a day"),
    ('"20:30"]', '"08:00"]', 19, "when.hour", "never hold"),
    ('cart = ["open"]', 'cart = ["opened"]', 20, "when.cart", "did you mean open?"),
    ('cart = ["open"]', 'cart = ["none"]', 21, "when.cart_min", "never hold"),
    ('"49.00"', "49.0", 21, "when.cart_min.amount", "Expected `str`"),
    ('"49.00"', '"49,00"', 21, "when.cart_min", "is no amount"),
    ('"EUR"', '"euro"', 21, "when.cart_min.currency", "matching regex"),
    ("stock = 1", "stock = 0", 22, "when.stock", ">= 1"),
    ('"25 km"', '"25 miles"', 23, "when.distance", "is no distance"),
    ('"25 km"', '"1 km"', 23, "when.distance", "where somebody lives"),
    ("day = 2", "day = 4", 25, "caps.day", "<= 3"),
    ('because = ["intent"]', 'because = ["mood"]', 27, "why.because", "is no condition"),
    ('key = "b"', 'key = "a"', 35, "variant.1.key", "stands twice"),
    ('key = "b"\n', "", 34, "variant.1.key", "is missing"),
    ('key = "b"', 'key = "B!"', 35, "variant.1.key", "matching regex"),
    ("\nweight = 1\n", "\nweight = 1001\n", 30, "variant.0.weight", "<= 1000"),
    ('url = "/sale"', 'url = "javascript:alert(1)"', 31, "variant.0.url", "is no page"),
    ('url = "/sale"', 'url = "//elsewhere.example"', 31, "variant.0.url", "is no page"),
    ('text.en = { title = "Less" }\n', "", 36, "variant.1.text", "says nothing in en"),
    ('{ title = "Less" }', '{ body = "Less" }', 36, "variant.1.text.en", "has no title"),
    ('{ title = "Less" }', f'{{ title = "{L}" }}', 36, "variant.1.text.en", "has 81 characters"),
    ('{ title = "Less" }', '{ title = "Less", subtitle = "x" }', 36, "variant.1.text.en", "did you mean title?"),
    ('{ title = "Less" }', '{ title = "Less for {name}" }', 36, "variant.1.text.en", "nothing is put in for {name}"),
    ('{ title = "Less" }', '{ title = "Le\\u202ess" }', 36, "variant.1.text.en", "invisible characters"),
    ("text.hi = { title = \"कम\" }", 'text.hindi-language = { title = "कम" }', 37, "variant.1.text.hindi-language", "no language tag"),
]  # fmt: skip


def read(text: str, file: str = "sale.toml") -> tuple[Ready | None, list[Mistake]]:
    return read_campaign(file, text.encode(), WORLD)


def test_the_whole_file_has_no_mistake() -> None:
    ready, mistakes = read(WHOLE)
    assert mistakes == []
    assert ready is not None
    assert ready.compiled["hold"] == 1000
    assert ready.compiled["from"] == 1_796_191_200_000
    assert ready.compiled["when"]["cart_min"] == [490_000, "EUR"]
    assert ready.compiled["when"]["distance"] == 25_000
    assert ready.compiled["when"]["hour"] == [480, 1230]
    assert ready.compiled["because"] == ["intent"]


def test_there_are_more_than_thirty_kinds() -> None:
    assert len({(field, says) for _, _, _, field, says in MISTAKES}) > 60


@pytest.mark.parametrize(("there", "instead", "line", "field", "says"), MISTAKES)
def test_mistake(there: str, instead: str, line: int, field: str, says: str) -> None:
    assert there in WHOLE
    ready, mistakes = read(WHOLE.replace(there, instead, 1))
    assert ready is None
    told = [one for one in mistakes if one.field == field and says in str(one)]
    assert told, [str(one) for one in mistakes]
    assert told[0].line == line
    assert re.fullmatch(r"sale\.toml:\d+: \S+: .+\. Fix: .+", str(told[0]))


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    _, mistakes = read(
        WHOLE.replace("stock = 1", "stock = 0").replace("day = 2", "day = 9").replace("priority", "prio")
    )
    assert [one.field for one in mistakes] == ["prio", "when.stock", "caps.day"]


@pytest.mark.parametrize("name", ["Sale.toml", "a" * 41 + ".toml", "a_b.toml"])
def test_a_file_needs_a_name(name: str) -> None:
    assert "is no name of a campaign" in str(read(WHOLE, name)[1][0])


def test_a_file_that_is_not_utf8_names_its_line() -> None:
    _, mistakes = read_campaign("sale.toml", WHOLE.encode().replace(b"Sunday", b"Sund\xe4y"), WORLD)
    assert (mistakes[0].line, mistakes[0].what) == (32, "is not UTF-8")


def test_a_field_after_a_text_of_several_lines_is_found() -> None:
    text = WHOLE.replace('because = ["intent"]', 'because = [\n  "intent",\n  "hour",\n]').replace(
        'key = "b"', "key = 7"
    )
    assert [one.line for one in read(text)[1]] == [38]


def test_a_file_cut_at_any_byte_says_nothing_or_the_same() -> None:
    raw = WHOLE.encode()
    whole, _ = read_campaign("sale.toml", raw, WORLD)
    assert whole is not None
    for size in range(len(raw)):
        ready, mistakes = read_campaign("sale.toml", raw[:size], WORLD)
        assert bool(mistakes) == (ready is None)
        assert ready is None or (size >= len(raw) - 1 and ready.compiled == whole.compiled), size


def test_what_is_wrong_is_told_at_once_also_what_the_rules_see() -> None:
    spoilt = WHOLE.replace("weight = 100", 'weight = "100"').replace('place = "hero"', 'place = "here"')
    spoilt = spoilt.replace('goal = "purchase"\n', "").replace('url = "/sale"', 'url = "sale"')
    _, found = read_campaign("sale.toml", spoilt.encode(), WORLD)
    assert [one.field for one in found] == ["goal", "place", "weight", "variant.0.url"]


def test_campaigns_are_looked_at_also_when_the_site_s_own_file_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "_site.toml").write_text("lang = 7\n# end\n", "utf-8")
    (tmp_path / "_stores.toml").write_text("[[stores]]\n# end\n", "utf-8")
    (tmp_path / "sale.toml").write_text(WHOLE.replace("weight = 100", 'weight = "100"'), "utf-8")
    found = folder.read(tmp_path, frozenset(), datetime(2026, 12, 1, tzinfo=UTC))
    assert {one.file for one in found.mistakes} == {"_site.toml", "_stores.toml", "sale.toml"}
