"""A query in; its verdict and how far each word, shape and combination pushed it out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.intent.classify import Extra, Verdict, classify, read_query
from warehouse.intent.model import INTENTS, features, model

CLUES_FILE = Path(__file__).parent / "clues.toml"


@dataclass(frozen=True)
class Reason:
    """`push` is in log-odds, against the mean of the other intents."""

    words: str
    feature: str
    about: str
    push: float


@dataclass(frozen=True)
class Explanation:
    verdict: Verdict
    reasons: tuple[Reason, ...]


def explain(text: str, lang: str | None = None, extra: Extra | None = None) -> Explanation:
    """The same road as classify, with the model's sums kept apart."""
    found, _, _ = read_query(text, lang, None, extra)
    verdict = classify(text, lang, extra=extra)
    words: dict[str, str] = {}
    for word, clue in found.evidence:
        words[clue] = f"{words[clue]}, {word}" if clue in words else word
    of = INTENTS.index(verdict.intent)
    weights = model()
    seen = features(found)
    reasons = [
        Reason(
            words.get(name, ""),
            name,
            _about(name),
            _push(weights.single[name], of) * value,
        )
        for name, value in seen.items()
        if name in weights.single
    ]
    names = list(seen)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            row = weights.pair.get(name, {}).get(other)
            if row:
                both = " + ".join(filter(None, (words.get(name), words.get(other))))
                reasons.append(
                    Reason(
                        both, f"{name} + {other}", "together", _push(row, of) * min(seen[name], seen[other])
                    )
                )
    return Explanation(verdict, tuple(reasons))


def _push(row: tuple[float, ...], of: int) -> float:
    return row[of] - (sum(row) - row[of]) / (len(row) - 1)


def _about(feature: str) -> str:
    return _descriptions().get(feature, "nothing else is there")


@cache
def _descriptions() -> dict[str, str]:
    raw = tomllib.loads(CLUES_FILE.read_text(encoding="utf-8"))
    return {name: row["about"] for table in ("clue", "shape") for name, row in raw[table].items()}
