"""`hetk describe` and `hetk status`: readable on a terminal, and clear about what is not there."""

import json
from pathlib import Path

import pytest

from tests.e2e.server import hetk


@pytest.mark.long
def test_a_nested_type_does_not_push_the_meanings_off_the_screen(lake: Path) -> None:
    lines = hetk("describe", "events", "--data", lake).stdout.splitlines()
    [line] = [line for line in lines if line.startswith("visitor_id ")]
    assert line.index("the visitor id") < 70
    [items] = [
        row for row in json.loads(hetk("describe", "events", "--json", "--data", lake).stdout)
        if row["column"] == "items"
    ]  # fmt: skip
    assert items["type"].startswith("STRUCT(")
    assert items["type"].endswith("[]")


def test_an_unknown_table_is_answered_with_the_nearest(lake: Path) -> None:
    done = hetk("describe", "sesions", "--data", lake, check=False)
    assert done.returncode == 1
    assert "The nearest is sessions." in done.stderr


def test_status_of_a_lake_without_a_server(lake: Path) -> None:
    found = json.loads(hetk("status", "--json", "--data", lake).stdout)
    assert (found["server"], found["events"], found["last_error"]) == ("not running", 1234, None)


def test_status_of_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    done = hetk("status", "--data", tmp_path / "typo", check=False)
    assert done.returncode == 1
    assert "hetk serve --data" in done.stderr


def test_every_table_view_and_macro_says_what_a_row_of_it_is(lake: Path) -> None:
    listed = json.loads(hetk("describe", "--json", "--data", lake).stdout)
    assert len(listed) > 40
    assert [row["name"] for row in listed if not row["grain"]] == []
