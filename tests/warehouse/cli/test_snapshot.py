"""`hetk snapshot`: a plain DuckDB file that opens without any extension, replaced only when complete."""

from pathlib import Path

import duckdb
import pytest

from tests.e2e.server import hetk
from tests.warehouse.cli.conftest import EVENTS

PLAIN: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
}


@pytest.mark.long
def test_has_all_tables_and_views_and_needs_no_extension(lake: Path, tmp_path: Path) -> None:
    target = tmp_path / "today.duckdb"
    assert f"{EVENTS:,} events" in hetk("snapshot", target, "--data", lake).stdout
    con = duckdb.connect(str(target), read_only=True, config=PLAIN)
    assert con.execute("SELECT count(*), sum(price)::DOUBLE FROM events").fetchall() == [
        (EVENTS, EVENTS * 1999 / 100)
    ]
    views = [
        row[0] for row in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    ]
    assert {"ev", "sessions", "visitors"} <= set(views)
    for view in views:
        con.execute(f'SELECT count(*) FROM "{view}"').fetchall()
    assert con.execute("SELECT count(*) FROM sessions").fetchall() == [(7,)]
    assert [path.name for path in tmp_path.iterdir()] == ["today.duckdb"]


@pytest.mark.long
def test_replaces_an_older_one_and_nothing_else(lake: Path, tmp_path: Path) -> None:
    target, letter = tmp_path / "today.duckdb", tmp_path / "letter.txt"
    letter.write_text("not a database")
    done = hetk("snapshot", letter, "--data", lake, check=False)
    assert (done.returncode, letter.read_text()) == (1, "not a database")
    assert "no DuckDB file" in done.stderr
    with duckdb.connect(str(target)) as old:
        old.execute("CREATE TABLE old (n INTEGER)")
    hetk("snapshot", target, "--data", lake)
    assert duckdb.connect(str(target), read_only=True).execute("SELECT count(*) FROM ev").fetchall() == [
        (EVENTS,)
    ]


@pytest.mark.parametrize("where", ["nowhere/today.duckdb"])
def test_a_place_that_cannot_be_written_is_named(lake: Path, tmp_path: Path, where: str) -> None:
    done = hetk("snapshot", tmp_path / where, "--data", lake, check=False)
    assert done.returncode == 1
    assert "cannot write into" in done.stderr


def test_no_lake_says_how_to_get_one(tmp_path: Path) -> None:
    done = hetk("snapshot", tmp_path / "a.duckdb", "--data", tmp_path / "none", check=False)
    assert done.returncode == 1
    assert "hetk serve" in done.stderr
    assert list(tmp_path.iterdir()) == []
