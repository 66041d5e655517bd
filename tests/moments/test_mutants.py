"""The random parity test is worth something: each bug of mutants.py, planted in the fold, makes it go red."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.moments import golden
from tests.moments.device import device
from tests.moments.mutants import MUTANTS
from tests.moments.test_parity import AT_ONCE, session, told
from tests.node import SDK
from warehouse.models.lab import lab

pytestmark = pytest.mark.long

BATCHES = 15


@pytest.fixture(scope="module")
def found() -> list[tuple[golden.Session, str]]:
    """Random sessions, and what SQL makes of them."""
    con = lab()
    dice = random.Random(16)
    pairs = []
    for _ in range(BATCHES):
        cases: dict[str, golden.Session] = {f"s{n:03}": session(dice) for n in range(AT_ONCE)}
        con.execute("DELETE FROM events")
        con.execute("DELETE FROM moment_models")
        golden.load(con, cases)
        rows = golden.found(con, cases)
        pairs += [(case, told(rows[site])) for site, case in cases.items()]
    return pairs


def planted(tmp_path: Path, file: str, there: str, instead: str) -> Path:
    """A copy of the fold and its test bench, with the bug."""
    copy = tmp_path / "repo" / "sdk_js"
    for part in ("src/moments", "test/moments"):
        shutil.copytree(SDK / part, copy / part)
    rules = "warehouse/models/30_moments/moment_defaults.json"
    (copy.parent / rules).parent.mkdir(parents=True)
    shutil.copy(SDK.parent / rules, copy.parent / rules)
    (copy / "node_modules").symlink_to((SDK / "node_modules").resolve())
    source = copy / "src" / "moments" / file
    text = source.read_text(encoding="utf-8")
    assert text.count(there) == 1, (
        f"{there!r} stands {text.count(there)} times in {file}: write the mutant anew"
    )
    source.write_text(text.replace(there, instead), encoding="utf-8")
    return copy


def differences(sdk: Path, found: list[tuple[golden.Session, str]]) -> int:
    with device(sdk) as phone:
        return sum(told(phone.moments(case)) != theirs for case, theirs in found)


def test_without_a_bug_there_is_no_difference(found: list[tuple[golden.Session, str]]) -> None:
    assert differences(SDK, found) == 0
    assert sum(len(json.loads(theirs)) for _, theirs in found) > 1000


@pytest.mark.parametrize(("file", "there", "instead"), [m[1:] for m in MUTANTS], ids=[m[0] for m in MUTANTS])
def test_a_planted_bug_is_seen(
    tmp_path: Path, file: str, there: str, instead: str, found: list[tuple[golden.Session, Any]]
) -> None:
    count = differences(planted(tmp_path, file, there, instead), found)
    print(f"{count} of {len(found)} sessions differ")
    assert count > 0
