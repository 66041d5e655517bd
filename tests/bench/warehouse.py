"""`make bench-warehouse`: the named questions on a generated shop, in the lake, a native file and PostgreSQL.

Sizes in, docs/benchmarks-warehouse.md out. Ratios are of the same run: "table" is one native table of events
with the same views over it and no day closed, stopped at twice the lake's time (a second at least); "native"
is the same models, closed days included, in one DuckDB file; PostgreSQL has the same facts and closed days in
indexed tables, and answers 21 of the questions in SQL of its own (tests/bench/postgres). `answer`
says how many rows lake and native gave, once found to be the same. The shop is generated from a plan
of sessions, and the models have to find these again.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from click import ClickException

from collector.datadir import DataDir
from tests.bench.answers import same, sessions_missed
from tests.bench.bench_dedupe import AGAIN as SENT_AGAIN
from tests.bench.bench_dedupe import NEW_EVENTS
from tests.bench.bench_dedupe import costs as dedupe_costs
from tests.bench.erase import erase_beside_loading
from tests.bench.postgres.compare import compare as compare_postgres
from tests.bench.shop import generate
from warehouse import migrations
from warehouse.migrations.statistics import give_statistics
from warehouse.models import runner
from warehouse.models.lab import LAKE_ONLY
from warehouse.models.model import load_models
from warehouse.queries import questions
from warehouse.sql import limited
from warehouse.store import open_lake, open_native

T = TypeVar("T")
NOW, TWO_OPEN = datetime(2026, 11, 25), datetime(2026, 11, 20, 12)
AGAIN = [date(2026, 10, day) for day in (5, 6, 7)]
PLAIN = ("sessions", "moments")
RUNS = 3
RATIO_GOAL = 1.2
TABLE_TIMES, TABLE_SECONDS_MIN = 2, 1.0
ONCE_SECONDS = 4.0  # what takes longer is asked once
CLOSE_TWICE_MAX = 1_000_000  # events; of more, the native file gets the days that the lake has closed
REPORT = Path(__file__).parents[2] / "docs" / "benchmarks-warehouse.md"
WEEK = "{0} >= TIMESTAMP '2026-10-05' AND {0} < TIMESTAMP '2026-10-12'"
SCANS = {
    "events": ("ts", "SELECT event, count(*), count(DISTINCT visitor_id), sum(value) FROM events"),
    "sessions": ("started_at", "SELECT channel, count(*), count(DISTINCT person_id) FROM sessions"),
    "moments": ("started_at", "SELECT intent, count(*), count(DISTINCT visitor_id) FROM moments"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000_000])
    parser.add_argument("--no-postgres", action="store_true")
    options = parser.parse_args()
    parts = ["# Warehouse benchmarks", "", __doc__.partition("\n\n")[2].strip() if __doc__ else "", ""]
    runs = f"medians of {RUNS} (one run of what takes over {ONCE_SECONDS:g} s)"
    parts += [f"Written by `make bench-warehouse`, {runs}, DuckDB {duckdb.__version__}.", ""]
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="hetk-bench-") as name:
            folder = Path(name)
            parts += run(size, folder, postgres=size <= 1_000_000 and not options.no_postgres)
            keep(parts)  # ten million take long: what is known stands, whatever comes of the rest
            say("erase people beside a server")
            parts += ["", *erase_beside_loading(folder / "lake"), ""]
        keep(parts)
    sys.stdout.write(REPORT.read_text(encoding="utf-8"))


def keep(parts: list[str]) -> None:
    REPORT.write_text("\n".join(parts) + "\n", encoding="utf-8")


def run(size: int, folder: Path, postgres: bool) -> list[str]:
    """One size: Markdown lines."""
    say(f"{size:,} events: generate and insert")
    data = DataDir(folder / "lake")
    native, lake = make_native(folder / "native.duckdb"), make_lake(data)
    generated, n = timed(lambda: generate(native, size))
    native.execute("CHECKPOINT")
    shutil.copy(folder / "native.duckdb", folder / "table.duckdb")
    table = open_native(folder / "table.duckdb")
    native.execute(f"COPY (FROM events ORDER BY ts) TO '{folder}/events.parquet'")
    native.execute(f"COPY decisions TO '{folder}/decisions.parquet'")
    lake.execute(f"INSERT INTO decisions FROM '{folder}/decisions.parquet'")
    native.execute(f"COPY plan TO '{folder}/plan.parquet'")
    loaded, _ = timed(lambda: lake.execute(f"INSERT INTO events FROM '{folder}/events.parquet'"))
    lines = [f"## {n:,} events", "", "| step | lake | native | ratio |", "|---|---|---|---|"]
    lines.append(f"| generate and insert | {loaded:.1f} s insert | {generated:.1f} s with generating | |")
    lines.append(dedupe_line(n))
    small = n <= CLOSE_TWICE_MAX
    say("ask while no day is closed, close days")
    plain = {name: median(lake, f"{SCANS[name][1]} GROUP BY 1")[0] for name in PLAIN} if small else {}
    closed, _ = timed(lambda: runner.close_days(lake, TWO_OPEN))
    for name, whole in plain.items():
        union, _ = median(lake, f"{SCANS[name][1]} GROUP BY 1")
        lines.append(
            f"| {name}: 88 closed and 2 open days, share of all open | {union / whole:.3f} | {union:.3f} s, {whole:.1f} s | |"
        )
    closed += timed(lambda: runner.close_days(lake, NOW))[0]
    again = [timed(partial(runner.rebuild, lake, day, day, NOW))[0] for day in AGAIN]
    lines.append(f"| close a day again, {n // 90:,} events | {statistics.median(again):.2f} s | | |")
    if small:
        lines.append(row("close 90 days", closed, timed(lambda: runner.close_days(native, NOW))[0]))
    else:
        lines.append(f"| close 90 days | {closed:.1f} s | copied from the lake | |")
        copy_days(lake, native, folder)
    merged, _ = timed(lambda: lake.execute("CALL ducklake_merge_adjacent_files('lake')"))
    lines.append(f"| merge files | {merged:.1f} s | | |")
    size_lake = sum(f.stat().st_size for f in (data.lake / "main" / "events").rglob("*.parquet"))
    lines.append(f"| bytes per event | {size_lake / n:.1f} | | |")
    for name, (column, scan) in SCANS.items():
        week, _ = median(lake, f"{scan} WHERE {WEEK.format(column)} GROUP BY 1")
        whole, _ = median(lake, f"{scan} GROUP BY 1")
        lines.append(f"| {name}: 7 of 90 days, share of the whole | {week / whole:.3f} | {whole:.3f} s | |")
    planned, missed = sessions_missed(lake, folder / "plan.parquet")
    lines.append(f"| sessions planned; not found or not planned | {planned:,}; {missed} | | |")
    lines += ["", "| question | lake s | table s | ratio | native s | ratio | answer |"]
    lines += ["|---|---|---|---|---|---|---|"]
    times: list[Times] = []
    for question in questions().values():
        say(question.name)
        (ours, answer), (theirs, expected) = median(lake, question.sql), median(native, question.sql)
        limit_s = max(TABLE_SECONDS_MIN, TABLE_TIMES * ours)
        times.append(Times(ours, theirs, *stopped_at(limit_s, table, question.sql)))
        lines.append(f"| {question.name} | {times[-1]} | {same(answer, expected)} |")
    table.close()
    lines += ["", goal(times)]
    if postgres:
        lines += ["", *compare_postgres(native, folder)]
    native.close()
    lake.close()
    return lines


def make_native(path: Path) -> duckdb.DuckDBPyConnection:
    con = open_native(path)
    for _, _, sql in migrations.steps():
        if LAKE_ONLY not in sql:
            con.execute(sql)
    runner.build(con)
    return con


def make_lake(data: DataDir) -> duckdb.DuckDBPyConnection:
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    give_statistics(con)
    return con


def dedupe_line(n: int) -> str:
    """What the loader's look for duplicates adds to its insert, CPU, into a lake of its own."""
    plain, both = dedupe_costs(n)
    what = (
        f"insert {NEW_EVENTS:,} new events, {SENT_AGAIN:,} sent again, into {n:,}: with dedupe; plain (CPU)"
    )
    return f"| {what} | {both:.3f} s | plain {plain:.3f} s | {both / plain:.2f} |"


