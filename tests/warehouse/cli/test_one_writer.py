"""Commands that write the lake: they take turns with a running loader, and never make a lake of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.warehouse.load.world import World, body, event, line
from warehouse.cli import main
from warehouse.ingest import Ingest
from warehouse.turn import Turn

COMMANDS = [["models", "build"], ["moments", "fit", "shop"], ["moments", "use", "shop", "default"]]
WAIT_SECONDS = 60.0


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "data")
    world.build()
    return world


@pytest.fixture
def loading(world: World) -> Iterator[Ingest]:
    ingest = Ingest(world.data)
    ingest.start()
    yield ingest
    ingest.stop()
    ingest.join()


def invoke(world: World, *command: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*command, "--data", str(world.data.root)])
    return result.exit_code, result.output


def wait_for_events(world: World, count: int) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while world.sql("SELECT count(*) FROM events") != [(count,)]:
        assert time.monotonic() < until
        time.sleep(0.05)


def wait_for_who_waits(world: World) -> None:
    """Until somebody stands in line for the writer's turn, as the kernel tells it."""
    lock = f":{(world.data.run / 'writer.lock').stat().st_ino} "
    until = time.monotonic() + WAIT_SECONDS
    while not any("->" in each and lock in each for each in Path("/proc/locks").read_text().splitlines()):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.long
def test_a_command_writes_beside_a_running_loader_which_goes_on_after_it(
    world: World, loading: Ingest
) -> None:
    world.write(line(body([event()])))
    wait_for_events(world, 1)
    code, output = invoke(world, "models", "build", "--from", "2026-01-01")
    assert code == 0, output
    assert "closed days written again" in output
    rules = world.data.root / "rules.json"
    rules.write_text('{"model": "mine", "idle_ms": 200000}')
    code, output = invoke(world, "moments", "set", "shop", str(rules))
    assert code == 0, output
    assert world.sql("SELECT model FROM moment_settings WHERE site_id = 'shop'") == [("mine",)]
    world.write(line(body([event()])))
    wait_for_events(world, 2)
    assert loading.state.error is None


@pytest.mark.long
def test_the_loader_waits_while_a_command_has_the_turn(world: World, loading: Ingest) -> None:
    world.write(line(body([event()])))
    wait_for_events(world, 1)
    with Turn.take(world.data):
        world.write(line(body([event()])))
        beat = loading.state.beat_at
        while loading.state.beat_at < beat + 1:  # it lives, and waits
            time.sleep(0.02)
        assert world.sql("SELECT count(*) FROM events") == [(1,)]
    wait_for_events(world, 2)


@pytest.mark.long
def test_a_command_waits_for_its_turn_and_says_so(world: World) -> None:
    answers: list[tuple[int, str]] = []
    command = threading.Thread(target=lambda: answers.append(invoke(world, "models", "build")))
    with Turn.take(world.data):
        command.start()
        wait_for_who_waits(world)
        assert not answers
    command.join(WAIT_SECONDS)
    assert answers[0][0] == 0
    assert "waiting for the running server" in answers[0][1]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_directory_without_a_lake_is_left_without(tmp_path: Path, command: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "there is no lake" in result.output
    assert not list(tmp_path.iterdir())
