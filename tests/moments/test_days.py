"""Moments of closed days are kept as they were computed; rebuilding scores them anew."""

from __future__ import annotations

from datetime import date

import pytest

from tests.moments import golden
from tests.moments.test_golden import CASES
from warehouse.models import runner
from warehouse.models.lab import LATER, in_every_state, lab


@pytest.mark.long
def test_moments_are_the_same_whatever_days_are_closed() -> None:
    con = lab()
    golden.load(con, CASES)
    con.execute("UPDATE events SET ts_received = ts")
    expected = golden.found(con, CASES)
    assert sum(map(len, expected.values())) > 100
    for state in in_every_state(con):
        assert golden.found(con, CASES) == expected, state


@pytest.mark.long
def test_closed_moments_keep_their_model_until_rebuilt() -> None:
    con = lab()
    cases = {"shop": CASES["two_shoes_and_the_cart"]}
    golden.load(con, cases)
    con.execute("UPDATE events SET ts_received = ts")
    runner.close_days(con, LATER)
    con.execute("""INSERT INTO moment_models (site_id, params, active)
        VALUES ('shop', '{"model": "fitted-1", "temperature": 5}', true)""")
    (kept,) = golden.found(con, cases)["shop"]
    assert kept["model"] == "moments-1"
    runner.rebuild(con, date(2026, 3, 2), date(2026, 3, 2), LATER)
    (scored,) = golden.found(con, cases)["shop"]
    assert scored["model"] == "fitted-1"
    assert scored["confidence"] < kept["confidence"]
