"""A search query in; know, go, do, buy or none, how sure, in which language and why, out. Never an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from warehouse.intent.language import UNKNOWN, detect
from warehouse.intent.lexicon import Lexicon, languages, lexicon
from warehouse.intent.match import Found, match
from warehouse.intent.model import INTENTS, features, model
from warehouse.intent.text import normalise, plain

_COUNTRIES = {
    "EE": "et", "ES": "es", "MX": "es", "AR": "es", "CO": "es", "CL": "es", "PE": "es", "DE": "de",
    "AT": "de", "FR": "fr", "BR": "pt", "PT": "pt", "ID": "id", "JP": "ja", "BD": "bn", "US": "en",
}  # fmt: skip
Extra = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`know` to `buy` are probabilities, the rest to 1 is none; `evidence`: (words, clue) as read."""

    intent: str
    confidence: float
    know: float
    go: float
    do: float
    buy: float
    lang: str
    norm: str
    evidence: tuple[tuple[str, str], ...]


def classify(
    text: str, lang: str | None = None, *, country: str | None = None, extra: Extra | None = None
) -> Verdict:
    """Classify one query. `lang` is a hint (the page's language), `country` one where the page
    gives none, `extra` are a site's own words per intent (`[intent] buy = ["..."]`)."""
    found, found_lang, norm = read_query(text, lang, country, extra)
    p = model().probabilities(features(found))
    best = max(range(5), key=p.__getitem__)
    return Verdict(INTENTS[best], p[best], p[0], p[1], p[2], p[3], found_lang, norm, tuple(found.evidence))


def read_query(
    text: str, lang: str | None, country: str | None, extra: Extra | None
) -> tuple[Found, str, str]:
    """What was found in the text, its language and its normalised form."""
    norm = normalise(text)
    flat = plain(norm)
    found_lang = detect(norm, flat, hint(lang, country))
    lex = lexicon("en" if found_lang == UNKNOWN else found_lang)
    if extra:
        lex = _extended(lex.lang, tuple((intent, tuple(words)) for intent, words in sorted(extra.items())))
    return match(lex, flat, norm), found_lang, norm


@lru_cache(maxsize=256)
def hint(lang: str | None, country: str | None) -> str | None:
    """A BCP 47 tag as one of our languages (pt-BR -> pt; Latin letters on a Hindi page are romanised)."""
    known = languages()
    if not lang:
        return _COUNTRIES.get(country or "")
    base = lang.replace("_", "-").split("-")[0].lower()
    if base == "hi":
        return "hi-Latn"
    return base if base in known else None


@lru_cache(maxsize=64)
def _extended(lang: str, extra: tuple[tuple[str, tuple[str, ...]], ...]) -> Lexicon:
    """The language with a site's own words in front."""
    base = lexicon(lang)
    lex = Lexicon(
        fold=base.fold, words=dict(base.words), stems=dict(base.stems), endings=dict(base.endings),
        function=base.function, lang=lang, spaceless=base.spaceless,
        longest=dict(base.longest), stem_phrases=set(base.stem_phrases),
    )  # fmt: skip
    for intent, entries in extra:
        for entry in entries:
            lex.add(f"site_{intent}", entry)
    lex.reindex()
    return lex
