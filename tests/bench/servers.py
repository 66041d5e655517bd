"""What is measured: the bare server, hetk alone and with its loader, peers; processes whose CPU is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from collector import sites
from collector.datadir import DataDir
from tests.e2e.server import environment, free_ports

ROOT = Path(__file__).parents[2]
PEER = "runlight==0.3.2"
NGINX = """daemon off; master_process off; error_log stderr; pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{ access_log {folder}/log; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port}; location / {{ return 204; }} }} }}
"""
NO_LIMITS = "[rates]\n" + "".join(
    f"{who}_{what}_per_second = 0\n" for who in ("address", "key") for what in ("requests", "events")
)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Measured:
    """A running server: where to send, with which key, and its processes."""

    url: str
    key: str = "none"
    data: DataDir | None = None
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    form: str = "hetk"  # of the bodies it takes

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        return sum(self.cpu_of_each())

    def cpu_of_each(self) -> list[float]:
        """Of each process: the collector first, then the warehouse."""
        return [_cpu_seconds(process.pid) for process in self.processes]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def bare() -> Iterator[Measured]:
    """aiohttp, `read body, 204`."""
    [port] = free_ports(1)
    server = Measured(f"http://127.0.0.1:{port}")
    with _running(server, [["-m", "tests.bench.bare", "--port", str(port)]], f"{server.url}/"):
        yield server


@contextmanager
def hetk(folder: Path, *, loader: bool = False, fast: bool = True) -> Iterator[Measured]:
    """One collector worker, with the warehouse beside it or not; rate limits off, all else as shipped."""
    data = DataDir(folder)
    data.create()
    data.config.write_text(f"{NO_LIMITS}[http]\nfast_path = {str(fast).lower()}\n")
    key = sites.add_site(data.sites, "bench", [])
    port, private = free_ports(2)
    server = Measured(f"http://127.0.0.1:{port}", key, data)
    commands = [["-m", "collector", "--data", str(folder), "--port", str(port)]]
    if loader:
        commands.append(["-m", "warehouse.daemon", "--data", str(folder), "--console-port", str(private)])
    try:
        with _running(server, commands, f"{server.url}/{'readyz' if loader else 'healthz'}"):
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def nginx(folder: Path) -> Iterator[Measured]:
    """One nginx process that writes a line of its access log, no more. Raises OSError without nginx."""
    folder.mkdir()
    [port] = free_ports(1)
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port))
    server = Measured(f"http://127.0.0.1:{port}")
    with _running(server, [["-p", str(folder), "-c", str(settings)]], f"{server.url}/", "nginx"):
        yield server


@contextmanager
def runlight(folder: Path) -> Iterator[Measured]:
    """Web analytics of a Python app, from PyPI, installed here into an environment of its own; one event a
    request. Raises CalledProcessError where it cannot be installed.
    """
    python = ROOT / ".cache" / "peer" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(python.parents[1])], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", PEER], check=True, capture_output=True)
    folder.mkdir()
    [port] = free_ports(1)
    server = Measured(f"http://127.0.0.1:{port}", form="runlight")
    command = [str(Path(__file__).with_name("runlight_server.py")), str(folder / "runlight.db"), str(port)]
    with _running(server, [command], f"{server.url}/", str(python)):
        yield server


@contextmanager
def _running(
    server: Measured, commands: list[list[str]], probe: str, program: str = sys.executable
) -> Iterator[None]:
    for command in commands:
        process = subprocess.Popen([program, *command], env=environment(), stderr=subprocess.DEVNULL)
        server.processes.append(process)
    try:
        _wait(server, probe)
        yield
    finally:
        for process in server.processes:
            process.terminate()
        for process in server.processes:
            process.wait(30)


def _wait(server: Measured, probe: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        assert all(process.poll() is None for process in server.processes), "a server under test ended"
        try:
            urlopen(probe, timeout=1).close()
            return
        except URLError as error:
            if getattr(error, "code", None) == 404:  # the bare server has no such page, and is up
                return
            assert time.monotonic() < deadline, f"{probe} does not answer"
            time.sleep(0.1)
