"""After an outage: a journal full of waiting events, traffic that goes on, a loader with little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from collector.journal import batch_line
from tests.e2e.server import wait_until
from tests.warehouse.load.world import NOON, World, body, books, event, ms, uuid7
from warehouse.ingest import Ingest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
MEMORY_MB_MAX = 512
SEGMENT_BYTES = 2 * 1024 * 1024  # many, so that their number says how much is left
TRAFFIC_EVERY_S = 0.25
TRAFFIC_BYTES = 250_000  # about 4,000 events a second
META = b'{"p":"events","a":"write","v":"hash","d":"mobile","o":"Android","w":"Chrome","co":"IN","gs":"ip"}'
ITEM = {
    "items": [{"item_id": "A17", "item_name": "Red shoe", "price": 999.5, "quantity": 1}],
    "currency": "INR",
}
READ = {"depth": 40, "ms": 30_000, "label": "hero"}
VISIT: list[tuple[str, dict[str, Any]]] = [
    ("page_view", READ),
    ("search", {"query": "red shoes near me", "results": 12}),
    ("select_item", ITEM),
    ("view_item", ITEM),
    ("engagement", READ),
    ("view_item", ITEM),
    ("engagement", READ),
    ("add_to_cart", ITEM),
    ("engagement", READ),
    ("purchase", ITEM | {"value": 999.5, "order_id": "o1"}),
]
# The thread that `hetk serve` loads with; ends when its standard input does, and says what it took.
PROGRAM = r"""
import json, re, resource, sys
from pathlib import Path
from collector.datadir import DataDir
from warehouse.ingest import Ingest
thread = Ingest(DataDir(Path(sys.argv[1])))
thread.start()
sys.stdin.read()
thread.stop()
thread.join()
used = resource.getrusage(resource.RUSAGE_SELF)
cpu = used.ru_utime + used.ru_stime
# Not ru_maxrss: it starts with the size of the process that started this one.
peak_kb = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
print(json.dumps({"mb": peak_kb / 1024, "cpu": cpu, "commits": thread.state.commits}))
"""


class Writer:
    """Lines like the collector's, every event new, made fast from a template."""

    def __init__(self, world: World) -> None:
        self.world, self.events = world, 0
        events = [
            event(seq=n, props=props) | {"id": uuid7(ms())[:24] + f"{n:012}", "event": name}
            for n, (name, props) in enumerate(VISIT)
        ]
        ctx = {"visitor": "visitor-00000000", "url": "https://shop.example/p/1?utm_source=letter"}
        text = json.dumps(body(events, ctx=ctx)).replace("visitor-00000000", "visitor-%08d")
        for n in range(len(VISIT)):
            text = text.replace(f"{n:012}", "%012x")
        self.template = text

    def segment(self, bytes_max: int) -> int:
        """One closed segment of about that size."""
        lines, size = [], 0
        while size < bytes_max:
            numbers = range(self.events, self.events + len(VISIT))
            text = self.template % (self.events // 100 % 20_000, *numbers)
            lines.append(
                batch_line(int(NOON.timestamp() * 1e6), "shop", len(VISIT), META, b"", text.encode())
            )
            self.events += len(VISIT)
            size += len(lines[-1])
        self.world.write(*lines)
        return size


def waiting_segments(world: World) -> list[Path]:
    return list(world.data.journal.glob("*.hj"))


def catch_up(root: Path, backlog_mb: int) -> dict[str, float]:
    """What the loader's process took for the backlog and for what came in meanwhile."""
    world = World(root)
    writer = Writer(world)
    size = 0
    while size < backlog_mb * 1_000_000:
        size += writer.segment(min(SEGMENT_BYTES, backlog_mb * 1_000_000 - size))
    waiting = writer.events
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    started = time.monotonic()
    try:
        # Caught up: no more waits than came in during the last two seconds. Then the traffic ends.
        while len(waiting_segments(world)) > 2 / TRAFFIC_EVERY_S:
            assert process.poll() is None
            assert time.monotonic() - started < 60 + backlog_mb, "the loader does not catch up"
            writer.segment(TRAFFIC_BYTES)
            time.sleep(TRAFFIC_EVERY_S)
        # With no backlog the day's merging and closing begin, and loading waits for them.
        wait_until(lambda: not waiting_segments(world), 60 + backlog_mb / 2)
    finally:
        out, _ = process.communicate("")
    took: dict[str, float] = json.loads(out)
    world.load()
    assert world.books() == books(writer.events, writer.events)
    seconds = time.monotonic() - started
    print(
        f"{size / 1e6:.0f} MB, {waiting:,} events waiting and {writer.events - waiting:,} more meanwhile: "
        f"{seconds:.0f} s, {took['cpu']:.0f} CPU-seconds, {took['mb']:.0f} MB, {took['commits']} commits"
    )
    return took


def test_catches_up_while_traffic_goes_on(tmp_path: Path) -> None:
    took = catch_up(tmp_path / "data", 48)
    assert took["mb"] <= MEMORY_MB_MAX
    assert took["commits"] >= 3


def test_what_still_runs_when_it_is_told_to_end_is_rolled_back(tmp_path: Path) -> None:
    world = World(tmp_path / "data")
    writer = Writer(world)
    writer.segment(12_000_000)
    for wait_s in (0, 0.2):
        thread = Ingest(world.data)
        thread.start()
        while thread.state.loader != "running":
            time.sleep(0.001)
        time.sleep(wait_s)
        thread.end(0)
        assert (thread.state.loader, thread.state.error) == ("stopped", None)
        if not wait_s:  # twelve megabytes take longer than that
            assert world.sql("SELECT count(*) FROM events") == [(0,)]
    world.load()
    assert world.books() == books(writer.events, writer.events)


@pytest.mark.timeout(1800)
@pytest.mark.skipif("HETK_SOAK" not in os.environ, reason="a gigabyte of journal: HETK_SOAK=1 runs it")
def test_a_gigabyte_of_backlog_stays_in_bounds(tmp_path: Path) -> None:
    assert catch_up(tmp_path / "data", 1000)["mb"] <= MEMORY_MB_MAX
