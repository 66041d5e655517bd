"""A lake that cannot be opened or written for a while: the door takes events all the same, says what is ill, and
once it is mended everything is loaded, exactly once.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collector.datadir import DataDir
from tests.e2e.books import books
from tests.e2e.server import Server, environment, free_ports, hetk, status, wait_until
from tests.e2e.test_serve import half
from warehouse.store import open_lake

pytestmark = pytest.mark.long

# Holds the catalog's write lock as a foreign program would, until its standard input ends.
HOLDER = """
import sqlite3, sys
con = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
con.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
con.execute("ROLLBACK")
"""


def send(url: str, key: str, count: int) -> None:
    for _ in range(count):
        assert status(f"{url}/v1/pixel.gif?key={key}&event=seen") == 200


def readiness(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def damage(data: DataDir) -> Callable[[], object]:
    """The catalog's first page is overwritten; what mends it: the file put back."""
    kept = data.root.parent / "kept"
    kept.write_bytes(data.catalog.read_bytes())
    with data.catalog.open("r+b") as file:
        file.write(b"\xde\xad" * 2048)
    return lambda: kept.replace(data.catalog)


def make_newer(data: DataDir) -> Callable[[], object]:
    """A later hetk was here; what mends it: going back to what it was."""

    def change(statement: str) -> None:
        with closing(open_lake(data)) as con:
            con.execute(statement)

    change("INSERT INTO schema_version VALUES (9999, 'later', now()::TIMESTAMP)")
    return lambda: change("DELETE FROM schema_version WHERE version = 9999")


@pytest.mark.parametrize(("harm", "word"), [(damage, "damaged"), (make_newer, "newer")])
def test_a_lake_that_cannot_be_opened_costs_nothing_and_is_named(
    tmp_path: Path, harm: Callable[[DataDir], Callable[[], object]], word: str
) -> None:
    data = DataDir(tmp_path / "data")
    with Server(data.root) as server:
        key = server.add_site("shop")
        send(server.url, key, 3)
        wait_until(lambda: books(server, "shop")["stored"] == 3, 60)
        assert server.stop()[0] == 0
    mend = harm(data)
    port, private = free_ports(2)
    url = f"http://127.0.0.1:{port}"
    with half("collect", "--data", data.root, "--port", port):
        command = [
            sys.executable,
            "-m",
            "warehouse.daemon",
            "--data",
            str(data.root),
            "--console-port",
            str(private),
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()) as ill:
            send(url, key, 5)
            # Until the half has started it is only missing; then it says what is ill.
            wait_until(lambda: "hetk" in readiness(url)[1], 60)
            assert readiness(url)[0] == 503
            done = hetk("doctor", "--data", data.root, check=False)
            assert done.returncode == 1
            assert word in done.stdout
            ill.terminate()
            ill.communicate(timeout=60)
        mend()
        with half("warehouse", "--data", data.root, "--console-port", private):
            wait_until(lambda: readiness(url)[0] == 200, 60)
            count = (
                "sql",
                "SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events",
                "--json",
                "--data",
                data.root,
            )
            wait_until(lambda: json.loads(hetk(*count).stdout) == [{"n": 8, "ids": 8}], 60)


def test_a_foreign_write_lock_of_seconds_loses_and_doubles_nothing(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    with Server(data.root) as server:
        key = server.add_site("shop")
        send(server.url, key, 2)
        wait_until(lambda: books(server, "shop")["stored"] == 2, 60)
        for turn in range(3):
            holder = subprocess.Popen(
                [sys.executable, "-c", HOLDER, str(data.catalog)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert holder.stdin and holder.stdout
            with holder:
                assert holder.stdout.readline() == "held\n"
                send(server.url, key, 10)
                time.sleep(3)  # the time it is held, not a wait for something
                holder.stdin.close()
                assert holder.wait(30) == 0
            wait_until(lambda turn=turn: books(server, "shop")["stored"] == 2 + 10 * (turn + 1), 60)
        [row] = server.rows("SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events")
        assert row == {"n": 32, "ids": 32}
        with closing(sqlite3.connect(data.catalog)) as catalog:
            assert catalog.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert server.stop()[0] == 0
