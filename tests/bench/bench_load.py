"""`python -m tests.bench.bench_load [EVENTS]`: the loader's rows per CPU-second against a plain write.

The journal is written by the collector's own writer: batches of 10, zipf pages and searches, 20,000 visitors.
The yardstick writes the same finished rows from memory into one file of the same format: no parsing, lookups
or dedupe, and memory enough.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from collector.journal import header_line
from tests.warehouse.load.world import NOON, World, body, line, ms, uuid7
from warehouse import migrations
from warehouse.ingest import MEMORY_MB
from warehouse.load.enrich import read_search
from warehouse.load.loader import FILE_FORMAT, Loader
from warehouse.store import open_lake

BATCH = 10
NAMES = ("page_view", "view_item", "engagement", "add_to_cart", "search", "select_item", "purchase")


def batch(dice: random.Random, number: int) -> bytes:
    """One batch of ten events of one visitor, two milliseconds after the one before."""
    at = NOON + timedelta(milliseconds=2 * number)
    visitor = f"v{dice.randrange(20_000):05d}"
    ctx = {
        "visitor": visitor,
        "session": f"{visitor}-s",
        "url": f"https://shop.example/p/{int(dice.paretovariate(0.8)) % 5000}?utm_source=newsletter",
        "ref": dice.choice(
            ("https://www.google.com/", "https://l.facebook.com/x", "", "https://news.example/a")
        ),
        "title": "A product page",
        "lang": "en",
    }
    events = []
    for seq in range(BATCH):
        name = dice.choice(NAMES)
        t = ms(at) - dice.randrange(3000)
        events.append({"id": uuid7(t), "event": name, "t": t, "seq": seq, "props": props(dice, name)})
    return line(body(events, sent=ms(at), ctx=ctx), received=at, o="Android", w="Chrome", co="IN", gs="ip")


def props(dice: random.Random, name: str) -> dict[str, object]:
    """What such an event usually carries."""
    if name in ("view_item", "add_to_cart", "purchase"):
        item = {"item_id": f"A{dice.randrange(5000)}", "item_name": "Red shoe", "price": 999.5, "quantity": 1}
        return {"items": [item], "currency": "INR", "value": 999.5}
    if name == "search":
        return {
            "query": f"shoes {int(dice.paretovariate(1.1)) % 3000} near me",
            "results": dice.randrange(20),
        }
    return {"depth": dice.randrange(100), "ms": dice.randrange(60_000), "label": "hero"}


def main() -> None:
    """Prints one line per figure."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as scratch:
        world = World(Path(scratch) / "data")
        path = world.data.journal / "w0-1795000000000-aaaaaa.hj"
        with path.open("wb") as file:
            file.write(header_line("w0", ms()))
            for number in range(total // BATCH):
                file.write(batch(dice, number))
        journal_bytes = path.stat().st_size
        con = open_lake(world.data, memory_mb=MEMORY_MB, threads=1)
        migrations.migrate(con)
        loader = Loader(con, world.data)
        read_search("shoes near me", "en", "IN")  # the word lists are read once in a loader's life
        cpu, wall = time.process_time(), time.monotonic()
        rows = sum(step.stored for step in iter(loader.step, None))
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        peak_mb = peak_kb() / 1024
        lake_bytes = sum(each.stat().st_size for each in world.data.lake.rglob("*.parquet"))
        con.execute("SET memory_limit = '4GiB'")
        con.execute("CREATE TEMP TABLE finished AS FROM events")
        plain = time.process_time()
        con.execute(f"COPY finished TO '{scratch}/finished.parquet' ({FILE_FORMAT})")
        plain = time.process_time() - plain
        searches, distinct = con.execute(
            "SELECT count(search_query), count(DISTINCT search_query) FROM finished"
        ).fetchall()[0]
        con.close()
    print(f"rows {rows}, journal {journal_bytes / 1e6:.1f} MB, lake {lake_bytes / rows:.0f} bytes per event")
    print(f"searches {searches}, {distinct / searches:.0%} of them distinct: each of those is judged anew")
    print(f"loader        {rows / cpu:>10,.0f} rows per CPU-second, {rows / wall:>10,.0f} rows per second")
    print(f"plain write   {rows / plain:>10,.0f} rows per CPU-second, ratio {cpu / plain:.2f}")
    print(f"peak memory   {peak_mb:>10,.0f} MB")


def peak_kb() -> int:
    """Of this process alone; ru_maxrss begins with the size of the process that started it."""
    found = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1])


if __name__ == "__main__":
    main()
