"""Fitting finds parameters that foresee answers better, on sessions it has not seen."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from collector.datadir import DataDir
from tests.moments import golden
from tests.moments.test_golden import CASES
from warehouse import fit, migrations, rules
from warehouse.fit_weights import Thresholds, fit_all, fit_weights, reweigh
from warehouse.models import runner
from warehouse.models.lab import lab
from warehouse.store import open_lake

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]

EARLIER = [(70, "event:view_item"), (30, "event:view_item"), (30, "sequence:compare")]
DEFAULTS = fit.Parameters((10.0, 10.0, 15.0, 30.0), (0.0, 0.0, 0.0, 0.0), 0.5)


def drawn(truth: fit.Parameters, count: int) -> list[fit.Example]:
    """Examples whose answers follow `truth`."""
    dice = random.Random(1)
    cases = []
    for _ in range(count):
        said = [
            fit.Said(dice.uniform(0, 1500), [dice.choice([0, 0.4, 0.8]) for _ in range(4)])
            for _ in range(dice.randint(1, 6))
        ]
        (intent,) = dice.choices(range(4), fit.probabilities(truth, said))
        cases.append(fit.Example(said, intent, dice.random() < 0.2))
    return cases


def test_fit_moves_towards_the_truth_and_wins_on_the_held_out() -> None:
    truth = fit.Parameters((10.0, 10.0, 15.0, 30.0), (0.0, 0.0, 0.0, 1.0), 1.2)
    cases = drawn(truth, 1200)
    held_out = [case for case in cases if case.held_out]
    found = fit.fit(DEFAULTS, cases)
    before, after, best = (fit.score(p, held_out).log_loss for p in (DEFAULTS, found, truth))
    assert after < before
    assert after - best < 0.1 * (before - best), (before, after, best)


def test_fit_stays_where_the_rules_are_right() -> None:
    found = fit.fit(DEFAULTS, drawn(DEFAULTS, 800))
    assert abs(found.temperature - DEFAULTS.temperature) < 0.15


def visits(count: int) -> list[fit.Example]:
    """Visits of a site whose own events tell what follows, which the defaults (KNOWN) do not know."""
    dice = random.Random(3)
    cases = []
    for _ in range(count):
        names = dice.choices(list(TRUTH), k=dice.randint(1, 4))
        agos = [dice.uniform(0, 600) for _ in names]
        true = [fit.Said(ago, TRUTH[name], name) for ago, name in zip(agos, names, strict=True)]
        (intent,) = dice.choices(range(4), fit.probabilities(DEFAULTS, true))
        seen = [fit.Said(one.ago, KNOWN.get(one.signal, (0, 0, 0, 0)), one.signal) for one in true]
        cases.append(fit.Example(seen, intent, dice.random() < 0.2))
    return cases


TRUTH: dict[str, tuple[float, ...]] = {
    "event:tile_seen": (0, 0, 0, 1.5),
    "event:opening_hours": (0, 1.2, 0, 0),
    "event:manual_opened": (0.3, 0, 1.2, 0),
    "event:view_item": (0.15, 0, 0, 0.35),
    "page:article": (0.8, 0, 0, -0.5),
}
KNOWN = {"event:view_item": (0.15, 0, 0, 0.35), "page:article": (0.8, 0, 0, 0)}


def test_weights_of_a_sites_own_events_are_found_and_win_on_the_held_out() -> None:
    cases = visits(1500)
    opened = Thresholds(0.55, 0.15)
    found = fit_all(DEFAULTS, opened, cases, lambda _: None)
    # The best that anybody could do: the truth's own loss on the held-out part.
    best = fit.score(DEFAULTS, [c for c in reweigh(cases, TRUTH) if c.held_out]).log_loss
    assert found.before.log_loss - found.after.log_loss > 0.8 * (found.before.log_loss - best) > 0.05
    assert found.after.accuracy > found.before.accuracy
    assert found.named_after > found.named_before
    assert max(found.weights["event:tile_seen"]) == found.weights["event:tile_seen"][3] > 0.8
    assert max(found.weights["event:opening_hours"]) == found.weights["event:opening_hours"][1] > 0.6
    rules.check(found.rules())
    assert found.rules()["event"]["tile_seen"] == list(found.weights["event:tile_seen"])


def test_weights_stay_where_they_are_right() -> None:
    cases = [c for c in visits(600) if {one.signal for one in c.said} <= {"event:view_item"}]
    assert fit_weights(DEFAULTS, cases).keys() <= {"event:view_item"}
    rare = [fit.Example([fit.Said(1, (0, 0, 0, 0), f"event:{n}")], 3, False) for n in range(50)]
    assert fit_weights(DEFAULTS, rare) == {}  # each was seen too seldom


def test_examples_leave_the_answer_itself_out() -> None:
    con = lab()
    golden.load(con, {"shop": CASES["two_shoes_and_the_cart"], "till": CASES["store_visit_from_till"]})
    (example,) = fit.examples(con, "shop")
    assert example.intent == 3
    assert [(round(one.ago), one.signal) for one in example.said] == EARLIER
    assert fit.examples(con, "till") == []


def test_probabilities_are_those_of_the_warehouse() -> None:
    con = lab()
    cases = {"shop": CASES["same_product_twice"]}
    golden.load(con, cases)
    (moment,) = golden.found(con, cases)["shop"]
    rows = con.execute(
        'SELECT max(elapsed) OVER () - elapsed, [know, go, "do", buy] FROM moment_evidence ORDER BY n'
    ).fetchall()
    p = fit.probabilities(fit.in_use(con, "shop"), [fit.Said(ago, w) for ago, w in rows])
    assert max(abs(a - b) for a, b in zip(p, moment["p"], strict=True)) < 1e-9


def test_fitted_rules_are_used_listed_and_taken_back(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    data.create()
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    golden.load(con, {"shop": shoppers(120), "till": only_carts(shoppers(120))})
    con.close()
    assert "fitted-" in run(data, "fit", "shop")
    assert run(data, "list").startswith("* shop")
    assert model_of(data) != {"moments-1"}
    run(data, "use", "shop", "default")
    assert model_of(data) == {"moments-1"}
    assert "needed" in run(data, "fit", "nobody", code=1)
    assert "buy alone" in run(data, "fit", "till", code=1)


def shoppers(count: int) -> golden.Session:
    """Sessions an hour apart: a look that reads as know, then two times in three the cart, else the call."""
    page = {"event": "page_view", "page_type": "article"}
    answers = [{"event": "call"}, {"event": "add_to_cart", "product_id": "p"}, {"event": "add_to_cart"}]
    visits = [((0, page), (20, page), (40, answers[i % 3])) for i in range(count)]
    events = [{**said, "at": 3600 * i + at} for i, visit in enumerate(visits) for at, said in visit]
    return {"name": "shoppers", "events": events, "moments": []}


def only_carts(session: golden.Session) -> golden.Session:
    return {**session, "events": [event for event in session["events"] if event["event"] != "call"]}


def model_of(data: DataDir) -> set[str]:
    con = open_lake(data, read_only=True)
    try:
        return {
            model
            for (model,) in con.execute(
                "SELECT DISTINCT model FROM moments WHERE site_id = 'shop'"
            ).fetchall()
        }
    finally:
        con.close()


def run(data: DataDir, command: str, *args: str, code: int = 0) -> str:
    line = [sys.executable, "-m", "warehouse.cli", "moments", command, *args, "--data", str(data.root)]
    done = subprocess.run(
        line, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr if code else done.stdout
