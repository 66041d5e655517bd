"""`hetk serve` as a person runs it: ready, in use, restarted, stopped, and the demo."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.datadir import DataDir
from tests.e2e.server import Server, environment, free_ports, hetk, slowness, status, wait_until
from warehouse.store import open_lake, renew

STOP_S = 5.0
FRESH_S = 2.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For the tests that neither stop nor harm it."""
    with Server(tmp_path_factory.mktemp("steady") / "data") as running:
        yield running


def test_says_ready_once_when_both_halves_answer(steady: Server) -> None:
    server = steady
    assert server.url in server.ready_line
    assert server.private_url in server.ready_line
    how = server.lines.get(timeout=30)
    console = how.split("console ")[1].strip().partition("#")[0]
    assert console == f"{server.private_url}/console/setup"
    assert b"<html" in urllib.request.urlopen(console, timeout=2).read()
    assert status(f"{server.url}/readyz") == 200
    assert status(f"{server.private_url}/healthz") == 200
    assert b"hetk_" in urllib.request.urlopen(f"{server.private_url}/metrics", timeout=2).read()
    assert "hetk user link" in server.lines.get(timeout=30)
    assert server.lines.empty()


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_stops_with_exit_code_0(server: Server, number: signal.Signals) -> None:
    pids = list(server.children())
    assert len(pids) == 2
    code, seconds = server.stop(number)
    print(f"stopped after {seconds:.1f} s, at most {STOP_S} s on a quiet machine")
    assert code == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_a_second_server_is_refused_by_the_pid_of_the_first(steady: Server) -> None:
    server = steady
    done = hetk("serve", "--data", server.data, "--port", "0", "--console-port", "0", check=False)
    assert done.returncode == 1
    assert f"process {server.process.pid}" in done.stderr
    assert "in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
@pytest.mark.parametrize("option", ["--port", "--console-port"])
def test_a_taken_port_is_named_with_the_fix(tmp_path: Path, option: str) -> None:
    ports = {"--port": "0", "--console-port": "0"}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports[option] = str(taken.getsockname()[1])
        options = [part for pair in ports.items() for part in pair]
        done = hetk("serve", "--data", tmp_path / "data", *options, check=False)
    assert done.returncode == 1
    assert f"port {ports[option]}" in done.stderr
    assert f"take another with {option}" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_killed_child_comes_back_and_the_rest_never_stops(server: Server) -> None:
    for name in ("-m collector", "-m warehouse.daemon"):
        [(victim, _)] = [(pid, line) for pid, line in server.children().items() if name in line]
        others = set(server.children()) - {victim}
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(server.children()) == 2 and victim not in server.children())  # noqa: B023
        assert others <= set(server.children())
        wait_until(lambda: status(f"{server.url}/readyz") == 200)
    assert server.log().count("a process died") == 2