@dataclass
class Times:
    """Seconds of a question; the one table was `stopped` when it had taken `table`."""

    lake: float
    native: float
    table: float
    stopped: bool

    def __str__(self) -> str:
        over, under = ("over ", "under ") if self.stopped else ("", "")
        of_table = f"{over}{self.table:.3f} | {under}{self.lake / self.table:.2f}"
        return f"{self.lake:.3f} | {of_table} | {self.native:.3f} | {self.lake / self.native:.2f}"


def stopped_at(limit_s: float, con: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, bool]:
    """Median seconds of a question, or the limit and True where a run was stopped at it."""
    taken = []
    for _ in range(RUNS):
        try:
            with limited(con, limit_s, "the question"):
                taken.append(timed(lambda: con.execute(sql).fetchall())[0])
        except ClickException:
            return limit_s, True
    return statistics.median(taken), False


def goal(times: list[Times]) -> str:
    """How many questions reach the goal, and what all of them take."""
    of_table = sum(t.lake <= RATIO_GOAL * t.table for t in times)
    of_native = sum(t.lake <= RATIO_GOAL * t.native for t in times)
    ours, theirs = sum(t.lake for t in times), sum(t.native for t in times)
    return (
        f"{of_table} of {len(times)} questions take at most {RATIO_GOAL} times what one native table takes, "
        f"{of_native} what the native file with closed days takes; all together {ours:.1f} s, that file "
        f"{theirs:.1f} s: {ours / theirs:.2f} times."
    )


def copy_days(lake: duckdb.DuckDBPyConnection, native: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """What the lake has stored of closed days, into the native file; its views read them from there."""
    for table in ("closed_days", *(f"{m.name}_closed" for m in load_models() if m.kind == "days")):
        lake.execute(f"COPY {table} TO '{folder}/{table}.parquet'")
        native.execute(f"INSERT INTO {table} BY NAME FROM '{folder}/{table}.parquet'")
    native.execute("COMMENT ON TABLE closed_days IS 'its views are to be made again'")
    runner.build(native)


def median(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, list[tuple[Any, ...]]]:
    """Seconds, and the answer."""
    taken = []
    for _ in range(RUNS):
        seconds, answer = timed(lambda: con.execute(sql).fetchall())
        taken.append(seconds)
        if seconds > ONCE_SECONDS:
            break
    return statistics.median(taken), answer


def say(what: str) -> None:
    """Progress, on the terminal."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what}\n")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


def row(name: str, lake: float, native: float) -> str:
    return f"| {name} | {lake:.3f} | {native:.3f} | {lake / native:.2f} |"


if __name__ == "__main__":
    main()
