"""Clues of a query in, probabilities of know, go, do, buy and none out: a linear model over clues."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from warehouse.intent.match import Found

INTENTS = ("know", "go", "do", "buy", "none")
MODEL_FILE = Path(__file__).parent / "model.json"

Row = tuple[float, ...]


@dataclass(frozen=True)
class Model:
    """`single`: feature -> one weight per intent; `pair`: the same for two features that are both there."""

    name: str
    single: dict[str, Row]
    pair: dict[str, dict[str, Row]]

    def probabilities(self, features: dict[str, float]) -> Row:
        know, go, do, buy, none = self.single["bias"]
        for row, strength in self._terms(features):
            know += row[0] * strength
            go += row[1] * strength
            do += row[2] * strength
            buy += row[3] * strength
            none += row[4] * strength
        top = max(know, go, do, buy, none)
        powers = exp(know - top), exp(go - top), exp(do - top), exp(buy - top), exp(none - top)
        total = sum(powers)
        return tuple([p / total for p in powers])

    def _terms(self, features: dict[str, float]) -> list[tuple[Row, float]]:
        """Weights with what they count: of each feature, and of each two that speak differently together."""
        terms = []
        names = list(features)
        for i, name in enumerate(names):
            value = features[name]
            if name in self.single:
                terms.append((self.single[name], value))
            partners = self.pair.get(name)
            if partners:
                together = [other for other in names[i + 1 :] if other in partners]
                terms += [(partners[other], min(value, features[other])) for other in together]
        return terms


def features(found: Found) -> dict[str, float]:
    """Named features of a query with their strengths, 0 to 1."""
    out = dict(found.clues)
    out.update(found.shape)
    if "longnum" in out and ("budget" in out or "money" in out or "price" in out):
        del out["longnum"]
    if not found.clues:
        out["nothing"] = 1.0
    elif not found.unknown and len(found.clues) == 1:
        out[f"only {next(iter(found.clues))}"] = 1.0
    if not found.clues and not found.unknown and found.shape.keys() <= {"number", "longnum"}:
        out.update({f"only {name}": 1.0 for name in found.shape})
    if found.unknown:
        out["unknown"] = found.unknown / found.words
    if found.words <= 1 and not found.clues:
        out["one_word" if found.words else "empty"] = 1.0
    elif found.words >= 5:
        out["long"] = 1.0
    return out


@cache
def model() -> Model:
    raw = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    return build(raw["name"], raw["weights"])


def build(name: str, weights: dict[str, list[float]]) -> Model:
    single = {key: tuple(row) for key, row in weights.items() if " + " not in key}
    pair: dict[str, dict[str, Row]] = {}
    for key, row in weights.items():
        first, plus, second = key.partition(" + ")
        if plus:
            pair.setdefault(first, {})[second] = tuple(row)
            pair.setdefault(second, {})[first] = tuple(row)
    return Model(name, single, pair)
