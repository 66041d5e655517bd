"""The lake, the journal and the loader's state in; a Prometheus page out, with the collector's workers on it.

Books (stored, duplicate, rejected, pending) are read from the lake and the journal, so they survive kill -9.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from collector.datadir import DataDir
from warehouse.errors import WarehouseError
from warehouse.ingest import State
from warehouse.load.books import Books, read_books
from warehouse.process import lives

LIVE_GAUGE = re.compile(r"^gauge_live\w*_(\d+)\.db$")


def exposition(data: DataDir, state: State) -> bytes:
    """The page of /metrics."""
    workers = CollectorRegistry()
    _forget_dead(data.metrics)
    multiprocess.MultiProcessCollector(workers, path=str(data.metrics))  # type: ignore[no-untyped-call]
    lake = CollectorRegistry(auto_describe=False)
    lake.register(_Figures(data, state))
    return generate_latest(workers) + generate_latest(lake)


class _Figures(Collector):
    def __init__(self, data: DataDir, state: State) -> None:
        self._data = data
        self._state = state

    def collect(self) -> Iterator[Metric]:
        """One family after the other."""
        yield from self._loader()
        yield from self._jobs()
        try:
            books = read_books(self._data)
        except (WarehouseError, duckdb.Error):
            return  # the lake is not made yet; the loader's own figures say what is wrong
        yield from _books(books)

    def _loader(self) -> Iterator[Metric]:
        state, data = self._state, self._data
        yield _gauge("hetk_loader_up", "1 while the loader runs.", float(state.loader == "running"))
        yield _gauge(
            "hetk_loader_lag_seconds",
            "From reception to the lake, newest event of the last commit.",
            state.lag_seconds,
        )
        yield _gauge("hetk_loader_commit_seconds", "Duration of the last commit.", state.commit_seconds)
        yield _counter("hetk_loader_commits", "Commits since the start.", state.commits)
        yield _counter(
            "hetk_journal_torn_bytes", "Bytes of torn tails skipped; never acknowledged.", state.torn_bytes
        )
        yield _gauge(
            "hetk_journal_segments_refused", "Segments of a newer hetk.", len(state.refused_segments)
        )
        yield _gauge("hetk_journal_bytes", "Bytes of journal on disk.", _size(data.journal))
        yield _gauge("hetk_lake_bytes", "Bytes of Parquet on disk.", _size(data.lake))
        yield _gauge(
            "hetk_catalog_bytes",
            "Bytes of the catalog.",
            data.catalog.stat().st_size if data.catalog.exists() else 0,
        )

    def _jobs(self) -> Iterator[Metric]:
        runs = CounterMetricFamily("hetk_job_runs", "Runs of a job that succeeded.", labels=["job"])
        failures = CounterMetricFamily("hetk_job_failures", "Runs of a job that failed.", labels=["job"])
        seconds = GaugeMetricFamily("hetk_job_seconds", "Duration of a job's last run.", labels=["job"])
        for job in self._state.jobs:
            runs.add_metric([job.name], job.runs)
            failures.add_metric([job.name], job.failures)
            seconds.add_metric([job.name], job.seconds)
        yield from (runs, failures, seconds)


def _books(books: Books) -> Iterator[Metric]:
    text = "Events in the journal that are not in the lake yet."
    pending = GaugeMetricFamily("hetk_events_pending", text, labels=["site"])
    for site in books.loaded.keys() | books.pending.keys():
        pending.add_metric([site], books.pending.get(site, 0))
    yield pending
    families = [
        CounterMetricFamily(f"hetk_events_{name}", f"Events {name}.", labels=["site"])
        for name in ("loaded", "stored", "duplicate")
    ]
    for site, numbers in books.loaded.items():
        for family, number in zip(families, numbers[:3], strict=True):
            family.add_metric([site], number)
    yield from families
    refused = CounterMetricFamily(
        "hetk_events_refused", "Events rejected or quarantined.", labels=["site", "reason"]
    )
    for (site, reason), number in books.rejected.items():
        refused.add_metric([site, reason], number)
    yield refused


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _size(folder: Path) -> int:
    """Files come and go meanwhile: what is gone counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(parent, name).stat().st_size
    return total


def _forget_dead(folder: Path) -> None:
    """Live gauges of workers that are gone must not be added up for ever."""
    for path in folder.glob("gauge_live*.db"):
        found = LIVE_GAUGE.match(path.name)
        if found and not lives(int(found.group(1))):
            path.unlink(missing_ok=True)
