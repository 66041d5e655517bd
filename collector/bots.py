"""A user agent string in, the reason it is no person's browser out: its class, or None.

crawler-user-agents knows the names; bots.toml sorts those whose class matters and adds what the list lacks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from ahocorasick_rs import AhoCorasick
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from collector.config import BotReason

# Native apps send these of themselves: people hold those devices.
APPS = re.compile(r"^(okhttp/|Dalvik/|Dart/)|CFNetwork/")

# The one that wins first.
REASONS: tuple[str, ...] = get_args(BotReason)
_CLASS_OF_TAG = {
    "ai-crawler": "ai_crawler",
    "browser-automation": "headless",
    "http-library": "library",
    "monitoring": "monitor",
    "search-engine": "search_crawler",
    "seo": "seo",
    "social-preview": "preview",
}
_SAYS_SO = re.compile(
    r"\b[\w-]*(?:bot|crawler|spider|scraper)\b|[+(;] ?https?://|[\w.]@[\w-]+\.\w", re.IGNORECASE
)
_NOT_A_BOT = re.compile(r"\bCubot\b|\bRobot(?:o|ics)\b|\bSPIDER-X\b", re.IGNORECASE)  # telephones


def bot_matcher() -> Callable[[str], str | None]:
    """One automaton for all plain names, one expression for the few real patterns of the list."""
    names = {name.lower(): (reason, "") for reason, own in _own().items() for name in own}
    patterns: list[str] = []
    for entry in CRAWLER_USER_AGENTS_DATA:
        literal = _literal(entry["pattern"])
        if literal is None:
            patterns.append(entry["pattern"])
        else:  # the list's names are case-sensitive: "VIERA" is a television
            names.setdefault(literal.lower(), (_class(entry), literal))
    automaton, known = AhoCorasick(list(names)), list(names.values())
    others = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))

    def bot(text: str) -> str | None:
        if not text.strip():
            return "no_user_agent"
        if APPS.search(text):
            return None
        matches = automaton.find_matches_as_indexes(text.lower(), overlapping=True)
        found = {reason for reason, exact in (known[match[0]] for match in matches) if exact in text}
        if others.search(text) or _SAYS_SO.search(_NOT_A_BOT.sub("", text)):
            found.add("crawler")
        return next((reason for reason in REASONS if reason in found), None)

    return bot


def _own() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _class(entry: dict[str, list[str]]) -> str:
    tagged = [_CLASS_OF_TAG[tag] for tag in entry.get("tags", ()) if tag in _CLASS_OF_TAG]
    return tagged[0] if tagged else "crawler"


_EXPRESSION = re.compile(r"(?<!\\)[\^$\[\]()?*+|{}.]|\\\w")


def _literal(pattern: str) -> str | None:
    """The pattern as plain text, None when it is a real expression."""
    return None if _EXPRESSION.search(pattern) else re.sub(r"\\(.)", r"\1", pattern)
