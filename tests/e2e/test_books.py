"""Honest books: mixed traffic through two workers into a running server; what was sent is what /metrics and
data_quality say, per site and reason.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from collector.uuid7 import uuid7
from tests.e2e.server import Server, wait_until

DAY_MS = 86_400_000
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


class Sender:
    """Sends batches and keeps the books that hetk should keep."""

    def __init__(self, server: Server, site: str) -> None:
        self.url, self.site, self.key = f"{server.url}/v1/events", site, server.add_site(site)
        self.received = self.stored = self.duplicate = 0
        self.rejected: Counter[str] = Counter()

    def send(self, *events: dict[str, Any], key: str = "", pad: str = "") -> int:
        now = time.time_ns() // 1_000_000
        body = {"v": 1, "key": key or self.key, "sent": now, "lib": pad, "events": events}
        data = json.dumps(body | ({} if pad else {"lib": "test"})).encode()
        return post(self.url, data)

    def good(self, count: int, **fields: Any) -> list[dict[str, Any]]:
        """Sends new events and returns them."""
        now = time.time_ns() // 1_000_000
        events = [{"id": str(uuid7(now)), "event": "page_view", "t": now} | fields for _ in range(count)]
        assert self.send(*events) == 200
        self.received += count
        self.stored += count
        return events

    def again(self, events: list[dict[str, Any]]) -> None:
        assert self.send(*events) == 200
        self.received += len(events)
        self.duplicate += len(events)

    def bad(self, *reasons: str) -> None:
        """Bad events beside a good one."""
        now = time.time_ns() // 1_000_000
        one = {"id": str(uuid7(now)), "event": "page_view", "t": now}
        wrong = {
            "bad_id": one | {"id": "7"},
            "bad_event": one | {"t": "soon"},
            "event_too_large": one | {"props": {"a": "x" * 40_000}},
            "too_deep": one | {"props": {"a": json.loads("[" * 20 + "]" * 20)}},
            "too_many_props": one | {"props": {f"p{n}": n for n in range(300)}},
        }
        assert self.send(one, *(wrong[reason] for reason in reasons)) == 200
        self.received += 1 + len(reasons)
        self.stored += 1
        self.rejected.update(reasons)

    def only_bad(self) -> None:
        assert self.send({"id": "x", "event": "a", "t": 1}) == 400
        self.received += 1
        self.rejected["bad_id"] += 1


def post(url: str, data: bytes) -> int:
    """Each on a connection of its own: both workers get their share. 429 stores nothing: once more."""
    for _ in range(100):
        request = urllib.request.Request(url, data, {"User-Agent": BROWSER})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != 429:
                return error.code
        time.sleep(0.1)
    raise AssertionError("too fast for ever")


def metrics(server: Server) -> dict[str, float]:
    with urllib.request.urlopen(f"{server.private_url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return {name: float(value) for name, value in re.findall(r"^(hetk_\S+) (\S+)$", text, re.M)}


@pytest.mark.parametrize("turns", [3, pytest.param(12, marks=pytest.mark.long)])
def test_received_is_stored_and_duplicate_and_rejected_per_site_everywhere(
    tmp_path: Path, turns: int
) -> None:
    with Server(tmp_path / "data", "--workers", "2") as server:
        senders = [Sender(server, "shop"), Sender(server, "blog")]
        before = metrics(server)  # asking for /v1/config until a worker knew the key has left refusals
        refused: Counter[str] = Counter()
        for turn in range(turns):
            for sender in senders[: 1 + turn % 2]:
                events = sender.good(1 + turn)
                sender.good(2, t=time.time_ns() // 1_000_000 - 40 * DAY_MS)  # late: kept, clamped
                sender.again(events)
                sender.bad("bad_id", "bad_event", "event_too_large")
                sender.bad("too_deep", "too_many_props")
                sender.only_bad()
                assert sender.send(*events, key="wk_nobody") == 401
                assert sender.send(pad="x" * 600_000) == 413
                assert post(sender.url, b"{") == 400
                refused.update(["unknown_key", "too_large", "bad_json"])
                live = metrics(server)
                for name in ("shop", "blog"):
                    assert balance(live, name) == 0
        for sender in senders:
            wait_until(lambda sender=sender: done(metrics(server), sender), 60, 0.5)
        figures = metrics(server)
        for sender in senders:
            check_metrics(figures, sender)
            check_quality(server, sender)
        for error, count in refused.items():
            name = f'hetk_requests_refused_total{{error="{error}"}}'
            assert figures[name] - before.get(name, 0) == count
        assert len(list((tmp_path / "data" / "journal").glob("*w*"))) >= 2, "both workers have written"
        code, _ = server.stop()
        assert code == 0


def of_site(figures: dict[str, float], name: str, site: str) -> float:
    """A figure of one site, over all its other labels."""
    pattern = re.compile(rf'{name}\{{.*site="{site}".*\}}')
    return sum(value for key, value in figures.items() if pattern.fullmatch(key))


def balance(figures: dict[str, float], site: str) -> float:
    parts = ("hetk_events_stored_total", "hetk_events_duplicate_total", "hetk_events_refused_total")
    loaded = of_site(figures, "hetk_events_loaded_total", site)
    return loaded - sum(of_site(figures, part, site) for part in parts)


def done(figures: dict[str, float], sender: Sender) -> bool:
    names = ("hetk_events_loaded_total", "hetk_events_received_total")
    return all(of_site(figures, name, sender.site) == sender.received for name in names)


def check_metrics(figures: dict[str, float], sender: Sender) -> None:
    expected = {
        "hetk_events_received_total": sender.received,
        "hetk_events_accepted_total": sender.stored + sender.duplicate,
        "hetk_events_rejected_total": sender.rejected.total(),
        "hetk_events_stored_total": sender.stored,
        "hetk_events_duplicate_total": sender.duplicate,
        "hetk_events_refused_total": sender.rejected.total(),
        "hetk_events_pending": 0,
    }
    assert {name: of_site(figures, name, sender.site) for name in expected} == expected
    for reason, count in sender.rejected.items():
        assert figures[f'hetk_events_refused_total{{reason="{reason}",site="{sender.site}"}}'] == count


def check_quality(server: Server, sender: Sender) -> None:
    names = ("received", "stored", "duplicate", "rejected", "balance", "rows", "clamped")
    sums = ", ".join(f'sum("{name}")::BIGINT AS "{name}"' for name in names)
    [row] = server.rows(f"SELECT {sums} FROM data_quality WHERE site_id = '{sender.site}'")
    assert row == {
        "received": sender.received,
        "stored": sender.stored,
        "duplicate": sender.duplicate,
        "rejected": sender.rejected.total(),
        "balance": 0,
        "rows": sender.stored,
        "clamped": row["clamped"],
    }
    assert row["clamped"] > 0
