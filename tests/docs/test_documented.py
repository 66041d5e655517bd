"""Every command, setting and door is in the docs; the README's claims and blocks hold."""

from __future__ import annotations

import ast
import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from collector import config
from tests.docs import commands
from tests.e2e.server import Server, environment
from warehouse.cli import main

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text("utf-8")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
BLOCK = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.S)


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert commands.PAGE.read_text("utf-8") == commands.page(), "renew it: make fix"


@pytest.mark.parametrize("path", [words for words, _ in commands.walk(main, "hetk")])
def test_every_command_has_help_with_examples(path: str) -> None:
    command = dict(commands.walk(main, "hetk"))[path]
    assert command.help
    assert "hetk " in command.help, "an example is missing"


def test_every_setting_is_documented(tmp_path: Path) -> None:
    page = (DOCS / "config.md").read_text("utf-8")
    missing = [s.path for s in config.effective(tmp_path / "none.toml", {}) if f"`{s.path}`" not in page]
    assert missing == []


@pytest.mark.parametrize("source", ["collector/app.py", "warehouse/daemon.py"])
def test_every_door_is_documented(source: str) -> None:
    """Doors are string literals that start with a slash, on either port."""
    path = ROOT / source
    literals = [
        node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
    ]
    doors = {text for text in literals if isinstance(text, str) and re.fullmatch(r"/[a-z][\w./]*", text)}
    pages = README + "".join(page.read_text("utf-8") for page in DOCS.glob("*.md"))
    assert [door for door in sorted(doors) if door not in pages] == []


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))], ids=lambda page: page.name
)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert dead == []


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "index.md").read_text("utf-8")
    assert [page.name for page in sorted(DOCS.glob("*.md")) if page.name not in index] == ["index.md"]


def test_the_size_the_readme_claims_is_the_size_of_the_script() -> None:
    claimed = re.search(r"script of under (\d+) KB", README)
    assert claimed
    size = len(gzip.compress((ROOT / "sdk_js" / "dist" / "hetk.js").read_bytes(), 9, mtime=0)) / 1000
    assert int(claimed[1]) - 1.5 <= size < int(claimed[1])


def test_the_code_map_names_every_folder_that_holds_code() -> None:
    folders = [p.parent for top in ("collector", "warehouse") for p in (ROOT / top).glob("*/[a-z]*.py")]
    named = {str(folder.relative_to(ROOT)) for folder in folders if folder.name != "__pycache__"}
    assert [folder for folder in sorted(named) if f"[{folder}/]" not in README] == []


def test_the_blocks_of_the_readme_run(tmp_path: Path) -> None:
    """The marked blocks, in order, in one shell beside a running server, with `hetk` being this checkout."""
    hetk = tmp_path / "hetk"
    hetk.write_text(f'#!/bin/sh\nexec {sys.executable} -m warehouse.cli "$@"\n')
    hetk.chmod(0o755)
    script = "set -eu\n" + "\n".join(BLOCK.findall(README))
    with Server(tmp_path / "hetk-data"):
        env = environment(PATH=f"{tmp_path}:/usr/bin:/bin")
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'integrity="sha384-' in done.stdout
