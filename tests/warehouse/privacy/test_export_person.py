"""`hetk export-person`: what is kept about somebody, and nothing of anybody else."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.warehouse.load.world import World, body, event, line
from warehouse.cli import main


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("export") / "data")
    zoe, guest = {"visitor": "shared", "user": "zoe"}, {"visitor": "shared"}
    world.write(
        line(body([event(props={"note": "=2+3"})], ctx=zoe)),
        line(body([event(props={"secret": "of a guest"})], ctx=guest)),
        line(body([event()], ctx={"visitor": "abe", "user": "abe"})),
    )
    world.load()
    world.build()
    return world


def export(world: World, *arguments: object, code: int = 0) -> str:
    options = ["--site", "shop", "--data", str(world.data.root)]
    done = CliRunner().invoke(main, ["export-person", *map(str, arguments), *options])
    assert done.exit_code == code, done.output
    return done.output


def test_a_user_gets_what_was_signed_in_and_nothing_else(world: World) -> None:
    found = json.loads(export(world, "--user", "zoe"))
    assert [one["props"] for one in found["events"]] == [{"note": "=2+3"}]
    assert "secret" not in json.dumps(found)
    assert {one["visitor_id"] for one in found["sessions"]} == {"shared"}


@pytest.mark.long
def test_a_visitor_gets_everything_of_the_device(world: World) -> None:
    found = json.loads(export(world, "--visitor", "shared"))
    assert len(found["events"]) == 2


@pytest.mark.long
def test_is_written_for_people_and_for_spreadsheets(world: World, tmp_path: Path) -> None:
    text = export(world, "--user", "zoe", "--format", "text")
    assert "EVENTS (1)" in text
    assert "user id: zoe" in text
    folder = tmp_path / "zoe"
    export(world, "--user", "zoe", "--format", "csv", "-o", folder)
    with (folder / "events.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["user_id"] for row in rows] == ["zoe"]
    assert folder.stat().st_mode & 0o077 == 0


def test_says_what_is_wrong(world: World) -> None:
    assert "check --site" in export(world, "--user", "nobody", code=1)
    assert "--visitor ID or --user ID" in export(world, code=2)
    assert "-o FOLDER" in export(world, "--user", "zoe", "--format", "csv", code=2)
