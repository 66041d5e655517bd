"""A site's answered moments in; the half-lives, temperature and prior that foresee the answers best, out.

An example is a segment that ended in an answer: its signals up to, and without, the answering event, and the
intent answered. Fitted by maximum likelihood with a pull towards the rules in use; a fifth of the sessions is
held out and judges. Weights and thresholds: fit_weights.py.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import duckdb

INTENTS = ("know", "go", "do", "buy")
EXAMPLES_MIN = 50
EXAMPLES_MAX = 4000
ANSWERS_MIN = 20  # of an intent, before a fit may weigh it against others
PULL = 2.0  # how many examples the rules in use are worth, per parameter
STEPS = (0.5, 0.25, 0.1, 0.05)


@dataclass(frozen=True)
class Said:
    """One signal of one event: how long before the answer in seconds, what it said for each intent, its name
    (kind:key), and what its weights were multiplied by (a page that was dwelt on)."""

    ago: float
    weights: Sequence[float]
    signal: str = ""
    scale: float = 1.0


@dataclass(frozen=True)
class Example:
    said: Sequence[Said]
    intent: int
    held_out: bool


@dataclass(frozen=True)
class Parameters:
    """Half-lives in minutes and priors in the order of INTENTS."""

    half_life_minutes: tuple[float, ...]
    prior: tuple[float, ...]
    temperature: float


@dataclass(frozen=True)
class Score:
    """How well answers were foreseen: mean log-loss, and the share of answers whose intent led."""

    examples: int
    log_loss: float
    accuracy: float


def examples(con: duckdb.DuckDBPyConnection, site: str) -> list[Example]:
    """Answered segments with something done before the answer; a fixed sample of EXAMPLES_MAX."""
    rows = con.execute(
        """WITH ended AS (
            SELECT *, max(elapsed) OVER w AS answered_at, arg_max(outcome, n) OVER w AS answer,
              max(n) OVER w AS last_n
            FROM moment_evidence WHERE site_id = $site
            WINDOW w AS (PARTITION BY session_id, segment)
        )
        SELECT list({ago: answered_at - elapsed, event: event, signals: signals} ORDER BY n),
          any_value(answer), hash(session_id) % 5 = 0
        FROM ended WHERE answer IS NOT NULL AND n < last_n
        GROUP BY session_id, segment ORDER BY hash(session_id, segment) LIMIT $most""",
        {"site": site, "most": EXAMPLES_MAX},
    ).fetchall()
    known, dwell = _known(con, site)
    return [
        Example(
            [said for event in events for said in _said(event, known, dwell)], INTENTS.index(answer), held_out
        )
        for events, answer, held_out in rows
    ]


def _known(con: duckdb.DuckDBPyConnection, site: str) -> tuple[set[str], float]:
    """Names of events that have weights, and what a page's weights are multiplied by when it is dwelt on."""
    query = (
        "SELECT json_keys(params -> 'event'), dwell_scale FROM moment_settings"
        " WHERE site_id IN ($site, '') ORDER BY site_id DESC LIMIT 1"
    )
    row = con.execute(query, {"site": site}).fetchone()
    return (set(row[0]), row[1]) if row else (set(), 1.0)


def _said(event: dict[str, Any], known: set[str], dwell: float) -> list[Said]:
    """An event's signals; one without weights of its own is a signal that says nothing yet."""
    found = [
        Said(
            event["ago"],
            tuple(one["w"]),
            one["signal"],
            dwell if event["event"] == "engagement" and one["signal"].startswith("page:") else 1.0,
        )
        for one in event["signals"]
    ]
    if event["event"] not in known:
        found.append(Said(event["ago"], (0.0,) * len(INTENTS), f"event:{event['event']}"))
    return found


def learnable(cases: Iterable[Example]) -> list[str]:
    """Intents with answers enough to learn from."""
    counts = Counter(case.intent for case in cases)
    return [name for i, name in enumerate(INTENTS) if counts[i] >= ANSWERS_MIN]


def in_use(con: duckdb.DuckDBPyConnection, site: str) -> Parameters:
    """The parameters that hold for the site now."""
    row = con.execute(
        "SELECT [h / 60 FOR h IN half_life], prior, temperature FROM moment_settings"
        " WHERE site_id IN ($site, '') ORDER BY site_id DESC LIMIT 1",
        {"site": site},
    ).fetchone()
    if row is None:
        raise LookupError("moment_settings has no row of the defaults: hetk models build")
    return Parameters(tuple(row[0]), tuple(row[1]), row[2])


def fit(
    start: Parameters, cases: Sequence[Example], told: Callable[[float], None] = lambda _: None
) -> Parameters:
    """Pattern search from the rules in use; `told` hears the loss after each round."""
    train = [case for case in cases if not case.held_out]
    best, least = start, _penalised(start, start, train)
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for candidate in _neighbours(best, step):
                loss = _penalised(candidate, start, train)
                if loss < least - 1e-6:
                    best, least, moved = candidate, loss, True
            told(least)
    return best


def score(parameters: Parameters, cases: Iterable[Example]) -> Score:
    """Judges the parameters on the given examples."""
    loss, right, count = 0.0, 0, 0
    for case in cases:
        p = probabilities(parameters, case.said)
        loss -= math.log(max(p[case.intent], 1e-12))
        right += max(p) == p[case.intent]
        count += 1
    return Score(count, loss / max(count, 1), right / max(count, 1))


def probabilities(parameters: Parameters, said: Sequence[Said]) -> list[float]:
    """docs/moments.md, 3: softmax of the decayed evidence at the moment of the answer."""
    z = []
    for i, half_life in enumerate(parameters.half_life_minutes):
        evidence = sum(one.weights[i] * 2 ** (-one.ago / (60 * half_life)) for one in said)
        z.append((parameters.prior[i] + evidence) / parameters.temperature)
    top = max(z)
    powers = [math.exp(v - top) for v in z]
    return [v / sum(powers) for v in powers]


def patch(parameters: Parameters) -> dict[str, Any]:
    """The parameters as a site's differences from the default rules."""
    return {
        name: [round(v, 4) for v in value] if isinstance(value, tuple) else round(value, 4)
        for name, value in asdict(parameters).items()
    }


def _penalised(parameters: Parameters, start: Parameters, train: Sequence[Example]) -> float:
    shifts = [
        math.log(a / b) for a, b in zip(parameters.half_life_minutes, start.half_life_minutes, strict=True)
    ]
    shifts += [a - b for a, b in zip(parameters.prior, start.prior, strict=True)]
    shifts.append(math.log(parameters.temperature / start.temperature))
    return score(parameters, train).log_loss + PULL * sum(s * s for s in shifts) / max(len(train), 1)


def _neighbours(at: Parameters, step: float) -> Iterable[Parameters]:
    for by in (step, -step):
        yield replace(at, temperature=at.temperature * math.exp(by))
        for i in range(len(INTENTS)):
            lives, prior = list(at.half_life_minutes), list(at.prior)
            lives[i] *= math.exp(by)
            prior[i] += by
            yield replace(at, half_life_minutes=tuple(lives))
            yield replace(at, prior=tuple(prior))
