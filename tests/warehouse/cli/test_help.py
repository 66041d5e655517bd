"""Every command explains itself with examples, quickly, and wrong usage exits 2."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.e2e.server import environment, hetk
from warehouse.cli import COMMANDS, main

# What `hetk --help` may not import: each of these costs a tenth of a second or more.
HEAVY = ("duckdb", "aiohttp", "rich", "msgspec", "asyncio")


def walk(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None, name
        yield from walk(inner, (*path, name))


ALL = list(walk(main))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_each_command_has_a_sentence_and_examples(path: tuple[str, ...], command: click.Command) -> None:
    text = command.help or ""
    assert re.match(r"[A-Z].*\.", text), f"hetk {' '.join(path)}: no sentence"
    assert "Example" in text, f"hetk {' '.join(path)}: no examples"
    assert f"hetk {path[0]}" in text
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help or option.type.name == "choice", (
            option.name
        )


def test_help_lists_every_command() -> None:
    text = hetk("--help").stdout
    for name in COMMANDS:
        assert re.search(rf"^  {name} ", text, re.M), name


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, warehouse.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert done.stdout.strip() == "[]"


def test_version() -> None:
    assert re.fullmatch(r"hetk \d+\.\d+\.\d+\n", hetk("--version").stdout)


@pytest.mark.parametrize(
    "arguments", [["nope"], ["sql", "--format", "xml", "SELECT 1"], ["site", "key", "x"]]
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert hetk(*arguments, check=False).returncode == 2


def test_a_place_that_cannot_be_written_and_a_person_without_a_name_are_refused_in_words(
    tmp_path: Path,
) -> None:
    done = hetk("models", "graph", "-o", tmp_path / "nowhere" / "m.svg", check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "No such file or directory" in done.stderr
    done = hetk("forget", "--site", "s", "--visitor", "", "--yes", "--data", tmp_path, check=False)
    assert done.returncode == 2
    assert "not empty" in done.stderr
