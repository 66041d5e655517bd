"""The page's sources: messages in every language, colours that can be read."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from warehouse.queries import questions

WEB = Path(__file__).parents[3] / "warehouse" / "console" / "web" / "src"
MESSAGES = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((WEB / "messages").glob("*.json"))
}
SOURCES = "\n".join(path.read_text("utf-8") for path in sorted(WEB.rglob("*.ts*")))
PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")
GRADES = {"know": "know-soft", "go": "go-soft", "do": "do-soft", "buy": "buy-soft"}


def test_there_are_four_languages() -> None:
    assert set(MESSAGES) == {"en", "hi", "bn", "et"}


@pytest.mark.parametrize("language", MESSAGES)
def test_no_message_is_missing_and_none_is_left_over(language: str) -> None:
    assert list(MESSAGES[language]) == list(MESSAGES["en"])
    assert [key for key, text in MESSAGES[language].items() if not text.strip()] == []


@pytest.mark.parametrize("language", sorted(MESSAGES.keys() - {"en"}))
def test_every_question_is_asked_in_every_language(language: str) -> None:
    asks = json.loads((WEB / "messages" / "asks" / f"{language}.json").read_text("utf-8"))
    assert list(asks) == list(questions())
    assert [name for name, text in asks.items() if not text.strip()] == []


@pytest.mark.parametrize("language", MESSAGES)
def test_messages_have_the_same_places_for_words(language: str) -> None:
    places = {key: set(re.findall(r"\{\w+\}", text)) for key, text in MESSAGES["en"].items()}
    assert {key: set(re.findall(r"\{\w+\}", text)) for key, text in MESSAGES[language].items()} == places


def test_every_message_that_is_said_is_there() -> None:
    said = set(re.findall(r"\bt\('([\w.]+)'", SOURCES))
    known = {PLURAL.sub("", key) for key in MESSAGES["en"]} | set(MESSAGES["en"])
    assert said - known == set()
    assert len(said) > 50


def test_every_message_is_said() -> None:
    """By its whole name, or by its first part where the rest is a value."""
    stems = set(re.findall(r"`([\w]+[._])\$\{", SOURCES)) | {"channel.", "device_type."}
    silent = [
        key
        for key in MESSAGES["en"]
        if f"'{key}'" not in SOURCES
        and f"'{PLURAL.sub('', key)}'" not in SOURCES
        and not any(key.startswith(stem) for stem in stems)
    ]
    assert silent == []


def _tokens() -> dict[str, dict[str, str]]:
    css = (WEB / "style.css").read_text("utf-8")
    light, dark = (
        re.search(r":root \{(.*?)\}", css, re.S),
        re.search(r":root\[data-mode=dark\] \{(.*?)\}", css, re.S),
    )
    assert light
    assert dark
    return {
        mode: dict(re.findall(r"--([\w-]+): (#\w+)", found[1]))
        for mode, found in (("light", light), ("dark", dark))
    }


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_on_its_ground(mode: str) -> None:
    tokens = _tokens()[mode]
    pairs = [(ink, ground) for ink in ("ink", "ink2") for ground in ("page", "panel", "soft")]
    pairs += [(ink, ground) for ink, own in GRADES.items() for ground in (own, "panel")]
    pairs += [(ink, ground) for ink in ("better", "worse") for ground in ("panel", "soft")]
    poor = {pair: round(_contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


def test_both_ways_to_dark_are_the_same_dark() -> None:
    css = (WEB / "style.css").read_text("utf-8")
    by_system = re.search(r":root:not\(\[data-mode=light\]\) \{(.*?)\}", css, re.S)
    by_choice = re.search(r":root\[data-mode=dark\] \{(.*?)\}", css, re.S)
    assert by_system
    assert by_choice
    assert by_system[1].split() == by_choice[1].split()


# What programs do wrong; nobody reads it on a page. And what names a file: for who keeps the server.
FOR_PROGRAMS = re.compile(
    r"sign in first|tokens are for|this door|before is|names lists|there is no such question|sql is a query|another site"
    r"|send |which site|the value of|steps is|within is|unit is|range is|from and to|a newer hetk|.* cannot be read"
)
RAISED = {"PeopleError", "LinkGone", "PeopleClosed", "Failed", "ChildFailed", "BadView", "Refused", "failed"}


def errors() -> set[str]:
    """What the console and its people's accounts can say went wrong, {} for what varies."""
    found = set()
    for path in [p for folder in ("console", "people") for p in (WEB.parents[2] / folder).glob("*.py")]:
        tree = ast.parse(path.read_text("utf-8"))
        named = {
            target.id: node.value
            for node in tree.body if isinstance(node, ast.Assign)
            for target in node.targets if isinstance(target, ast.Name)
        }  # fmt: skip
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in RAISED:
                given = [named.get(arg.id, arg) if isinstance(arg, ast.Name) else arg for arg in call.args]
                found |= {text for arg in given if (text := template(arg))}
    return {text for text in found if not FOR_PROGRAMS.match(text)}


def template(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(template(part) or "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize("language", sorted(MESSAGES.keys() - {"en"}))
def test_every_error_is_told_in_every_language(language: str) -> None:
    """By the English text that the server says."""
    own = json.loads((WEB / "messages" / "errors" / f"{language}.json").read_text("utf-8"))
    assert own.keys() == errors()
    assert len(own) > 30
    for english, text in own.items():
        assert sorted(re.findall(r"\{(\d)\}", text)) == [str(n + 1) for n in range(english.count("{}"))]
