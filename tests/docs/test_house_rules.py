"""House rules a machine can check: first lines, lengths, imports, nothing of one machine in the files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.server import environment

ROOT = Path(__file__).parents[2]
MODULES = [path for top in ("collector", "warehouse") for path in sorted((ROOT / top).rglob("*.py"))]
SOURCES = [*MODULES, *sorted((ROOT / "sdk_js" / "src").rglob("*.ts"))]
# Assembled, so that this file does not trip over itself.
FORBIDDEN = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.org", "/ro" + "ot/", "/wo" + "rk/"])
)
TEXT = {
    ".py",
    ".ts",
    ".mjs",
    ".js",
    ".json",
    ".toml",
    ".txt",
    ".md",
    ".sql",
    ".sh",
    ".lua",
    ".html",
    ".css",
    ".svg",
    "",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_starts_by_saying_what_it_is_for(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
    assert len(first) > 20


@pytest.mark.parametrize("path", sorted((ROOT / "warehouse").rglob("*.sql")), ids=_name)
def test_a_query_starts_by_saying_what_it_is_for(path: Path) -> None:
    assert path.read_text("utf-8").startswith("-- ")


def test_files_hold_one_noun() -> None:
    lengths = {_name(path): path.read_text("utf-8").count("\n") for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > 450} == {}


def test_nothing_in_the_repository_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = [
        f"{name}: {hit[0]}"
        for name in listed.stdout.splitlines()
        if Path(name).suffix in TEXT and (ROOT / name).is_file()
        if (hit := FORBIDDEN.search((ROOT / name).read_text("utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("warehouse.cli", {"duckdb", "aiohttp", "rich", "uvloop"}),
        ("collector.app", {"duckdb", "warehouse", "collector.demo", "click"}),
    ],
)
def test_what_starts_often_imports_little(module: str, absent: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert absent & set(done.stdout.split()) == set()


@pytest.mark.parametrize("script", sorted((ROOT / ".ci").glob("*.sh")), ids=_name)
def test_scripts_are_plain_sh(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0


def test_constraints_pin_every_package_by_hash() -> None:
    for name in ("constraints.txt", "constraints-dev.txt"):
        text = (ROOT / name).read_text("utf-8")
        pinned = re.findall(r"^([\w.\[\]-]+)==", text, re.M)
        assert len(pinned) > 10
        assert len(re.findall(r"^[\w.\[\]-]+==.*\\\n    --hash=sha256:", text, re.M)) == len(pinned)
