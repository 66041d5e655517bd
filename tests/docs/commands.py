"""The click commands in, docs/commands.md out: `python -m tests.docs.commands` writes it, a test compares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from warehouse.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
HEAD = "# Commands\n\nMade by the commands (`make fix`). Exit codes: 0 done, 1 failed, 2 wrong usage.\n"
WIDTH = 110


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections(main, "hetk")])


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Each command with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from walk(child, f"{path} {name}")


def _sections(command: click.Command, path: str) -> Iterator[str]:
    for words, each in walk(command, path):
        context = click.Context(
            each, info_name=words, terminal_width=WIDTH, max_content_width=WIDTH, **main.context_settings
        )
        yield f"## {words}\n```\n{each.get_help(context)}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
