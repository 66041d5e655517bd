"""docs/moments-stories.md tells what the code tells now, of real data and of people written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.e2e.stories import COMMAND, PAGE, make_lake, renewed
from warehouse.cli import main as hetk

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield make_lake(tmp_path_factory.mktemp("stories"))


def test_the_page_is_what_the_commands_print(data: Path) -> None:
    page = PAGE.read_text("utf-8")
    assert len(COMMAND.findall(page)) == 20
    assert renewed(page, data) == page, "python -m tests.e2e.stories writes it anew"


def test_the_figures_of_the_planted_stories_are_the_answers_of_their_questions(data: Path) -> None:
    page = PAGE.read_text("utf-8")

    def ask(name: str, **of: Any) -> list[dict[str, Any]]:
        done = CliRunner().invoke(hetk, ["ask", name, "--json", "--data", str(data)])
        rows: list[dict[str, Any]] = json.loads(done.output)
        return [row for row in rows if all(row[column] == value for column, value in of.items())]

    [bug] = ask("events_bursting", event="checkout_bug", week="2024-04-22")
    assert (
        f"`checkout_bug` on {bug['device_type']} alone, {int(bug['deviation'])} standard deviations" in page
    )
    for week, said in (
        ("2024-05-20", "week of 20 May, {usual:.0f} usual"),
        ("2024-06-17", "week of 17 June"),
    ):
        [row] = ask("orders_unusual", site_id="shop", week=week)
        assert said.format_map(row) in page
        assert f"{row['orders']} " in page and f"of {row['visits']} " in page
    mail = {row["first_event"]: row["share"] for row in ask("orders_by_first_event", channel="email")}
    assert f"{mail['add_to_cart']:.0%}".replace("%", " % of the visits by mail") in page
    assert f"{mail['view_item']:.0%}".replace("%", " % of those that begin with a product") in page
    viral = ask("visits_empty_handed", site_id="shop")[0]
    assert f"help asked for in {viral['visits']} visits that took nothing, {viral['usual']} usual" in page
    ages = {row["months"]: f"{row['share']:.0%}"[:-1] for row in ask("orders_by_age", cohort="2024-03")}
    assert f"in {ages[0]} % of their visits, three months later in {ages[3]} %" in page
