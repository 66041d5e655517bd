"""kill -9 of the whole server at random moments of a replay: nothing is lost, nothing doubled, also when what
was acknowledged and loaded is sent again.
"""

import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.books import books, loaded
from tests.e2e.server import Server, environment, wait_until

ROWS = 6_000


def history(path: Path, number: int) -> Path:
    """Rows that are all different; `n` says which is which."""
    lines = (f"{1_700_000_000 + number * ROWS + i},click,v{i % 50},{number * ROWS + i}" for i in range(ROWS))
    path.write_text("ts,event,visitor_id,n\n" + "\n".join(lines) + "\n")
    return path


def start_replay(server: Server, key: str, file: Path) -> subprocess.Popen[str]:
    options = ["--map", "n=n", "--to", server.url, "--key", key, "--state", str(file.with_suffix(".state"))]
    command = [sys.executable, "-m", "warehouse.cli", "replay", str(file), *options]
    return subprocess.Popen(
        command, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("rounds", [3, pytest.param(20, marks=pytest.mark.long)])
def test_kills_lose_nothing_and_double_nothing(tmp_path: Path, rounds: int) -> None:
    seed = time.time_ns()
    dice = random.Random(seed)
    ready: list[float] = []
    with Server(tmp_path / "data") as server:
        server.add_site("kill")
        key = server.server_key("kill")
        for number in range(rounds):
            file = history(tmp_path / f"{number}.csv", number)
            replay = start_replay(server, key, file)
            _wait_for_trouble(server, replay, file, dice)
            server.kill()
            ready.append(server.start())
            out, errors = replay.communicate(timeout=120)
            assert replay.returncode == 0, f"seed {seed}: {errors}"
            assert f"accepted {ROWS}  rejected 0" in out, f"seed {seed}: {out}"
        check(server, rounds * ROWS, seed)
        send_again(server, key, tmp_path / "0.csv")
        check(server, rounds * ROWS, seed)
        assert server.stop()[0] == 0
    times = f"ready after {statistics.median(ready):.2f} s median, {max(ready):.2f} s at most"
    print(f"{rounds} kills, {rounds * ROWS:,} events, {times} (seed {seed})")


def _wait_for_trouble(server: Server, replay: subprocess.Popen[str], file: Path, dice: random.Random) -> None:
    """Until some moment around the first request, or some moment after the first acknowledgement."""
    if dice.random() < 0.3:  # a replay that meets nobody at all gives up
        wait_until(lambda: _is_met(server.port) or replay.poll() is not None, 60, 0.002)
        time.sleep(dice.uniform(0, 0.2))
        return
    state = file.with_suffix(".state")
    wait_until(lambda: state.exists() or replay.poll() is not None, 60, 0.002)
    time.sleep(dice.uniform(0, 0.6))


def _is_met(port: int) -> bool:
    """Whether somebody's connection to the port of this machine stands."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return any(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def send_again(server: Server, key: str, file: Path) -> None:
    """A whole file whose rows can be asked for already: each of its events is a duplicate."""
    before = books(server, "kill")["duplicate"]
    again = start_replay(server, key, file)
    out, errors = again.communicate(timeout=120)
    assert f"accepted {ROWS}  rejected 0" in out, errors
    wait_until(lambda: books(server, "kill")["duplicate"] >= before + ROWS, 60)


def check(server: Server, total: int, seed: int) -> None:
    wait_until(lambda: books(server, "kill")["stored"] >= total, 60)
    # A batch whose answer the kill swallowed was sent twice: received is more, and all accounted for.
    received = books(server, "kill")["received"]
    book = loaded(server, "kill", received)
    assert book["stored"] == total, f"seed {seed}: {book}"
    assert book["rejected"] == 0
    [row] = server.rows(
        "SELECT count(*) AS n, count(DISTINCT event_id) AS ids, count(DISTINCT number) AS numbers,"
        " min(number) AS low, max(number) AS high"
        " FROM (SELECT event_id, (props->>'n')::BIGINT AS number FROM events)"
    )
    assert row == {"n": total, "ids": total, "numbers": total, "low": 0, "high": total - 1}, f"seed {seed}"