def is_alive(pid: int) -> bool:
    """A process that is dead and not yet reaped by init is not alive."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.long
def test_children_die_with_a_killed_supervisor_and_a_start_on_the_same_ports_works_at_once(
    server: Server,
) -> None:
    pids = list(server.children())
    os.kill(server.process.pid, signal.SIGKILL)  # the supervisor alone: nobody tells its children
    server.process.wait(5)
    server.start()
    wait_until(lambda: not [pid for pid in pids if is_alive(pid)])


def test_sites_added_while_it_runs_are_served(steady: Server) -> None:
    server = steady
    key = server.add_site("late", "--origin", "https://late.example")
    wait_until(lambda: status(f"{server.url}/v1/config?key={key}") == 200)


@pytest.mark.long
def test_the_halves_run_alone_on_one_directory(tmp_path: Path) -> None:
    """The collector takes events while there is no warehouse; the warehouse loads them when it comes."""
    data = tmp_path / "data"
    port, private = free_ports(2)
    with half("collect", "--data", data, "--port", port):
        key = hetk("site", "add", "shop", "--data", data).stdout.strip()
        pixel = f"http://127.0.0.1:{port}/v1/pixel.gif?key={key}&event=open"
        wait_until(lambda: status(pixel) == 200)
        assert status(f"http://127.0.0.1:{port}/readyz") == 503
        with half("warehouse", "--data", data, "--console-port", private):
            count = ("sql", "SELECT count(*) AS n FROM events", "--format", "csv", "--data", data)
            wait_until(lambda: hetk(*count, check=False).stdout == "n\n1\n")
            wait_until(lambda: status(f"http://127.0.0.1:{port}/readyz") == 200)


@contextmanager
def half(*words: object) -> Iterator[None]:
    """`hetk collect` or `hetk warehouse`, until its ready line; stopped at the end, with exit code 0."""
    command = [sys.executable, "-m", "warehouse.cli", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    assert process.stdout is not None
    with process, process.stdout:
        assert process.stdout.readline().startswith("ready")
        try:
            yield
        finally:
            process.terminate()
        assert process.wait(60) == 0


@pytest.mark.long
def test_an_event_can_be_asked_for_two_seconds_after_its_answer(server: Server) -> None:
    key = server.add_site("shop")
    pixel = f"{server.url}/v1/pixel.gif?key={key}&event=open"
    wait_until(lambda: status(pixel) == 200)
    wait_until(lambda: server.rows("SELECT count(*) AS n FROM events")[0]["n"] == 1)
    took = []
    data = DataDir(server.data)
    con = open_lake(data, read_only=True)

    def stored() -> tuple[int, ...]:
        renew(con, data)  # a reader sees the lake as it was when it opened it, until then
        return con.execute("SELECT count(*) FROM events").fetchone() or ()

    for number in range(2, 9):
        assert status(pixel) == 200
        answered = time.monotonic()
        wait_until(lambda: stored() == (number,), every=0.05)  # noqa: B023
        took.append(time.monotonic() - answered)
    con.close()
    assert statistics.median(took) <= FRESH_S * slowness(), took


@pytest.mark.long
def test_nothing_in_the_directory_can_be_read_by_others(server: Server) -> None:
    key = server.add_site("shop")
    wait_until(lambda: status(f"{server.url}/v1/pixel.gif?key={key}&event=open") == 200)
    wait_until(lambda: any(server.data.rglob("events/**/*.parquet")))
    server.stop()  # no file comes or goes while they are looked at
    open_to_others = [path for path in server.data.rglob("*") if path.stat().st_mode & 0o077]
    assert open_to_others == []


def test_a_bad_setting_stops_the_start_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "hetk.toml").write_text("[limits]\ndepth_max = 'deep'\n")
    done = hetk("serve", "--data", tmp_path, "--port", "0", "--console-port", "0", check=False)
    assert done.returncode != 0
    assert "limits.depth_max" in done.stderr


def test_damaged_sites_stop_the_start_and_are_named(tmp_path: Path) -> None:
    (tmp_path / "sites.json").write_text("{")
    done = hetk("serve", "--data", tmp_path, "--port", "0", "--console-port", "0", check=False)
    assert done.returncode == 1
    assert "sites.json is damaged" in done.stderr


@pytest.mark.long
def test_the_demo_has_a_shop_and_live_rows(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--demo") as server:
        assert status(f"{server.private_url}/shop/") == 200
        lines = [server.lines.get(timeout=30) for _ in range(7)]
        assert [line for line in lines if "eight weeks of visits" in line]
        queries = [line.partition('"')[2].rpartition('"')[0] for line in lines if "hetk sql" in line]
        assert len(queries) == 3
        wait_until(
            lambda: server.rows("SELECT count(*) AS n FROM ev WHERE site_id = 'demo'")[0]["n"] > 20, 30
        )
        for query in queries:
            assert isinstance(server.rows(query), list)
        origins = hetk("site", "list", "--data", server.data).stdout
        assert f"http://localhost:{server.console_port}" in origins
        assert f"http://127.0.0.1:{server.console_port}" in origins
        code, seconds = server.stop()
        assert code == 0
        assert seconds < STOP_S * slowness()
