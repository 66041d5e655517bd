"""Fitting finds rules that foresee answers better, on sessions it has not seen."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collector.datadir import DataDir
from tests.moments import golden
from tests.moments.test_golden import CASES
from warehouse import fit, fit_chances, migrations, rules
from warehouse.fit_weights import fit_all, fit_weights, reweigh
from warehouse.models import runner
from warehouse.models.lab import lab
from warehouse.store import open_lake

pytestmark = pytest.mark.long

SAYS_CART = "list_contains([e.signal FOR e IN evidence], 'event:view_cart')"
ROOT = Path(__file__).parents[2]
DEFAULTS = fit.Parameters(1.0, 300_000, 0.55, 0.15)

# A site's own events tell what follows, which the defaults (KNOWN) do not know.
TRUTH: dict[str, tuple[int, ...]] = {
    "event:tile_seen": (0, 0, 0, 2500),
    "event:opening_hours": (0, 2200, 0, 0),
    "event:manual_opened": (300, 0, 2200, 0),
    "event:view_item": (400, 0, 0, 500),
    "page:article": (1200, 0, 200, 0),
}
KNOWN = {name: TRUTH[name] for name in ("event:view_item", "page:article")}


def visits(count: int, truth: fit.Parameters = DEFAULTS) -> list[fit.Example]:
    """Examples whose answers follow TRUTH, and which show what the defaults know."""
    dice = random.Random(3)
    cases = []
    for _ in range(count):
        names = dice.choices(list(TRUTH), k=dice.randint(1, 5))
        true = [fit.Said(dice.uniform(0, 900_000), name, TRUTH[name]) for name in names]
        (intent,) = dice.choices(range(4), fit.probabilities(truth, true))
        seen = [replace(one, weights=KNOWN.get(one.signal, (0, 0, 0, 0))) for one in true]
        cases.append(fit.Example(seen, intent, dice.random() < 0.2))
    return cases


def test_weights_of_a_sites_own_events_are_found_and_win_on_the_held_out() -> None:
    cases = visits(1500)
    found = fit_all(DEFAULTS, cases, lambda _: None)
    # The best that anybody could do: the truth's own loss on the held-out part.
    best = fit.score(DEFAULTS, [c for c in reweigh(cases, TRUTH) if c.held_out]).log_loss
    assert found.before.log_loss - found.after.log_loss > 0.8 * (found.before.log_loss - best) > 0.05
    assert found.after.accuracy > found.before.accuracy
    assert max(found.weights["event:tile_seen"]) == found.weights["event:tile_seen"][3] > 1500
    assert max(found.weights["event:opening_hours"]) == found.weights["event:opening_hours"][1] > 1200
    rules.check(found.rules())
    assert found.rules()["weights"]["event:tile_seen"] == list(found.weights["event:tile_seen"])


@pytest.mark.parametrize("times", [0.5, 2])
def test_the_half_life_moves_towards_the_truth(times: float) -> None:
    truth = replace(DEFAULTS, half_life_ms=DEFAULTS.half_life_ms * times)
    cases = reweigh(visits(3000, truth), TRUTH)
    found = fit_all(DEFAULTS, cases, lambda _: None)
    assert math.log(found.parameters.half_life_ms / DEFAULTS.half_life_ms) * math.log(times) > 0


def test_weights_stay_where_they_are_right() -> None:
    cases = [c for c in visits(900) if {one.signal for one in c.said} <= KNOWN.keys()]
    moved, _ = fit_weights(DEFAULTS, cases)
    assert all(
        abs(a - b) < 600 for signal, four in moved.items() for a, b in zip(four, KNOWN[signal], strict=True)
    )
    rare = [fit.Example([fit.Said(1, f"event:{n}", (0, 0, 0, 0))], 3, False) for n in range(50)]
    assert fit_weights(DEFAULTS, rare)[0] == {}  # each was seen too seldom


def test_weights_are_whole_and_never_under_zero() -> None:
    moved, _ = fit_weights(DEFAULTS, visits(800))
    assert moved
    assert all(isinstance(w, int) and w >= 0 for four in moved.values() for w in four)


def test_examples_leave_the_answer_itself_out() -> None:
    con = lab()
    golden.load(
        con, {"shop": CASES["search_view_add_purchase"], "till": CASES["call_without_more"], "sky": CASES["two_articles"]}
    )  # fmt: skip
    (example,) = fit.examples(con, "shop")
    assert example.intent == 3
    assert sorted((one.ago, one.signal) for one in example.said) == [
        (65_000, "event:begin_checkout"), (80_000, "event:view_cart"), (90_000, "event:add_to_cart"),
        (120_000, "event:view_item"), (140_000, "event:search"), (140_000, "search:buy"),
    ]  # fmt: skip
    assert fit.examples(con, "till") == []  # a home page says nothing, and the call is the answer
    (read,) = fit.examples(con, "sky")  # up to the first answer, which does not end
    assert [(one.ago, one.signal) for one in read.said] == [(30_000, "page:article")]


def test_events_without_weight_are_signals_to_be_learned() -> None:
    con = lab()
    events = [
        {"at": 0, "event": "tile_seen"},
        {"at": 5, "event": "view_cart"},
        {"at": 9, "event": "purchase"},
    ]
    events += [{"at": 20, "event": "tile_seen"}, {"at": 25, "event": "purchase"}]
    golden.load(con, {"shop": {"name": "tiles", "events": events}})
    said = [sorted((one.ago, one.signal) for one in case.said) for case in fit.examples(con, "shop")]
    assert sorted(said) == [
        [(4000, "event:view_cart"), (9000, "event:tile_seen")],
        [(5000, "event:tile_seen")],
    ]


def test_probabilities_are_those_of_the_warehouse() -> None:
    con = lab()
    golden.load(con, {"shop": CASES["cart_abandoned"]})
    rows = con.execute(
        "SELECT max(t) OVER () - t AS ago, own, last_value(p) OVER () AS p FROM moment_labels ORDER BY n"
    ).fetchall()
    said = [fit.Said(ago, "", tuple(own)) for ago, own, _ in rows]
    p = fit.probabilities(fit.in_use(con, "shop"), said)
    assert p == pytest.approx(rows[-1][2], abs=1e-8)


def test_the_chance_of_an_answer_is_found() -> None:
    dice = random.Random(5)
    told = [
        (x, dice.random() < 1 / (1 + math.exp(2 - 1.5 * x)))
        for x in (dice.gauss(0, 1.5) for _ in range(4000))
    ]
    at, slope = fit_chances.curve(told)
    assert at == pytest.approx(-2, abs=0.2)
    assert slope == pytest.approx(1.5, abs=0.15)
    assert fit_chances.curve([(x, not answered) for x, answered in told])[1] == 0.0


def test_fitted_rules_are_used_listed_and_taken_back(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    data.create()
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    golden.load(con, {"shop": shoppers(240), "till": only_orders(shoppers(480))})
    con.close()
    assert moments_of(data, "model, count(p_outcome)") == [("moments-2", 0)]
    before = moments_of(data, "moment_id, p_before, intent, state")
    assert "chance of an answer, buy" in run(data, "fit", "shop")
    assert run(data, "list").startswith("* shop")
    ((model, chances),) = moments_of(data, "model, count(p_outcome) > 100")
    assert model.startswith("fitted-")
    assert chances
    # Told before the order: two looks into the cart are oftener answered than two wishes, which never are.
    ((carts, wishes),) = moments_of(data, f"avg(p_outcome) FILTER ({SAYS_CART}), avg(p_outcome) FILTER (NOT {SAYS_CART})",
                                    "intent = 'buy'")  # fmt: skip
    assert carts > 0.3 > wishes, (carts, wishes)
    run(data, "use", "shop", "default")
    assert moments_of(data, "moment_id, p_before, intent, state") == before
    assert "there is no site 'nobody'" in run(data, "fit", "nobody", code=1)
    assert "buy alone" in run(data, "fit", "till", code=1)


def shoppers(count: int) -> golden.Session:
    """Sessions an hour apart: a cart that is bought or a shop that is called two times in three, or only wishes."""
    visits = []
    for i in range(count):
        cart = ((0, {"event": "view_cart"}), (20, {"event": "begin_search"}), (30, {"event": "view_cart"}))
        shop = ((0, {"event": "store_locator"}), (20, {"event": "store_locator"}))
        wish = ((0, {"event": "add_to_wishlist"}), (20, {"event": "add_to_wishlist"}))
        ends = {"event": "purchase"}, {"event": "call"}
        visits.append([(*cart, (60, ends[0])), (*shop, (60, ends[1])), wish, cart][i % 4])
    events = [{**said, "at": 3600 * i + at} for i, visit in enumerate(visits) for at, said in visit]
    return {"name": "shoppers", "events": events, "moments": []}


def only_orders(session: golden.Session) -> golden.Session:
    return {**session, "events": [event for event in session["events"] if event["event"] != "call"]}


def moments_of(data: DataDir, columns: str, which: str = "true") -> list[tuple[Any, ...]]:
    con = open_lake(data, read_only=True)
    try:
        return con.execute(
            f"SELECT {columns} FROM moments WHERE site_id = 'shop' AND {which} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    finally:
        con.close()


def run(data: DataDir, command: str, *args: str, code: int = 0) -> str:
    line = [sys.executable, "-m", "warehouse.cli", "moments", command, *args, "--data", str(data.root)]
    done = subprocess.run(
        line, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr if code else done.stdout
