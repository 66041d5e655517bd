"""`hetk verify` names each broken file of a data directory and the way out; in a whole one it finds none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.warehouse.load.world import World, body, event, line
from warehouse import migrations
from warehouse.cli import main
from warehouse.models import runner
from warehouse.people import users
from warehouse.people.log import SHELL, By
from warehouse.people.store import People
from warehouse.store import open_lake


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "data")
    world.write(line(body([event(seq=n) for n in range(200)])))
    world.load()
    con = open_lake(world.data)
    migrations.migrate(con)
    runner.build(con)
    runner.close_days(con, datetime(2100, 1, 1))
    con.close()
    world.write(line(body([event()])), line(body([event()])))
    return world


def verify(world: World, code: int) -> list[dict[str, str]]:
    done = CliRunner().invoke(main, ["verify", "--json", "--data", str(world.data.root)])
    assert done.exit_code == code, done.output
    found: list[dict[str, str]] = json.loads(done.output)
    return found


@pytest.mark.long
def test_a_whole_directory_has_nothing_broken(world: World) -> None:
    assert verify(world, 0) == []


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    """Bytes of the first page's header. Inside a value that still decodes nothing could tell."""
    raw = bytearray(path.read_bytes())
    for place in range(4, 40):
        raw[place] ^= 0xFF
    path.write_bytes(raw)


@pytest.mark.long
@pytest.mark.parametrize("harm", [lose, cut, flip], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize(
    ("table", "fix"), [("events", "from a backup"), ("visits_closed", "hetk models build")]
)
def test_names_a_broken_file_and_the_way_out(
    world: World, harm: Callable[[Path], None], table: str, fix: str
) -> None:
    path = next((world.data.lake / "main" / table).rglob("*.parquet"))
    harm(path)
    (found,) = verify(world, 1)
    assert found["path"] == str(path)
    assert table in found["what"]
    assert fix in found["fix"]


@pytest.mark.long
def test_names_a_broken_line_of_the_journal(world: World) -> None:
    path = next(world.data.journal.glob("*.hj"))
    raw = path.read_bytes()
    path.write_bytes(raw[:-20] + b"X" + raw[-19:])
    (found,) = verify(world, 1)
    assert (found["path"], "checksum" in found["what"]) == (str(path), True)


@pytest.mark.long
def test_a_catalog_that_is_no_database_is_named(world: World) -> None:
    world.data.catalog.write_bytes(b"not a database" * 1000)
    (found,) = verify(world, 1)
    assert found["path"] == str(world.data.catalog)
    assert "hetk restore" in found["fix"]


@pytest.mark.long
def test_accounts_that_are_no_database_are_named(world: World) -> None:
    people = People(world.data)
    users.first_link(people, By("", SHELL))
    assert verify(world, 0) == []
    os.truncate(people.path, people.path.stat().st_size // 2)
    found = verify(world, 1)
    assert {one["path"] for one in found} == {str(people.path)}
    assert "hetk user link" in found[0]["fix"]
