"""A real server on a disk that fails: acknowledged means synced, trouble is a 503, and it passes without a
restart.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.collector.server import Running, batch, event

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace is missing: apt-get install strace")


@needs_strace
def test_no_answer_leaves_before_the_disk_said_yes(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    calls = "trace=write,writev,sendto,sendmsg,fdatasync"
    wrapper = ["strace", "-f", "-qq", "-s", "300", "-e", calls, "-o", str(trace)]
    running = Running(tmp_path / "data", wrapper=wrapper)
    for _ in range(20):
        assert running.post(batch(running.key)).status == 200
    assert running.stop() == 0
    written = synced = answers = 0
    for line in trace.read_text(errors="replace").splitlines():
        if '"{\\"c\\":' in line and '\\"r\\":' in line:
            written += 1
        elif re.search(r"fdatasync(\(\d+\)| resumed>\)) += 0", line):
            synced = written
        elif "HTTP/1.1 200" in line:
            answers += 1
            assert synced >= answers, f"answer {answers} left when {synced} lines were on disk"
    assert written == answers == 20


@pytest.mark.long
@needs_strace
def test_a_disk_that_fails_once_is_a_503_and_nothing_acknowledged_is_missing(tmp_path: Path) -> None:
    inject = "inject=fdatasync:error=EIO:when=5"
    wrapper = ["strace", "-f", "-qq", "-e", "trace=fdatasync", "-e", inject, "-o", str(tmp_path / "trace")]
    running = Running(tmp_path / "data", wrapper=wrapper)
    kept, statuses = [], []
    for _ in range(20):
        one = event()
        answer = running.post(batch(running.key, one))
        statuses.append(answer.status)
        if answer.status == 200:
            kept.append(one["id"])
        else:
            assert answer.headers["retry-after"] == "2"
            assert answer.json["error"] == "disk_trouble"
            time.sleep(0.6)
    assert statuses.count(503) == 1
    assert running.stop() == 0
    journaled = [one["id"] for line in running.lines() for one in line["b"]["events"]]
    assert set(kept) <= set(journaled)


def test_a_file_that_may_not_grow_is_a_503_and_it_passes_without_a_restart(place: Path) -> None:
    running = Running(place)
    assert running.post(batch(running.key)).status == 200
    hard = resource.prlimit(running.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (10, hard))
    for _ in range(3):
        answer = running.post(batch(running.key))
        assert answer.status == 503
        assert answer.headers["retry-after"] == "2"
    assert "journal" in running.ask("GET", "/readyz").json["reasons"][0]
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (hard, hard))
    deadline = time.monotonic() + 20
    while running.post(batch(running.key)).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert running.stop() == 0
    assert sum(line["n"] for line in running.lines()) == 2


@pytest.mark.long
def test_a_full_disk_is_a_503_until_there_is_room(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    try:
        running = Running(small / "data")
        ballast = small / "ballast"
        ballast.write_bytes(b"x" * 300_000)
        sent = batch(running.key, event(props={"a": "x" * 20_000}))
        statuses = [running.post(sent).status for _ in range(60)]
        assert set(statuses) == {200, 503}
        ballast.unlink()
        deadline = time.monotonic() + 20
        while running.post(sent).status != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert running.stop() == 0
        assert sum(line["n"] for line in running.lines()) == statuses.count(200) + 1
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.long
def test_sigterm_answers_what_was_accepted_and_kill_9_loses_nothing_acknowledged(tmp_path: Path) -> None:
    running = Running(tmp_path / "a")
    assert running.post(batch(running.key)).status == 200
    begun = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - begun < 5
    assert len(running.lines()) == 1

    running = Running(tmp_path / "b")
    acknowledged = [
        one["id"]
        for one in (event() for _ in range(30))
        if running.post(batch(running.key, one)).status == 200
    ]
    os.kill(running.pid, signal.SIGKILL)
    running.stop()
    assert [one["id"] for line in running.lines() for one in line["b"]["events"]] == acknowledged
