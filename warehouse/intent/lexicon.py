"""A language's file (lang/*.toml) in; its words, phrases and stems, ready to be looked up, out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from warehouse.intent.text import Fold, one_form, plain

LANG_DIR = Path(__file__).parent / "lang"
BASE = ("common", "en")  # merged into every language: brands and cities, and the English that people mix in
TYPO_CHARS_MIN = 5
NAMES = frozenset({"brand", "city", "model"})  # a name is not a slip of another name: delfi is not delhi
STEM_SHARED_CHARS_MIN = 5

Clues = tuple[tuple[str, float], ...]


@dataclass
class Entries:
    """What one file says: exact words and phrases, stems (`word*`), endings (`*word`), small words."""

    fold: Fold
    words: dict[str, Clues] = field(default_factory=dict)
    stems: dict[str, Clues] = field(default_factory=dict)
    endings: dict[str, Clues] = field(default_factory=dict)
    function: set[str] = field(default_factory=set)

    def add(self, clue: str, entry: str) -> None:
        word, _, weight = entry.partition(":")
        key = self.key(word.strip("*"))
        if not key:
            return
        table = self.stems if word.endswith("*") else self.endings if word.startswith("*") else self.words
        table[key] = tuple({**dict(table.get(key, ())), clue: float(weight or 1)}.items())

    def key(self, text: str) -> str:
        """The same road a query takes, so that entry and query meet."""
        return self.fold(f" {spelled(text)} ").strip()


@lru_cache(maxsize=40_000)  # each entry is read once for its own language and once for each it stands behind
def spelled(entry: str) -> str:
    """An entry without accents and case; its numbers are #, as a query's will be."""
    words = plain(one_form(entry.replace("#", "7"))).split()
    return " ".join("#" if word.isdecimal() else word for word in words)


@dataclass
class Lexicon(Entries):
    """One language ready for matching, with English and the common words behind its own."""

    lang: str = ""
    spaceless: bool = False
    # first word (where words are not set apart: first character) -> longest entry from there
    longest: dict[str, int] = field(default_factory=dict)
    stem_phrases: set[str] = field(default_factory=set)
    _typos: dict[str, str] | None = None

    def reindex(self) -> None:
        """Fill `longest` and `stem_phrases` from the entries."""
        for key in (*self.words, *self.stems):
            word, _, rest = key.partition(" ")
            if rest:
                self.longest[word] = max(self.longest.get(word, 1), key.count(" ") + 1)
                if key in self.stems:
                    self.stem_phrases.add(word)
            elif self.spaceless and len(key) > 1 and not key.isascii():
                self.longest[key[0]] = max(self.longest.get(key[0], 1), len(key))

    def typo(self, word: str) -> Clues | None:
        """The clues of the one entry a slip away (a letter more, less, other, or two swapped)."""
        if self._typos is None:
            self._typos = _typo_table(self.words)
        typos = self._typos
        for i in range(len(word), 0, -1):
            near = typos.get(word[: i - 1] + word[i:]) or typos.get(word)
            if near and _close(near, word):
                return self.words[near]
        return None


def languages() -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in LANG_DIR.glob("*.toml") if p.stem != "common"))


def read(lang: str) -> dict[str, Any]:
    return _read(LANG_DIR / f"{lang}.toml")


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def entries(raw: dict[str, Any], fold: Fold) -> Entries:
    found = Entries(fold)
    for clue, listed in raw.get("clues", {}).items():
        for entry in re.split(r"[,\n]", listed):
            if entry.strip():
                found.add(clue, entry.strip())
    found.function = {key for word in raw.get("function", "").split() if (key := found.key(word))}
    return found


@cache
def lexicon(lang: str) -> Lexicon:
    """The language's own entries over those of English and the common file."""
    raw = read(lang)
    fold = Fold(raw.get("fold", []))
    own = entries(raw, fold)
    merged = Lexicon(fold=fold, lang=lang, spaceless=raw.get("spaceless", False))
    for base in BASE:
        if base != lang:
            behind = entries(read(base), fold)
            share = float(raw.get("english", 1)) if base == "en" else 1.0
            merged.words |= {k: _weakened(v, share) for k, v in behind.words.items()}
            shared = {k: v for k, v in behind.stems.items() if len(k) >= STEM_SHARED_CHARS_MIN}
            merged.stems |= {k: _weakened(v, share) for k, v in shared.items()}
    for small in own.function:
        merged.words.pop(small, None)
    _join_common(own, entries(read("common"), fold))
    merged.words |= own.words
    merged.stems |= own.stems
    merged.endings = own.endings
    merged.function = own.function
    merged.reindex()
    return merged


def _weakened(clues: Clues, share: float) -> Clues:
    return clues if share == 1 else tuple((clue, weight * share) for clue, weight in clues)


def _join_common(own: Entries, common: Entries) -> None:
    """`target` is a brand and a word: own clues do not hide the common ones."""
    for key, clues in common.words.items():
        if key in own.words:
            own.words[key] = tuple(dict((*clues, *own.words[key])).items())


def _close(entry: str, word: str) -> bool:
    """Short words must also end alike: `house` is no slip of `hours`."""
    if entry[0] != word[0] or (len(word) == TYPO_CHARS_MIN and entry[-1] != word[-1]):
        return False
    if len(entry) != len(word):
        return True  # the table leads only to entries a letter longer or shorter
    apart = [i for i, (a, b) in enumerate(zip(entry, word, strict=True)) if a != b]
    swapped = len(apart) == 2 and apart[1] == apart[0] + 1 and entry[apart[0]] == word[apart[1]]
    return len(apart) <= 1 or swapped


def _typo_table(words: dict[str, Clues]) -> dict[str, str]:
    table: dict[str, str] = {}
    for word, clues in words.items():
        if len(word) >= TYPO_CHARS_MIN and " " not in word and not NAMES.issuperset(c for c, _ in clues):
            for i in range(len(word)):
                table.setdefault(word[:i] + word[i + 1 :], word)
            table.setdefault(word, word)
    return table
