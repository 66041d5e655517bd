"""A real hetk server for tests: a data directory in, running processes and an address out."""

from __future__ import annotations

import json
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from warehouse.supervisor import die_with

ROOT = Path(__file__).parents[2]
REAL_DATA = Path(os.environ.get("HETK_TEST_DATA", ROOT.parent / "shared" / "data"))
IDLE_START_S = 0.5
READY_S = 180.0  # far more than it takes: machines that run tests are busy


def environment(**more: str) -> dict[str, str]:
    """PYTHONPATH = this checkout, so that the tests work installed and not."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def hetk(*arguments: str | Path, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    command = [sys.executable, "-m", "warehouse.cli", *map(str, arguments)]
    more.setdefault("env", environment())
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, **more)
    if check:
        assert done.returncode == 0, (
            f"hetk {arguments} exited {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
    return done


def free_ports(count: int) -> list[int]:
    """Ports of nobody, below those that a system gives to whoever connects: they stay free until a server
    takes them, and while one is down who asks for it again and again never meets itself.
    """
    found: list[int] = []
    for port in random.sample(range(15_000, 32_000), 1000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")


class Server:
    """`hetk serve` in a process group of its own; use it in a with statement."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.port, self.console_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.private_url = f"http://127.0.0.1:{self.console_port}"
        self._options = options
        self._errors = data.parent / f"{data.name}.stderr"

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.kill()

    def start(self) -> float:
        """Returns the seconds until `ready`."""
        ports = ["--port", str(self.port), "--console-port", str(self.console_port)]
        command = [
            sys.executable,
            "-m",
            "warehouse.cli",
            "serve",
            "--data",
            str(self.data),
            *ports,
            *self._options,
        ]
        started = time.monotonic()
        with self._errors.open("a") as errors:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment(),
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(self.process, self.lines), daemon=True).start()
        try:
            self.ready_line = self._wait_ready()
        except BaseException:  # __exit__ is not called for what never was entered
            self.kill()
            raise
        return time.monotonic() - started

    def _read(self, process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        process.stdout.close()

    def _wait_ready(self) -> str:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            try:
                line = self.lines.get(timeout=0.1)
            except queue.Empty:
                assert self.process.poll() is None, f"serve exited {self.process.poll()}:\n{self.log()}"
                continue
            if line.startswith("ready"):
                return line
        raise AssertionError(f"not ready after {READY_S} s:\n{self.log()}")

    def log(self) -> str:
        return self._errors.read_text()[-5_000:]

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """(exit code, seconds it took)"""
        started = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(60), time.monotonic() - started

    def kill(self) -> None:
        """kill -9 of the whole group, as a power cut would; the group is all processes of this server."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def children(self) -> dict[int, str]:
        """pid -> command line of the processes that serve started."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [int(pid) for pid in path.read_text().split()]
        return {pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids}

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The answer of `hetk sql`, beside the running server."""
        answer: list[dict[str, Any]] = json.loads(hetk("sql", query, "--data", self.data, "--json").stdout)
        return answer

    def add_site(self, name: str, *options: str) -> str:
        return self._served(hetk("site", "add", name, *options, "--data", self.data).stdout.strip())

    def server_key(self, name: str) -> str:
        return self._served(hetk("site", "key", name, "--server", "--data", self.data).stdout.strip())

    def _served(self, key: str) -> str:
        """Running workers look at the sites twice a second: the key is returned once all know it; each of so
        many connections meets any of them.
        """
        if hasattr(self, "process") and self.process.poll() is None:
            asked = f"{self.url}/v1/config?key={key}"
            wait_until(lambda: all(status(asked) == 200 for _ in range(20)), every=0.05)
        return key


def slowness() -> float:
    """How many times longer than on an idle machine two Pythons with the imports of both halves take to start
    together right now; at least 1.
    """
    started = time.monotonic()
    command = [sys.executable, "-c", "import aiohttp.web, duckdb"]
    for process in [subprocess.Popen(command) for _ in range(2)]:
        assert process.wait() == 0
    return max(1.0, (time.monotonic() - started) / IDLE_START_S)


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_until(check: Any, seconds: float = 30.0, every: float = 0.25) -> Any:
    """Calls `check` until it answers something true; returns the answer."""
    deadline = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < deadline, f"still {answer!r} after {seconds} s"
        time.sleep(every)
    return answer


def real_files(*names: str) -> Sequence[Path]:
    """Real data for the tests; skips loudly where it is absent."""
    import pytest

    paths = [REAL_DATA / name for name in names]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        pytest.skip(
            f"real data is not here: {', '.join(missing)}; set HETK_TEST_DATA to the folder that has it"
        )
    return paths
