"""Files that hold people's data are their owner's alone, also in the place of one that everybody could read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from warehouse.cli import main

IN_THE_GATE = {"table", "json", "events.csv"}
COMMANDS = {
    "table": ["sql", "FROM events LIMIT 1", "-o", "FILE", "--format", "table"],
    "json": ["sql", "FROM events LIMIT 1", "-o", "FILE", "--format", "json"],
    "parquet": ["sql", "FROM events LIMIT 1", "-o", "FILE", "--format", "parquet"],
    "person": ["export-person", "--site", "shop", "--visitor", "v1", "-o", "FILE"],
    "events.csv": ["export", "events", "--format", "csv", "--to", "FOLDER"],
    "events.parquet": ["export", "events", "--to", "FOLDER"],
    "snapshot": ["snapshot", "FILE"],
}


@pytest.mark.parametrize("existed", [True, pytest.param(False, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "name", [one if one in IN_THE_GATE else pytest.param(one, marks=pytest.mark.long) for one in COMMANDS]
)
def test_is_readable_by_its_owner_alone(lake: Path, tmp_path: Path, name: str, existed: bool) -> None:
    target = tmp_path / name
    if existed:
        target.touch()
        target.chmod(0o644)
    put = {"FILE": str(target), "FOLDER": str(tmp_path)}
    before = os.umask(0o022)
    try:
        done = CliRunner().invoke(main, [*(put.get(one, one) for one in COMMANDS[name]), "--data", str(lake)])
    finally:
        os.umask(before)
    assert done.exit_code == 0, done.output
    assert target.stat().st_size > 0
    assert oct(target.stat().st_mode & 0o777) == "0o600"
    assert [path.name for path in tmp_path.iterdir()] == [name]
