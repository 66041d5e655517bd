"""A running server and a batch size in; what wrk saw of it, and the CPU the server took, out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.servers import Measured

LUA = Path(__file__).with_name("batches.lua")
CONNECTIONS = 128
QUERIES = 2000  # different searches: 10 % of the events are one of these


@dataclass(frozen=True)
class Load:
    """One run of wrk."""

    events: int
    seconds: float
    cpu_seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.events / self.seconds

    @property
    def per_cpu_second(self) -> float:
        return self.events / self.cpu_seconds


def press(server: Measured, batch: int, seconds: float) -> Load:
    """Loads the server for some seconds. Raises AssertionError when a request did not succeed."""
    before = server.cpu_seconds()
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds:g}s",
        "--timeout",
        "30s",
        "-s",
        str(LUA),
        server.url,
    ]
    env = {**os.environ, "HETK_KEY": server.key, "HETK_BATCH": str(batch), "HETK_QUERIES": str(QUERIES),
           "HETK_FORM": server.form}  # fmt: skip
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    cpu = server.cpu_seconds() - before
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    assert seen["bad"] == 0, f"{seen['bad']} requests failed: {done.stdout}"
    assert seen["requests"], f"no request was answered in {seconds:g} s"
    return Load(seen["requests"] * batch, seen["seconds"], cpu, seen["p50_ms"], seen["p99_ms"])


def need_wrk() -> None:
    """Installs wrk where it may. Raises SystemExit with what to do otherwise."""
    if shutil.which("wrk"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=True, stdout=subprocess.DEVNULL)
        return
    raise SystemExit("the bench loads the server with wrk: sudo apt install wrk")
