"""A site's answered moments in; examples to learn from, and how well rules foresee them, out.

An example is a segment that ended in an answer: what spoke in it up to, and without, the answering event, and the
intent answered. A fifth of the sessions is held out and judges. What is fitted to them: fit_weights.py; the chance
of an answer: fit_chances.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

INTENTS = ("know", "go", "do", "buy")
EXAMPLES_MIN = 50
EXAMPLES_MAX = 4000
ANSWERS_MIN = 20  # of an intent, before a fit may weigh it against others

# Events that do not count have no weight, so none of them is in moment_steps: a site's own events come from `ev_sessions`.
EXAMPLES = """
WITH answers AS (
  SELECT *, min(n) FILTER (answers.level >= 2) OVER (PARTITION BY session_id, segment) AS answer_n,
    max(ts) OVER (PARTITION BY session_id ORDER BY segment RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM moment_steps WHERE site_id = $site
), ended AS (
  SELECT session_id, segment, n, t, ts, answers.intent AS intent, before FROM answers WHERE n = answer_n
), said AS (
  SELECT e.session_id, e.segment, e.t - s.t AS ago, unnest(s.signals) AS s
  FROM ended AS e JOIN answers AS s ON s.session_id = e.session_id AND s.segment = e.segment AND s.n < e.n
  UNION ALL
  SELECT e.session_id, e.segment, epoch_ms(e.ts) - epoch_ms(s.ts), {signal: 'event:' || s.event, w: [0, 0, 0, 0]}
  FROM ended AS e JOIN ev_sessions AS s ON s.site_id = $site AND s.session_id = e.session_id AND s.ts < e.ts
    AND s.ts > coalesce(e.before, s.ts - INTERVAL 1 SECOND)
  WHERE 'event:' || s.event NOT IN (SELECT signal FROM moment_weights WHERE site_id = $rules) AND s.event <> 'page_view'
)
SELECT list({ago: ago, signal: s.signal, w: s.w}), any_value(intent), hash(session_id) % 5 = 0
FROM said JOIN ended USING (session_id, segment)
GROUP BY session_id, segment ORDER BY hash(session_id, segment) LIMIT $most"""


@dataclass(frozen=True)
class Said:
    """A signal of one event: how long before the answer in ms, its name, its weights in thousandths."""

    ago: float
    signal: str
    weights: tuple[int, ...]


@dataclass(frozen=True)
class Example:
    """`intent` is the index in INTENTS of what was answered."""

    said: Sequence[Said]
    intent: int
    held_out: bool


@dataclass(frozen=True)
class Parameters:
    """What a site's rules say beside the weights; docs/moments.md."""

    prior: float
    half_life_ms: float
    open: float
    margin: float


@dataclass(frozen=True)
class Score:
    """How well answers were foreseen: mean log-loss, and the share of answers whose intent led."""

    examples: int
    log_loss: float
    accuracy: float


def examples(con: duckdb.DuckDBPyConnection, site: str) -> list[Example]:
    """Answered segments with something done before the answer; a fixed sample of EXAMPLES_MAX."""
    values = {"site": site, "rules": _rules_of(con, site), "most": EXAMPLES_MAX}
    return [
        Example([Said(one["ago"], one["signal"], tuple(one["w"])) for one in said], intent - 1, held_out)
        for said, intent, held_out in con.execute(EXAMPLES, values).fetchall()
    ]


def _rules_of(con: duckdb.DuckDBPyConnection, site: str) -> str:
    """The site's name in moment_settings: its own where it has rules, else ''."""
    own = con.execute("SELECT 1 FROM moment_settings WHERE site_id = ?", [site]).fetchone()
    return site if own else ""


def learnable(cases: Iterable[Example]) -> list[str]:
    """Intents with answers enough to learn from."""
    counts = Counter(case.intent for case in cases)
    return [name for i, name in enumerate(INTENTS) if counts[i] >= ANSWERS_MIN]


def in_use(con: duckdb.DuckDBPyConnection, site: str) -> Parameters:
    """The parameters that hold for the site now; LookupError where the models are not built."""
    row = con.execute(
        "SELECT prior, half_life_ms, open_at, margin FROM moment_settings WHERE site_id = ?",
        [_rules_of(con, site)],
    ).fetchone()
    if row is None:
        raise LookupError("moment_settings has no row of the defaults: hetk models build")
    return Parameters(*row)


def score(parameters: Parameters, cases: Iterable[Example]) -> Score:
    """Judges rules on the given examples, by the weights that stand in them."""
    loss, right, count = 0.0, 0, 0
    for case in cases:
        p = probabilities(parameters, case.said)
        loss -= math.log(max(p[case.intent], 1e-12))
        right += max(p) == p[case.intent]
        count += 1
    return Score(count, loss / max(count, 1), right / max(count, 1))


def probabilities(parameters: Parameters, said: Sequence[Said]) -> list[float]:
    """docs/moments.md, evidence: squared shares of the decayed evidence at the time of the answer."""
    evidence = [0.0] * len(INTENTS)
    for one in said:
        left = left_of(parameters, one.ago) / 1000
        for i, w in enumerate(one.weights):
            evidence[i] += w * left
    return shares(parameters, evidence)


def left_of(parameters: Parameters, ago: float) -> float:
    """What time has left of a signal, 0 to 1."""
    return float(2 ** (-ago / parameters.half_life_ms))


def shares(parameters: Parameters, evidence: Sequence[float]) -> list[float]:
    """Evidence (1 is a weight of 1000) as probabilities."""
    squares = [(parameters.prior + e) ** 2 for e in evidence]
    total = sum(squares)
    return [square / total for square in squares]


def as_rules(parameters: Parameters) -> dict[str, Any]:
    """The fitted ones, as differences from the default rules."""
    return {
        "half_life_ms": round(parameters.half_life_ms),
        "open": parameters.open,
        "margin": parameters.margin,
    }
