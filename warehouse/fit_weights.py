"""Examples of answered moments in; the weights, half-life and thresholds that foresee the answers best, out.

Descent on the log-loss of the squared shares, pulled towards the rules in use and kept at 0 or more. Events without
a weight yet are signals too: a site's own events earn theirs here. What a search says stays as the classifier says.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from warehouse.fit import (
    INTENTS,
    Example,
    Parameters,
    Score,
    as_rules,
    left_of,
    probabilities,
    score,
    shares,
)

PULL = 2.0  # how many examples a rule in use is worth
SIGNAL_MIN = 20  # examples that hold a signal, before its weights may move
ROUNDS = 60
WEIGHT_CHANGE_MIN = 20  # thousandths; smaller changes are not worth a rule
HALVES = (0.5, 0.7, 1.0, 1.4, 2.0)  # the half-life is looked for at these times the one in use
OPENS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
MARGINS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)

Weights = dict[str, tuple[int, ...]]
Floats = dict[str, list[float]]


@dataclass
class _Case:
    """One example, worked out once: evidence that is fixed, and how much of each signal is left at the answer."""

    fixed: list[float]
    amounts: dict[str, float]
    intent: int


@dataclass(frozen=True)
class Fitted:
    """All that a fit found, and how it does on the answers held out, beside the rules in use."""

    parameters: Parameters
    weights: Weights
    before: Score
    after: Score
    named_before: float
    named_after: float

    def rules(self) -> dict[str, Any]:
        """As differences from the default rules."""
        moved = {signal: list(four) for signal, four in sorted(self.weights.items())}
        return as_rules(self.parameters) | ({"weights": moved} if moved else {})


def fit_all(start: Parameters, cases: Sequence[Example], told: Callable[[float], None]) -> Fitted:
    """Weights at each half-life, the best pair, then thresholds on it; `told` hears the loss of each."""
    tried = []
    for times in HALVES:
        at = replace(start, half_life_ms=round(start.half_life_ms * times))
        weights, loss = fit_weights(at, cases)
        loss += PULL * math.log(times) ** 2 / max(len(cases), 1)
        told(loss)
        tried.append((loss, times != 1, at, weights))  # of equals the half-life in use
    _, _, at, weights = min(tried, key=lambda one: one[:2])
    weighed = reweigh(cases, weights)
    found = fit_thresholds(at, weighed)
    old, new = ([case for case in some if case.held_out] for some in (cases, weighed))
    return Fitted(
        found, weights, score(start, old), score(found, new), named(start, old), named(found, new)
    )  # fmt: skip


def fit_weights(parameters: Parameters, cases: Sequence[Example]) -> tuple[Weights, float]:
    """The weights that moved, by signal, and the loss that is left (with the pull)."""
    train = [case for case in cases if not case.held_out]
    held = Counter(signal for case in train for signal in {said.signal for said in case.said})
    start = {
        said.signal: [w / 1000 for w in said.weights]
        for case in train
        for said in case.said
        if held[said.signal] >= SIGNAL_MIN and not said.signal.startswith("search:")
    }
    known = [_case(parameters, case, start) for case in train]
    best, step = start, 4.0
    loss, slope = _loss(parameters, known, best, start)
    for _ in range(ROUNDS):
        tried = {s: [max(0.0, w - step * g) for w, g in zip(best[s], slope[s], strict=True)] for s in best}
        found, next_slope = _loss(parameters, known, tried, start)
        if found < loss:
            best, loss, slope, step = tried, found, next_slope, step * 1.3
        else:
            step /= 2
    rounded = {signal: tuple(round(1000 * w) for w in four) for signal, four in best.items()}
    moved = {
        signal: four
        for signal, four in rounded.items()
        if max(abs(w - 1000 * b) for w, b in zip(four, start[signal], strict=True)) >= WEIGHT_CHANGE_MIN
    }
    return moved, loss


def reweigh(cases: Sequence[Example], weights: Mapping[str, tuple[int, ...]]) -> list[Example]:
    """The same examples with other weights."""
    return [
        replace(case, said=[replace(one, weights=weights.get(one.signal, one.weights)) for one in case.said])
        for case in cases
    ]


def fit_thresholds(parameters: Parameters, cases: Sequence[Example]) -> Parameters:
    """Those that name most answers right less those named wrong; what stays silent counts nothing."""
    train = [case for case in cases if not case.held_out]
    ranked = [_ranked(parameters, case) for case in train]

    def best(now: float, tried: Sequence[float], of: Callable[[float, float], float]) -> float:
        """Of equals the first: the one in use."""
        return max(
            [now, *tried],
            key=lambda least: sum(1 if ok else -1 for p, after, ok in ranked if of(p, after) >= least),
        )

    opened = best(parameters.open, OPENS, lambda p, _: p)
    margin = best(parameters.margin, MARGINS, lambda p, after: p - after)
    return replace(parameters, open=opened, margin=margin)


def named(parameters: Parameters, cases: Sequence[Example]) -> float:
    """Share of the examples whose moment opened before the answer with its intent, less with another one."""
    ranked = [_ranked(parameters, case) for case in cases]
    count = sum(1 if ok else -1 for p, _, ok in ranked if p >= parameters.open)
    return count / max(len(ranked), 1)


def _ranked(parameters: Parameters, case: Example) -> tuple[float, float, bool]:
    """The leading probability, the one after it, and whether the leader was answered."""
    p = probabilities(parameters, case.said)
    most, after = sorted(p, reverse=True)[:2]
    return most, after, p[case.intent] == most


def _case(parameters: Parameters, case: Example, moving: Mapping[str, object]) -> _Case:
    found = _Case([0.0] * len(INTENTS), {}, case.intent)
    for said in case.said:
        left = left_of(parameters, said.ago)
        if said.signal in moving:
            found.amounts[said.signal] = found.amounts.get(said.signal, 0.0) + left
        else:
            for i, w in enumerate(said.weights):
                found.fixed[i] += w / 1000 * left
    return found


def _loss(
    parameters: Parameters, cases: Sequence[_Case], weights: Floats, start: Floats
) -> tuple[float, Floats]:
    """Mean log-loss with the pull, and its slope."""
    count = max(len(cases), 1)
    pull = PULL / count
    slope = {s: [2 * pull * (w - b) for w, b in zip(weights[s], start[s], strict=True)] for s in weights}
    loss = sum(pull * (w - b) ** 2 for s in weights for w, b in zip(weights[s], start[s], strict=True))
    for case in cases:
        e = list(case.fixed)
        for signal, amount in case.amounts.items():
            for i, w in enumerate(weights[signal]):
                e[i] += w * amount
        p = shares(parameters, e)
        loss -= math.log(max(p[case.intent], 1e-12)) / count
        off = [2 * (p[i] - (i == case.intent)) / (parameters.prior + e[i]) / count for i in range(len(e))]
        for signal, amount in case.amounts.items():
            for i, of in enumerate(off):
                slope[signal][i] += of * amount
    return loss, slope
