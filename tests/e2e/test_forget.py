"""`hetk forget` beside a running `hetk serve`, by the real command: nothing of the person is found."""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from pathlib import Path

import pytest

from collector.datadir import DataDir
from tests.e2e.server import Server, hetk, wait_until
from tests.warehouse.load.world import event
from warehouse.privacy.person import Person
from warehouse.privacy.proof import find

ZOE, ABE = "visitor-Zoe-9431", "visitor-Abe-1177"


def send(server: Server, key: str, visitor: str, count: int) -> None:
    now = time.time_ns() // 1_000_000
    ctx = {"visitor": visitor, "mode": "first_party", "consent": {"analytics": True}}
    events = [event(now, seq=n, props={"who": visitor}) for n in range(count)]
    body = json.dumps({"v": 1, "key": key, "sent": now, "ctx": ctx, "events": events}).encode()
    request = urllib.request.Request(f"{server.url}/v1/events", body, {"User-Agent": "Mozilla/5.0"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200


@pytest.mark.long
def test_erases_a_visitor_beside_a_running_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HETK_TOMBSTONE_KEY", str(tmp_path / "elsewhere" / "tombstone.key"))
    data = DataDir(tmp_path / "data")
    server = Server(data.root)
    key = server.add_site("shop")
    with server:
        for _ in range(5):
            send(server, key, ZOE, 3)
            send(server, key, ABE, 2)
        wait_until(lambda: server.rows("SELECT count(*) AS n FROM events")[0]["n"] == 25)
        assert find(data, [Person("shop", (ZOE,))])
        done = hetk("forget", "--data", data.root, "--site", "shop", "--visitor", ZOE, "--yes", "--now")
        assert "erased 15 events" in done.stdout
        assert "nothing of this person found" in done.stdout
        assert find(data, [Person("shop", (ZOE,))]) == []
        assert find(data, [Person("shop", (ABE,))])
        send(server, key, ZOE, 1)
        send(server, key, ABE, 1)
        wait_until(lambda: server.rows("SELECT count(*) AS n FROM events")[0]["n"] == 11)
        counts = server.rows("SELECT visitor_id, count(*) AS n FROM events GROUP BY ALL")
        assert counts == [{"visitor_id": ABE, "n": 11}]
        wait_until(lambda: server.rows("SELECT reason FROM events_rejected") == [{"reason": "erased"}])
        typo = hetk("forget", "--data", data.root, "--site", "shpo", "--visitor", ZOE, "--yes", check=False)
        assert typo.returncode == 1
        assert "no site 'shpo'" in typo.stderr
        nobody = hetk(
            "forget", "--data", data.root, "--site", "shop", "--visitor", str(uuid.uuid4()), "--yes"
        )
        assert "erased 0 events" in nobody.stdout
        assert "nothing was kept under this id" in nobody.stderr
        assert server.stop()[0] == 0
