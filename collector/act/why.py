"""A chosen campaign and what it was chosen by in; the reasons as codes, and in the reader's language, out.

The words are collector/act/why/<lang>.toml; the device's panel is built from the same files
(sdk_js/src/act/why.ts). What was searched for is in no code: only the device itself quotes it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from collector.act.model import Campaign, Context

ROOT = Path(__file__).parent / "why"
FALLBACK = "en"


@cache
def languages() -> dict[str, dict[str, str]]:
    """All words by language tag in small letters, then by key."""
    return {path.stem.lower(): tomllib.loads(path.read_text("utf-8")) for path in ROOT.glob("*.toml")}


def spoken(lang: str) -> str:
    """The tag of ours that is nearest: hi-IN -> hi."""
    tag = lang.lower()
    return next((one for one in (tag, tag.split("-")[0]) if one in languages()), FALLBACK)


def codes(one: Campaign, ctx: Context) -> list[str]:
    """The conditions of `because`, with what they found where the words depend on it: intent:go, category:shoes."""
    found = {"intent": ctx.moment.intent, "cart": ctx.cart.state, "category": _category(one, ctx)}
    return [f"{name}:{found[name]}" if found.get(name) else name for name in one.because]


def sentences(reasons: list[str], lang: str) -> list[str]:
    """One a reason, in a language of `languages()`; a code of a later version says nothing."""
    words = languages()[lang]
    told = []
    for code in reasons:
        name, _, found = code.partition(":")
        key = f"{name}_{found}" if name in ("intent", "cart") else name
        if said := words.get(key):
            told.append(said.replace("{category}", _title(found)))
    return told


def _category(one: Campaign, ctx: Context) -> str | None:
    """The campaign's own path, which says no more about the person than the campaign does."""
    path = ctx.moment.category or ""
    wanted = one.when.category or []
    return next((each for each in wanted if path == each or path.startswith(f"{each}/")), None)


def _title(category: str) -> str:
    return category.rpartition("/")[2].replace("-", " ").replace("_", " ")
