"""`python -m tests.bench.bench_dedupe [ROWS]`: what looking for duplicates adds to an insert.

The lake holds ROWS events of 90 days, a partition each; then 100,000 new events of the last day and 10,000
sent again are loaded. CPU of `find_known` and of writing the rows, both of the loader's own transactions.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from collector.journal import header_line
from tests.bench.bench_load import BATCH, batch
from tests.warehouse.load.world import NOON, World, ms
from warehouse import migrations
from warehouse.load import loader as loader_module
from warehouse.load.dedupe import find_known
from warehouse.load.loader import Loader
from warehouse.store import open_lake

T = TypeVar("T")
NEW_EVENTS, AGAIN = 100_000, 10_000
ROUNDS = 3
FILL = """
INSERT INTO events BY NAME
SELECT (printf('%012x', epoch_ms(made)) || '70008' || lpad(printf('%x', i), 15, '0'))::UUID AS event_id,
  'shop' AS site_id, 'page_view' AS event, made AS ts, made AS ts_client, made AS ts_sent,
  made AS ts_received, 'v' || i % 20000 AS visitor_id, '/p' || i % 5000 AS url_path,
  '{"depth":' || i % 100 || '}' AS props
FROM (
  SELECT range AS i,
    $1::TIMESTAMP - INTERVAL 90 DAYS + to_microseconds((range * (7776e9 / $2))::BIGINT) AS made
  FROM range($2::BIGINT)
)
"""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    insert, both = costs(rows)
    print(f"lake {rows:,} rows: insert {insert:.3f} s, with dedupe {both / insert:.2f} of that")


def costs(rows: int) -> tuple[float, float]:
    """CPU seconds of inserting NEW_EVENTS, and with looking for duplicates too: the median round by ratio."""
    rounds = sorted((load(rows, number) for number in range(ROUNDS)), key=lambda c: c[1] / c[0])
    return rounds[ROUNDS // 2]


def load(rows: int, number: int) -> tuple[float, float]:
    """A lake of its own, a journal of new events, some of them again; CPU seconds as `costs` gives them."""
    dice = random.Random(number)
    lines = [batch(dice, line) for line in range(NEW_EVENTS // BATCH)]
    lines += lines[: AGAIN // BATCH]
    spent: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="hetk-bench-") as folder:
        world = World(Path(folder) / "data")
        path = world.data.journal / "w0-1795000000000-aaaaaa.hj"
        path.write_bytes(header_line("w0", ms()) + b"".join(lines))
        con = open_lake(world.data, memory_mb=1024, threads=1)
        migrations.migrate(con)
        con.execute(FILL, [NOON.replace(tzinfo=None), rows])
        loader = Loader(con, world.data, slice_bytes_max=64 * 1024 * 1024)
        loader_module.find_known = timed("dedupe", find_known, spent)  # type: ignore[attr-defined]
        loader.put_events = timed("insert", loader.put_events, spent)  # type: ignore[method-assign]
        steps = list(iter(loader.step, None))
        con.close()
    assert sum(step.duplicate for step in steps) == AGAIN
    assert sum(step.stored for step in steps) == NEW_EVENTS
    return spent["insert"], spent["insert"] + spent["dedupe"]


def timed(name: str, work: Callable[..., T], spent: dict[str, float]) -> Callable[..., T]:
    def measured(*arguments: object) -> T:
        started = time.process_time()
        result = work(*arguments)
        spent[name] = spent.get(name, 0.0) + time.process_time() - started
        return result

    return measured


if __name__ == "__main__":
    main()
