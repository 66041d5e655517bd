"""A site's moments in; per intent, how the probability before any outcome foretells an answer, out.

A logistic curve of the log-odds of `p_before`: the probability of the moment's intent at the event before its first
outcome, steps included. So the chance knows nothing of what it foretells. Moments that began with their outcome
(p_before is null) teach nothing and have no chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from warehouse.fit import INTENTS

MOMENTS_MAX = 20_000
EACH_MIN = 20  # answered and unanswered moments of an intent
ROUNDS = 30
PULL = 1.0  # of the slope towards 0: without a connection the chance is the mean

Told = tuple[float, bool]  # log-odds of p_before, answered


@dataclass(frozen=True)
class Chance:
    """The curve (chance = 1 / (1 + exp(-(at + slope x log-odds)))), and its mean log-loss on held-out moments beside
    the loss of always saying the mean."""

    at: float
    slope: float
    moments: int
    log_loss: float
    log_loss_mean: float


def fit_chances(con: duckdb.DuckDBPyConnection, site: str) -> dict[str, Chance]:
    """By intent; those with too few moments, or where the mean foretells the held-out as well, are left out."""
    rows = con.execute(
        """SELECT intent, ln(p_before / (1 - p_before)), state IN ('satisfied', 'converted'), hash(session_id) % 5 = 0
        FROM moments WHERE site_id = $site AND state <> 'open' AND p_before IS NOT NULL
        ORDER BY hash(moment_id) LIMIT $most""",
        {"site": site, "most": MOMENTS_MAX},
    ).fetchall()
    found = {}
    for intent in INTENTS:
        train, held_out = (
            [(x, answered) for name, x, answered, held in rows if name == intent and held == out]
            for out in (False, True)
        )
        if min(sum(y for _, y in train), sum(not y for _, y in train)) < EACH_MIN or not held_out:
            continue
        mean = sum(y for _, y in train) / len(train)
        at, slope = curve(train)
        told, flat = loss(at, slope, held_out), loss(math.log(mean / (1 - mean)), 0.0, held_out)
        if told < flat:
            found[intent] = Chance(at, slope, len(train) + len(held_out), told, flat)
    return found


def curve(train: Sequence[Told]) -> tuple[float, float]:
    """Newton's method on the log-loss; a slope under 0 is none."""
    at, slope = 0.0, 0.0
    for _ in range(ROUNDS):
        g0, g1, h00, h01, h11 = 0.0, PULL * slope, 1e-9, 0.0, PULL
        for x, answered in train:
            p = _chance(at, slope, x)
            g0 += p - answered
            g1 += (p - answered) * x
            spread = p * (1 - p)
            h00, h01, h11 = h00 + spread, h01 + spread * x, h11 + spread * x * x
        det = h00 * h11 - h01 * h01
        at -= (h11 * g0 - h01 * g1) / det
        slope -= (h00 * g1 - h01 * g0) / det
    if slope < 0:
        mean = sum(y for _, y in train) / len(train)
        return math.log(mean / (1 - mean)), 0.0
    return at, slope


def loss(at: float, slope: float, told: Sequence[Told]) -> float:
    """Mean log-loss."""
    chances = ((_chance(at, slope, x), answered) for x, answered in told)
    return -sum(math.log(max(p if answered else 1 - p, 1e-12)) for p, answered in chances) / len(told)


def _chance(at: float, slope: float, x: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, at + slope * x))))
