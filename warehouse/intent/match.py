"""Keys of a query and a lexicon in, the clues found with the words they stand on out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from warehouse.intent.lexicon import TYPO_CHARS_MIN, Clues, Lexicon
from warehouse.intent.text import EMAIL_KEY, NUMBER_KEY

TYPO_WEIGHT = 0.75
STEM_CHARS_MIN = 3
SUFFIX_CHARS_MAX = 8
LONG_NUMBER_DIGITS = 5
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_CODE = re.compile(r"[a-z]{1,3}[0-9]{1,4}[a-z]{0,2}|[0-9]{1,4}[a-z]")
_SITE = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://|www\.)\S|\b[a-z0-9-]+\.(?:com|net|org|in|ee|de|fr|es|br|pt|jp|id|bd|uk|io|eu|info|co)\b"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_KATAKANA = re.compile("[\u30a0-\u30ff]")
_FOREIGN = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_VOWEL = re.compile("[aeiouy]")


@dataclass
class Found:
    """What was seen in a query."""

    clues: dict[str, float] = field(default_factory=dict)
    evidence: list[tuple[str, str]] = field(default_factory=list)  # (words, clue)
    shape: dict[str, float] = field(default_factory=dict)
    words: int = 0
    unknown: int = 0

    def add(self, words: str, clues: Clues, weight: float = 1.0) -> None:
        for clue, strength in clues:
            self.evidence.append((words, clue))
            if strength * weight > self.clues.get(clue, 0.0):
                self.clues[clue] = strength * weight


def match(lex: Lexicon, plain_text: str, norm: str) -> Found:
    """Longest entry first, left to right; what no list knows is tried as a stem, an ending, a typo."""
    found = Found()
    tokens, shown = lex.fold(plain_text).split(), plain_text.split()
    if len(shown) != len(tokens):  # a fold may swallow a whole word
        shown = tokens
    keys = ["#" if token.isdecimal() else token for token in tokens]
    i, size = 0, len(keys)
    while i < size:
        taken = _phrase(lex, keys, shown, i, found) if keys[i] in lex.longest else 0
        if not taken:
            taken = 1
            if lex.spaceless and _FOREIGN.search(keys[i]):
                _scan(lex, keys[i], found)
            else:
                _word(lex, shown[i], keys[i], found)
        i += taken
    if ("." in norm or "/" in norm) and _SITE.search(norm):
        found.shape["url"] = 1.0
    return found


def _phrase(lex: Lexicon, keys: list[str], shown: list[str], start: int, found: Found) -> int:
    longest = lex.longest[keys[start]]
    for size in range(min(longest, len(keys) - start), 1, -1):
        phrase = " ".join(keys[start : start + size])
        clues = lex.words.get(phrase)
        if clues is None and keys[start] in lex.stem_phrases:
            # a stem has to reach the last word: `mobile*` does not swallow the word after it
            clues = _longest_stem(lex, phrase, max(len(phrase) - SUFFIX_CHARS_MAX, phrase.rindex(" ") + 2))
        if clues is not None:
            found.add(" ".join(shown[start : start + size]), clues)
            found.words += size
            return size
    return 0


def _word(lex: Lexicon, shown: str, key: str, found: Found) -> None:
    found.words += 1
    if key == "#":
        long = len(shown) >= LONG_NUMBER_DIGITS
        found.shape["longnum" if long else "year" if _YEAR.fullmatch(shown) else "number"] = 1.0
        return
    if key in (EMAIL_KEY, NUMBER_KEY):
        found.shape["url" if key == EMAIL_KEY else "longnum"] = 1.0
        return
    clues = lex.words.get(key)
    if clues is not None:
        found.add(shown, clues)
    elif key not in lex.function:
        _unlisted(lex, shown, key, found)


def _unlisted(lex: Lexicon, shown: str, key: str, found: Found) -> None:
    clues = _stem(lex, key)
    if clues is not None:
        found.add(shown, clues)
        return
    if _CODE.fullmatch(key):
        found.shape["code"] = 1.0
        return
    if len(key) >= TYPO_CHARS_MIN and (clues := lex.typo(key)) is not None:
        found.add(shown, clues, TYPO_WEIGHT)
        return
    if key.isascii() and key.isalpha() and _gibberish(key):
        found.shape["gibberish"] = 1.0
    found.unknown += 1


def _stem(lex: Lexicon, key: str) -> Clues | None:
    """Of a compound both halves speak: kinga|pood is a shoe and a shop."""
    stem = _longest_stem(lex, key, STEM_CHARS_MIN)
    for start in range(1, len(key) - STEM_CHARS_MIN + 1) if lex.endings else ():
        ending = lex.endings.get(key[start:])
        if ending is not None:
            return ending if stem is None else tuple({**dict(stem), **dict(ending)}.items())
    return stem


def _longest_stem(lex: Lexicon, key: str, chars_min: int) -> Clues | None:
    for end in range(len(key), chars_min - 1, -1):
        clues = lex.stems.get(key[:end])
        if clues is not None:
            return clues
    return None


def _gibberish(key: str) -> bool:
    return len(key) > 3 and len(_VOWEL.findall(key)) * 5 < len(key)


def _scan(lex: Lexicon, text: str, found: Found) -> None:
    """Words of a text without spaces: the longest entry at each place."""
    i, unknown = 0, 0
    while i < len(text):
        taken = 0
        for size in range(min(lex.longest.get(text[i], 1), len(text) - i), 0, -1):
            piece = text[i : i + size]
            clues = lex.words.get(piece)
            if clues is not None and _stands_alone(text, i, i + size):
                found.add(piece, clues)
                found.words += 1
                taken = size
                break
        if not taken:
            unknown += text[i] not in lex.function
        i += taken or 1
    if unknown:
        found.words += (unknown + 2) // 3
        found.unknown += (unknown + 2) // 3


def _stands_alone(text: str, start: int, end: int) -> bool:
    """One kanji, or two kana of a loanword, are a word only beside another script: 本 is, 日本 is not."""
    piece = text[start:end]
    script = _HAN if end - start == 1 else _KATAKANA
    if end - start > 2 or not all(map(script.match, piece)):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before and script.match(before)) and not (after and script.match(after))
