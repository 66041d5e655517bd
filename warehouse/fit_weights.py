"""Examples of answered moments in; the weights of signals that foresee the answers best, and thresholds, out.

A softmax regression on the decayed signals, pulled towards the weights in use; convex, so plain descent finds
the one answer. Events without a weight yet are signals too: a site's own events earn theirs here.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from warehouse.fit import INTENTS, PULL, Example, Parameters, Said, Score, fit, patch, probabilities, score

SIGNAL_MIN = 20  # examples that hold a signal, before its weights may move
ROUNDS = 60
WEIGHT_CHANGE_MIN = 0.02  # smaller changes are not worth a rule
OPENS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
LEADS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4)

Four = tuple[float, ...]
Weights = dict[str, Four]


@dataclass(frozen=True)
class Thresholds:
    """A moment opens at `open`, when its intent leads the next by `lead`."""

    open: float
    lead: float


@dataclass
class _Case:
    """One example, worked out once: what is fixed, and how much of each signal is left at the answer."""

    fixed: list[float]
    amounts: list[tuple[str, list[float]]]
    intent: int


@dataclass(frozen=True)
class Fitted:
    """All that a fit found, and how it does on the answers held out, beside the rules in use."""

    parameters: Parameters
    thresholds: Thresholds
    weights: Weights
    before: Score
    after: Score
    named_before: float
    named_after: float

    def rules(self) -> dict[str, Any]:
        """As differences from the default rules."""
        return patch(self.parameters) | asdict(self.thresholds) | as_rules(self.weights)


def fit_all(
    start: Parameters, opened: Thresholds, cases: Sequence[Example], told: Callable[[float], None]
) -> Fitted:
    """Weights first, then half-lives and calibration on them, then thresholds; `told` hears the loss."""
    weights = fit_weights(start, cases)
    weighed = reweigh(cases, weights)
    found = fit(start, weighed, told)
    opens = fit_thresholds(found, weighed, opened)
    old, new = ([case for case in some if case.held_out] for some in (cases, weighed))
    return Fitted(
        found, opens, weights, score(start, old), score(found, new),
        named(opened, start, old), named(opens, found, new),
    )  # fmt: skip


def fit_weights(parameters: Parameters, cases: Sequence[Example]) -> Weights:
    """The weights that moved, by signal (kind:key)."""
    train = [case for case in cases if not case.held_out]
    held = Counter(signal for case in train for signal in {said.signal for said in case.said})
    start = {
        said.signal: tuple(w / said.scale for w in said.weights)
        for case in train
        for said in case.said
        if held[said.signal] >= SIGNAL_MIN and not said.signal.startswith("search:")
    }
    known = [_case(parameters, case, start) for case in train]
    best, step = dict(start), 4.0
    loss, slope = _loss(parameters, known, best, start)
    for _ in range(ROUNDS):
        tried = {s: tuple(w - step * g for w, g in zip(best[s], slope[s], strict=True)) for s in best}
        found, next_slope = _loss(parameters, known, tried, start)
        if found < loss:
            best, loss, slope, step = tried, found, next_slope, step * 1.3
        else:
            step /= 2
    moved = (
        signal
        for signal in best
        if max(abs(a - b) for a, b in zip(best[signal], start[signal], strict=True)) >= WEIGHT_CHANGE_MIN
    )
    return {signal: tuple(round(w, 3) for w in best[signal]) for signal in moved}


def reweigh(cases: Sequence[Example], weights: Mapping[str, Four]) -> list[Example]:
    """The same examples with other weights, an event's signals in one."""
    return [replace(case, said=_together(case.said, weights)) for case in cases]


def _together(all_said: Sequence[Said], weights: Mapping[str, Four]) -> list[Said]:
    sums: dict[float, list[float]] = {}
    for said in all_said:
        new = weights.get(said.signal)
        spoken = said.weights if new is None else [w * said.scale for w in new]
        at = sums.setdefault(said.ago, [0.0] * len(INTENTS))
        for i, w in enumerate(spoken):
            at[i] += w
    return [Said(ago, tuple(four)) for ago, four in sums.items()]


def fit_thresholds(parameters: Parameters, cases: Sequence[Example], start: Thresholds) -> Thresholds:
    """Those that name most answers right less those named wrong; what stays silent counts nothing."""
    found = [
        (probabilities(parameters, case.said), case.intent)
        for case in cases
        if not case.held_out and case.said
    ]
    tried = [start, *(Thresholds(o, lead) for o in OPENS for lead in LEADS)]
    return max(tried, key=lambda one: _named(one, found))  # of equals the first: the one in use


def named(thresholds: Thresholds, parameters: Parameters, cases: Sequence[Example]) -> float:
    """Share of the examples named right, less the share named wrong."""
    found = [(probabilities(parameters, case.said), case.intent) for case in cases]
    return _named(thresholds, found) / max(len(found), 1)


def as_rules(weights: Mapping[str, Four]) -> dict[str, dict[str, list[float]]]:
    """Weights as differences from the rules: kind -> key -> four numbers."""
    rules: dict[str, dict[str, list[float]]] = defaultdict(dict)
    for signal, four in sorted(weights.items()):
        kind, _, key = signal.partition(":")
        rules[kind][key] = list(four)
    return dict(rules)


def _named(thresholds: Thresholds, found: Sequence[tuple[Sequence[float], int]]) -> int:
    score = 0
    for p, intent in found:
        most, after = sorted(p, reverse=True)[:2]
        if most >= thresholds.open and most - after >= thresholds.lead:
            score += 1 if p[intent] == most else -1
    return score


def _case(parameters: Parameters, case: Example, moving: Mapping[str, Four]) -> _Case:
    fixed = list(parameters.prior)
    amounts: dict[str, list[float]] = {}
    for said in case.said:
        left = [2 ** (-said.ago / (60 * h)) for h in parameters.half_life_minutes]
        if said.signal in moving:
            sums = amounts.setdefault(said.signal, [0.0] * len(INTENTS))
            for i, part in enumerate(left):
                sums[i] += said.scale * part
        else:
            for i, part in enumerate(left):
                fixed[i] += said.weights[i] * part
    return _Case(fixed, list(amounts.items()), case.intent)


def _loss(
    parameters: Parameters, cases: Sequence[_Case], weights: Weights, start: Weights
) -> tuple[float, dict[str, list[float]]]:
    """Mean log-loss with the pull, and its slope."""
    count = max(len(cases), 1)
    pull = PULL / count
    slope = {s: [2 * pull * (w - b) for w, b in zip(weights[s], start[s], strict=True)] for s in weights}
    loss = sum(pull * (w - b) ** 2 for s in weights for w, b in zip(weights[s], start[s], strict=True))
    for case in cases:
        z = list(case.fixed)
        for signal, amount in case.amounts:
            four = weights[signal]
            for i in range(len(INTENTS)):
                z[i] += four[i] * amount[i]
        top = max(z)
        powers = [math.exp((v - top) / parameters.temperature) for v in z]
        total = sum(powers)
        loss -= math.log(max(powers[case.intent] / total, 1e-12)) / count
        off = [v / total / parameters.temperature / count for v in powers]
        off[case.intent] -= 1 / parameters.temperature / count
        for signal, amount in case.amounts:
            of = slope[signal]
            for i in range(len(INTENTS)):
                of[i] += off[i] * amount[i]
    return loss, slope
