"""`make bench`: ratios to a bare aiohttp server out, printed and kept in docs/benchmarks.md.

The load generator runs on the same machine; the servers take turns inside each round, so that noise hits all.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.bench.freshness import Probe
from tests.bench.load import CONNECTIONS, QUERIES, Load, need_wrk, press
from tests.bench.pages import keep, spread, table
from tests.bench.servers import Measured, bare, hetk, nginx, runlight
from warehouse.store import open_lake, renew

ROOT = Path(__file__).parents[2]
DRAIN_SECONDS_MAX = 120.0
Loads = dict[tuple[str, int], list[Load]]
Start = Callable[[Path], AbstractContextManager[Measured]]
BARE, LOADED, PEER = "bare aiohttp, 204", "hetk durable + loader", "runlight (not synced)"
SERVERS: dict[str, Start] = {
    BARE: lambda folder: bare(),
    "hetk durable, through aiohttp": lambda folder: hetk(folder, fast=False),
    "hetk durable": hetk,
    LOADED: lambda folder: hetk(folder, loader=True),
    "nginx, a line of its log (body not kept)": nginx,
    PEER: runlight,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of batch 10, for a first look")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks.md")
    asked = parser.parse_args()
    need_wrk()
    batches, rounds, seconds = ([10], 1, 3.0) if asked.quick else ([1, 10, 50], asked.rounds, asked.seconds)
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    loads: Loads = defaultdict(list)
    aside: dict[str, list[float]] = defaultdict(list)
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        runs = [(n, batch) for n in range(rounds) for batch in batches]
        for n, batch in track(runs, "bench", console=Console(stderr=True)):
            _round(Path(folder) / f"{n}-{batch}", batch, seconds, loads, aside, missing)
    text = _report(loads, aside, missing, batches, rounds, seconds)
    print(text)
    if not asked.quick:
        keep(asked.page, "collector", text)


def _round(
    folder: Path, batch: int, seconds: float, loads: Loads, aside: dict[str, list[float]],
    missing: dict[str, str],
) -> None:  # fmt: skip
    folder.mkdir()
    for number, (name, start) in enumerate(SERVERS.items()):
        if name == PEER and batch > 1:
            continue  # it takes one event a request
        try:
            with start(folder / str(number)) as server:
                _measure(name, server, batch, seconds, loads, aside)
        except (OSError, subprocess.CalledProcessError) as error:  # a peer that is not on this machine
            if name in (BARE, LOADED) or name.startswith("hetk"):
                raise
            missing[name] = str(error)


def _measure(
    name: str, server: Measured, batch: int, seconds: float, loads: Loads, aside: dict[str, list[float]]
) -> None:
    if name != LOADED:
        load = press(server, batch, seconds)
        loads[name, batch].append(load)
        if server.data:
            aside["journal"].append(_size(server.data.journal) / load.events)
        return
    probe = Probe(server)
    probe.start()
    before = server.cpu_of_each()
    load = press(server, batch, seconds)
    loads[name, batch].append(load)
    aside[f"fresh {batch}"] += probe.finish(DRAIN_SECONDS_MAX)
    aside[f"drained {batch}"].append(_drain(server, load, aside))
    halves = [after - early for early, after in zip(before, server.cpu_of_each(), strict=True)]
    for half, cpu in zip(("collector", "warehouse"), halves, strict=True):
        aside[f"{half} {batch}"].append(cpu / load.events * 1e6)


def _drain(server: Measured, load: Load, aside: dict[str, list[float]]) -> float:
    """Events a second until the last one is a row. Raises when a row is missing or there twice."""
    assert server.data is not None
    started = time.monotonic()
    with open_lake(server.data, read_only=True) as con:
        while True:
            query = "SELECT count(*), count(DISTINCT event_id) FROM events WHERE event <> 'bench_probe'"
            [(rows, distinct)] = con.execute(query).fetchall()
            if rows >= load.events:
                break
            assert time.monotonic() - started < DRAIN_SECONDS_MAX, f"{load.events - rows} events never came"
            time.sleep(0.05)
            renew(con, server.data)
    assert rows == distinct, f"{rows - distinct} events are in the lake twice"
    aside["lake"].append(_size(server.data.lake) / rows)
    return load.events / (load.seconds + time.monotonic() - started)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _report(
    loads: Loads, aside: dict[str, list[float]], missing: dict[str, str], batches: list[int], rounds: int,
    seconds: float,
) -> str:  # fmt: skip
    machine = f"{os.cpu_count()} CPUs, Python {platform.python_version()}"
    about = f"""{machine}; wrk with {CONNECTIONS} connections on the same machine; rounds: {rounds} of
{seconds:g} s, median (smallest-largest). One event in ten is a search out of {QUERIES:,} different ones.
Ratios are to the bare server (aiohttp on uvloop) in the same round; CPU is that of the server's processes
(with the loader: both). Durable = answered after fdatasync."""
    sizes = (
        f"Journal {spread(aside['journal'], 0)} bytes an event, lake {spread(aside['lake'], 0)}"
        " right after the load (ids, visitors and items are random: the worst case for compression)."
    )
    absent = [f"Not measured here: {name}: {why}." for name, why in missing.items()]
    title = "## Collector and loader (`make bench`)"
    parts = [title, about, _servers(loads, batches), _loader(loads, aside, batches), sizes, *absent]
    return "\n\n".join(parts)


def _servers(loads: Loads, batches: list[int]) -> str:
    rows = []
    for batch in batches:
        for name in SERVERS:
            runs = loads.get((name, batch))
            if not runs:
                continue
            rows.append(
                [
                    str(batch),
                    name,
                    spread([run.per_second for run in runs], 0),
                    _ratio(loads, name, batch, "per_second"),
                    _ratio(loads, name, batch, "per_cpu_second"),
                    spread([run.p50_ms for run in runs], 1),
                    spread([run.p99_ms for run in runs], 1),
                ]
            )
    return table(["batch", "server", "events/s", "ratio /s", "ratio /CPU-s", "p50 ms", "p99 ms"], rows)


def _loader(loads: Loads, aside: dict[str, list[float]], batches: list[int]) -> str:
    """The whole way, with the loader on."""
    rows = []
    for batch in batches:
        fresh, drained = aside[f"fresh {batch}"], aside[f"drained {batch}"]
        bares = [run.per_second for run in loads[BARE, batch]]
        rows.append(
            [
                str(batch),
                _ratio(loads, LOADED, batch, "per_second"),
                spread([one / yardstick for one, yardstick in zip(drained, bares, strict=True)]),
                spread(drained, 0),
                f"{statistics.median(fresh):.2f}",
                f"{statistics.quantiles(fresh, n=100)[98]:.2f}",
                spread(aside[f"collector {batch}"], 1),
                spread(aside[f"warehouse {batch}"], 1),
            ]
        )
    head = ["batch", "acknowledged, ratio /s", "counting the drain, ratio /s", "events/s", "ack to SQL p50 s",
            "p99 s", "collector us/event", "warehouse us/event"]  # fmt: skip
    return table(head, rows)


def _ratio(loads: Loads, name: str, batch: int, what: str) -> str:
    pairs = zip(loads[name, batch], loads[BARE, batch], strict=True)
    return spread([getattr(run, what) / getattr(yardstick, what) for run, yardstick in pairs])


if __name__ == "__main__":
    main()
