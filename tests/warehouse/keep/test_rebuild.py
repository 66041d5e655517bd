"""A rebuilt lake that is not the old one says so, in what, and with an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.datadir import DataDir
from tests.warehouse.load.world import World, body, event, line
from warehouse import migrations
from warehouse.cli import main
from warehouse.load.loader import Loader
from warehouse.models import runner
from warehouse.people import users
from warehouse.people.log import By
from warehouse.people.store import People
from warehouse.privacy.forget import forget
from warehouse.store import open_lake


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("HETK_TOMBSTONE_KEY", str(tmp_path / "elsewhere" / "tombstone.key"))
    return World(tmp_path / "data")


def visit(visitor: str) -> bytes:
    return line(body([event()], ctx={"visitor": visitor}))


def rebuild(world: World, target: Path) -> Result:
    return CliRunner().invoke(main, ["rebuild", str(target), "--data", str(world.data.root)])


@pytest.mark.long
def test_events_that_the_archive_does_not_have_are_counted(world: World, tmp_path: Path) -> None:
    world.write(visit("before the archive"))
    world.load()
    world.write(visit("a"), visit("b"))
    world.load(archive=world.data.root / "archive")
    done = rebuild(world, tmp_path / "new")
    assert done.exit_code == 1
    assert f"1 events of {world.data.root} are not in it" in done.output
    assert "0 events are in it alone" in done.output
    assert f"hetk serve --data {tmp_path / 'new'}" in done.output
    assert World(tmp_path / "new").books()["stored"] == 2


@pytest.mark.long
def test_a_lake_that_is_gone_is_made_again_but_not_called_compared(world: World, tmp_path: Path) -> None:
    world.write(visit("a"))
    world.load(archive=world.data.root / "archive")
    world.data.catalog.write_bytes(b"no catalog any more")
    campaign = world.data.campaigns / "shop" / "published.json"
    campaign.parent.mkdir(parents=True)
    campaign.write_text('{"salt": "5f1c9a3e7b20d846"}')
    users.add(People(world.data), "ana", "admin", By("", ""))
    done = rebuild(world, tmp_path / "new")
    assert done.exit_code == 0, done.output
    new = DataDir(tmp_path / "new")
    assert (new.campaigns / "shop" / "published.json").read_text() == campaign.read_text(), "the arms stay"
    assert [one["name"] for one in users.everybody(People(new))] == ["ana"]
    assert "who was erased is not known" in done.output
    assert "nothing to compare it with" in done.output
    assert World(tmp_path / "new").books()["stored"] == 1


@pytest.mark.long
def test_who_was_erased_is_refused_by_the_new_lake_too(world: World, tmp_path: Path) -> None:
    world.write(visit("erased"), visit("other"))
    world.load(archive=world.data.root / "archive")
    con = open_lake(world.data, threads=1)
    migrations.migrate(con)
    runner.build(con)
    loader = Loader(con, world.data, archive=world.data.root / "archive")
    forget(con, world.data, loader, "shop", "visitor", "erased")
    con.close()
    assert rebuild(world, tmp_path / "new").exit_code == 0
    new = World(tmp_path / "new")
    new.write(visit("erased"))
    new.load()
    assert new.sql("SELECT visitor_id FROM events") == [("other",)]
    assert new.sql("SELECT reason FROM events_rejected") == [("erased",)]
