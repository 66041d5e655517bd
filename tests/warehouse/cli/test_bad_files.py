"""A damaged file, a directory in use, a time that is none: an error with its next step, at once."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.datadir import DataDir
from warehouse.cli import main


def _long(value: object) -> object:
    return pytest.param(value, marks=pytest.mark.long)


def hetk(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.mark.parametrize(
    "text", ["", _long("\0\0\0"), _long("[]"), '{"at_ms": "now"}', _long('{"at_ms": 1, "jobs": [1]}')]
)
def test_status_says_that_a_heartbeat_cannot_be_read(lake: Path, text: str) -> None:
    heartbeat = DataDir(lake).heartbeat
    heartbeat.parent.mkdir(exist_ok=True)
    heartbeat.write_text(text)
    try:
        done = hetk("status", "--data", lake)
    finally:
        heartbeat.unlink()
    assert done.exit_code == 0, done.output
    assert f"{heartbeat} cannot be read" in done.output
    assert "1,234" in done.output


@pytest.mark.parametrize("command", [["ask", "channels"], _long(["sql", "SELECT 1"])])
@pytest.mark.parametrize("seconds", ["-1", "nan", _long("0"), _long("inf")])
def test_a_time_to_wait_is_a_time(lake: Path, command: list[str], seconds: str) -> None:
    done = hetk(*command, "--timeout", seconds, "--data", lake)
    assert done.exit_code == 2, done.output
    assert f"{seconds} is no time to wait: give seconds" in done.output


@pytest.mark.parametrize("command", ["warehouse", _long("serve")])
def test_settings_that_cannot_be_read_end_the_start(tmp_path: Path, command: str) -> None:
    (tmp_path / "hetk.toml").write_text("[journal\n")
    ports = ["--console-port", "0", *(["--port", "0"] if command == "serve" else [])]
    done = hetk(command, "--data", tmp_path, *ports)
    assert done.exit_code == 1
    assert "hetk.toml" in done.output


@pytest.mark.parametrize("command", ["warehouse", _long("serve")])
def test_a_loader_at_work_is_named_and_no_second_one_is_tried(tmp_path: Path, command: str) -> None:
    data = DataDir(tmp_path)
    data.create()
    ports = ["--console-port", "0", *(["--port", "0"] if command == "serve" else [])]
    with (data.run / "loader.lock").open("w+") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = hetk(command, "--data", tmp_path, *ports)
    assert done.exit_code == 1
    assert "process 4711 already runs its loader" in done.output
