"""A data directory with a large lake in; how long erasing somebody takes beside a server that loads, and how fresh
its events are meanwhile, out.

    python -m tests.bench.erase DATA_DIRECTORY      # a copy of it is used
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from collector import sites
from collector.datadir import DataDir
from tests.bench.freshness import Probe
from tests.bench.servers import Measured, hetk
from warehouse.privacy.forget import Request
from warehouse.privacy.proof import find
from warehouse.privacy.requests import ask
from warehouse.store import open_lake

T = TypeVar("T")
ORDINARY = 5  # people
WAIT_SECONDS = 1800.0  # at ten million events everything of the table is written again for one of them
CALM_SECONDS = 10.0
PEOPLE = (
    "SELECT visitor_id, count(*) AS n FROM events WHERE visitor_id IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1"
)


def erase_beside_loading(folder: Path) -> list[str]:
    """Markdown lines. The folder is gone afterwards."""
    data = DataDir(folder)
    os.environ["HETK_TOMBSTONE_KEY"] = str(folder.parent / "tombstone.key")
    sites.add_site(data.sites, "shop", [])
    con = open_lake(data, read_only=True)
    people = con.execute(PEOPLE).fetchall()
    con.close()
    ordinary = people[len(people) // 2 :][:ORDINARY]
    lines = ["| erased beside a server that loads | events | s | freshness p50, p99 s |", "|---|---|---|---|"]
    with hetk(folder, loader=True) as server:
        calm, _ = _freshness(server, lambda: time.sleep(CALM_SECONDS))
        lines.append(f"| nobody | | | {calm} |")
        for name, chosen, purged in (
            (f"{ORDINARY} ordinary people, each", ordinary, False),
            ("the busiest", people[:1], False),
            ("the next, with files and history (`--now`)", people[1:2], True),
        ):
            work = partial(_erase_all, data, [visitor for visitor, _ in chosen], purged)
            fresh, (taken, events) = _freshness(server, work)
            lines.append(f"| {name} | {events:,.0f} | {taken:.2f} | {fresh} |")
    return lines


def _freshness(server: Measured, work: Callable[[], T]) -> tuple[str, T]:
    """How long events took from their acknowledgement to SQL while the work was done, and what came of it."""
    probe = Probe(server)
    probe.start()
    done = work()
    fresh = sorted(probe.finish(WAIT_SECONDS))
    return f"{statistics.median(fresh):.2f}, {fresh[int(len(fresh) * 0.99)]:.2f}", done


def _erase_all(data: DataDir, visitors: list[str], purged: bool) -> tuple[float, float]:
    """Medians of seconds and events."""
    taken, events = zip(*(_erase(data, one, purged) for one in visitors), strict=True)
    return statistics.median(taken), statistics.median(events)


def _erase(data: DataDir, visitor: str, purged: bool) -> tuple[float, int]:
    started = time.monotonic()
    answer = ask(data, Request("shop", "visitor", visitor, purged), WAIT_SECONDS)
    taken = time.monotonic() - started
    assert answer is not None
    assert answer.person is not None, answer.error
    if purged:
        assert find(data, [answer.person]) == []
    return taken, answer.events


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="hetk-bench-") as scratch:
        shutil.copytree(sys.argv[1], Path(scratch) / "data")
        print("\n".join(erase_beside_loading(Path(scratch) / "data")))
