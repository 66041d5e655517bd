"""Every column of a question or tile has a heading, in every language of the page."""

from __future__ import annotations

import json

import pytest

from tests.warehouse.console.test_page import WEB
from warehouse.console.tiles import tiles
from warehouse.console.view import read_view
from warehouse.models.lab import lab
from warehouse.queries import questions

HEADINGS = {
    path.stem: json.loads(path.read_text("utf-8")) for path in (WEB / "messages/columns").glob("*.json")
}


@pytest.fixture(scope="module")
def columns() -> set[str]:
    con = lab()
    view = read_view([("site", "shop")])
    asked = [question.sql for question in questions().values()]
    asked += [tile.filled(view) for tile in tiles().values()]
    found = {row[0] for sql in asked for row in con.execute(f"DESCRIBE {sql}").fetchall()}
    con.close()
    return found


def test_the_page_speaks_four_languages() -> None:
    assert set(HEADINGS) == {"en", "hi", "bn", "et"}


@pytest.mark.parametrize("language", HEADINGS)
def test_every_column_has_a_heading_and_none_is_left_over(language: str, columns: set[str]) -> None:
    assert set(HEADINGS[language]) == columns
    assert [name for name, text in HEADINGS[language].items() if not text.strip()] == []
