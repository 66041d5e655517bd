"""`hetk ask`: parameters are checked before anything runs; what runs too long is stopped and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.server import hetk
from warehouse.queries import questions

LONG = "SELECT sum(a.i * b.i) FROM range(10000000) AS a(i), range(10000000) AS b(i)"


@pytest.mark.parametrize(
    ("question", "param", "complaint"),
    [
        ("funnel", "days=seven", "days is a whole number, for example days=7"),
        ("funnel", "days=", "days is a whole number"),
        ("funnel", "hours=7", "funnel takes NAME=VALUE with NAME of: days"),
        ("retention", "unit=fortnight", "unit is one of day, week, month, quarter, year"),
        ("after_know", "intent=sell", "intent is one of know, go, do, buy, for example intent=know"),
        ("channels", "x=1", "with NAME of: none"),
    ],
)
def test_a_bad_parameter_is_named_with_its_type(
    lake: Path, question: str, param: str, complaint: str
) -> None:
    done = hetk("ask", question, "--param", param, "--data", lake, check=False)
    assert done.returncode == 2
    assert f"--param {param}: " in done.stderr
    assert complaint in done.stderr


@pytest.mark.long
def test_a_visitor_whose_id_is_a_number_is_a_text(lake: Path) -> None:
    assert "v1" not in hetk("ask", "visitor_steps", "--param", "visitor=17", "--json", "--data", lake).stdout
    assert hetk("ask", "visitor_steps", "--param", "visitor=v1", "--json", "--data", lake).stdout != "[]\n"


def test_every_parameter_in_a_query_is_known_with_an_example() -> None:
    for question in questions().values():
        assert question.sql.count("getvariable(") == len(question.params), question.name
        assert all(param.takes(param.example) for param in question.params)


def test_a_query_that_runs_too_long_is_stopped_and_says_how_to_allow_more(lake: Path) -> None:
    done = hetk("sql", LONG, "--timeout", "0.3", "--data", lake, check=False)
    assert done.returncode == 1
    assert "took longer than 0.3 s and was stopped: allow more with --timeout" in done.stderr
