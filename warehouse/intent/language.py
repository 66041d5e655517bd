"""Plain text in, its language out: by script, then by small words, list words and telling letters."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from warehouse.intent.lexicon import entries, languages, read
from warehouse.intent.text import Fold, plain

UNKNOWN = "und"
LOAN = 0.25  # an English word in another language's list says less of that language
HINT_WEIGHT = 0.7  # what the page's own language is worth against the words of the query
_SCRIPTS = {
    "devanagari": re.compile("[\u0900-\u097f]"),
    "bengali": re.compile("[\u0980-\u09ff]"),
    "japanese": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"),
}
_LETTERS = {
    "õ": {"et": 0.8, "pt": 0.5}, "ä": {"et": 0.5, "de": 0.5}, "ö": {"de": 0.5, "et": 0.4},
    "ü": {"de": 0.5, "et": 0.5}, "ß": {"de": 1.5}, "š": {"et": 0.8}, "ž": {"et": 0.8}, "ñ": {"es": 1.2},
    "¿": {"es": 1.5}, "¡": {"es": 1.5}, "ã": {"pt": 1.2}, "ç": {"pt": 0.6, "fr": 0.6}, "è": {"fr": 0.9},
    "ù": {"fr": 0.9}, "œ": {"fr": 1.2}, "î": {"fr": 0.8}, "ê": {"fr": 0.6, "pt": 0.6},
    "â": {"fr": 0.5, "pt": 0.5}, "ô": {"fr": 0.5, "pt": 0.5}, "à": {"fr": 0.6, "pt": 0.5},
    "á": {"es": 0.5, "pt": 0.5}, "í": {"es": 0.5, "pt": 0.4}, "ó": {"es": 0.6, "pt": 0.3},
    "ú": {"es": 0.5, "pt": 0.4}, "é": {"fr": 0.4, "es": 0.4, "pt": 0.3},
}  # fmt: skip
_TELLING = re.compile(f"[{''.join(_LETTERS)}]")

# A domain is spelled alike everywhere: `com` in it is no Portuguese.
_DOMAIN = re.compile(r"(^|[\s/@])(?:[a-z0-9-]+\.)+[a-z]{2,24}(?=[\s/]|$)")
_WORD = re.compile(r"[^\W\d_]{2}")

Votes = dict[str, dict[str, float]]  # word -> language -> weight


@cache
def script_languages() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lang in languages():
        found.setdefault(read(lang).get("script", "latin"), []).append(lang)
    return found


@cache
def _evidence() -> tuple[Votes, Votes, Votes, dict[str, Fold]]:
    """Word -> language -> weight, the same for stems and endings, and the languages' folds."""
    words: Votes = {}
    stems: Votes = {}
    endings: Votes = {}
    folds: dict[str, Fold] = {}
    shared = entries(read("common"), Fold([])).words  # brands, cities, pizza: no language's own
    english = {word for key in entries(read("en"), Fold([])).words for word in key.split()}
    for lang in script_languages().get("latin", []):
        raw = read(lang)
        fold = Fold(raw.get("fold", []))
        if fold.pairs:
            folds[lang] = fold
        for spelling in (Fold([]), fold):
            own = entries(raw, spelling)
            for key in own.words:
                for word in key.split() if key not in shared else ():
                    _vote(words, word, lang, LOAN if lang != "en" and word in english else 0.5)
            for key in own.stems:
                _vote(stems, key, lang, 0.5)
            for key in own.endings:
                _vote(endings, key, lang, 0.5)
            for word in own.function:
                _vote(words, word, lang, 1.0)
    for votes in (*words.values(), *stems.values(), *endings.values()):
        share = len(votes) ** 0.7
        for lang in votes:
            votes[lang] /= share
    return words, stems, endings, folds


def _vote(table: Votes, word: str, lang: str, weight: float) -> None:
    votes = table.setdefault(word, {})
    votes[lang] = max(votes.get(lang, 0.0), weight)


def detect(norm: str, plain_text: str, hint: str | None = None) -> str:
    """The language's code, `und` when nothing tells; `hint` (the page's) decides close calls."""
    if not norm.isascii():
        counts = {name: len(found.findall(norm)) for name, found in _SCRIPTS.items()}
        script = max(counts, key=lambda name: counts[name])
        if counts[script]:
            known = script_languages().get(script, [UNKNOWN])
            return hint if hint in known else known[0]
    return _latin(norm, plain_text, hint)


def _latin(norm: str, plain_text: str, hint: str | None) -> str:
    if _DOMAIN.search(norm):
        plain_text = plain(_DOMAIN.sub(r"\1 ", norm))
    if not _WORD.search(plain_text):
        return UNKNOWN  # numbers, signs and domains are of no language, whatever the page is in
    words, stems, endings, folds = _evidence()
    score: dict[str, float] = defaultdict(float)
    for word in plain_text.split():
        votes = words.get(word)
        if votes is None and len(word) > 3:
            votes = _stem_votes(stems, word) or _ending_votes(endings, word)
        if votes:
            for lang, weight in votes.items():
                score[lang] += weight
    for lang, fold in folds.items():
        folded = fold(plain_text)
        if folded != plain_text:
            for word, spelled in zip(plain_text.split(), folded.split(), strict=False):
                if word != spelled and word not in words:
                    votes = words.get(spelled) or _stem_votes(stems, spelled) or {}
                    if lang in votes:
                        score[lang] += votes[lang]
    if not norm.isascii():
        for letter in _TELLING.findall(norm):
            for lang, weight in _LETTERS[letter].items():
                score[lang] += weight
    if hint in script_languages().get("latin", []) and hint is not None:
        score[hint] += HINT_WEIGHT
    if not score:
        return UNKNOWN
    return max(score, key=lambda lang: (score[lang], lang == "en"))


def _stem_votes(stems: Votes, word: str) -> dict[str, float] | None:
    for end in range(len(word), 3, -1):
        if word[:end] in stems:
            return stems[word[:end]]
    return None


def _ending_votes(endings: Votes, word: str) -> dict[str, float] | None:
    for start in range(1, len(word) - 3):
        if word[start:] in endings:
            return endings[word[start:]]
    return None
