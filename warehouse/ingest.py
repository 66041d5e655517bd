"""A data directory in; its journal loaded and its jobs done, in one thread, until told to stop.

Nothing ends this thread but `stop`: what goes wrong is told in the log and in the heartbeat, and tried again.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from collector import config, logs
from collector.datadir import DataDir
from warehouse import migrations
from warehouse.errors import LakeNewer, ModelError, WarehouseError, same_error
from warehouse.jobs import Job, Jobs
from warehouse.load.loader import Loader, Step
from warehouse.load.words import site_words
from warehouse.migrations.statistics import give_statistics
from warehouse.models import campaign, runner
from warehouse.privacy.requests import Requests
from warehouse.store import drop_leftovers, open_lake
from warehouse.turn import Turn

COMMIT_EVERY_SECONDS = 0.5  # under load: fewer, larger files
IDLE_POLL_SECONDS = 0.2
RETRY_SECONDS = 0.1  # doubled after each failure
RETRY_SECONDS_MAX = 3.0  # on again within five seconds once the cause is gone
TURN_POLL_SECONDS = 0.05
TURN_GAP_SECONDS = 0.005  # a command that waits for its turn is awake by then
INTERRUPT_AGAIN_S = 0.05  # an interrupt between two statements stops nothing
MEMORY_MB = 192  # of DuckDB; the process stays under 512 MB with a gigabyte of journal waiting
THREADS = 1  # the collector needs the other core; one thread is also the least CPU per row


@dataclass
class State:
    """What the thread last did, read by the heartbeat and by /metrics."""

    loader: str = "starting"
    migration: int = 0
    error: str | None = None
    failures: int = 0  # in a row
    missing_files: tuple[str, ...] = ()
    beat_at: float = 0.0
    commits: int = 0
    commit_seconds: float = 0.0
    lag_seconds: float = 0.0
    torn_bytes: int = 0
    refused_segments: tuple[str, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)


class Ingest(threading.Thread):
    """Use: start(), later stop(). `fatal` is set when going on makes no sense (a newer lake)."""

    def __init__(self, data: DataDir) -> None:
        super().__init__(name="ingest")
        self.state = State()
        self.fatal: WarehouseError | None = None
        self._data = data
        self._halt = threading.Event()
        self._con: duckdb.DuckDBPyConnection | None = None

    def stop(self) -> None:
        """The running commit is finished, nothing new is begun."""
        self._halt.set()

    def end(self, grace_s: float) -> None:
        """Stops and returns when the thread has ended. What still runs after `grace_s` seconds is rolled back
        (a large merge, the closing of a large day, a load whose events the journal keeps).
        """
        self.stop()
        self.join(grace_s)
        while self.is_alive():
            with suppress(duckdb.ConnectionException):  # closed just now
                if (con := self._con) is not None:
                    con.interrupt()
            self.join(INTERRUPT_AGAIN_S)

    def run(self) -> None:
        """Opens the lake and works; after an error everything is opened anew."""
        drop_leftovers(self._data)
        while not self._halt.is_set():
            try:
                self._work()
            except LakeNewer as error:
                self.fatal = error
                self._failed(error)
                return
            except (WarehouseError, duckdb.Error, OSError) as error:
                if self._halt.is_set() and isinstance(error, duckdb.InterruptException):
                    break
                self._failed(error)
                self._halt.wait(min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** min(self.state.failures, 10)))
        self.state.loader = "stopped"

    def _failed(self, error: Exception) -> None:
        """Told once: the same again, of another file perhaps, only shows in the heartbeat."""
        before, self.state.error = self.state.error, str(error)
        self.state.loader = "failing"
        self.state.failures += 1
        if not same_error(before, str(error)):
            logs.warn("loading failed, nothing is lost, it will be tried again", error=str(error))

    def _succeeded(self) -> None:
        if self.state.failures:
            logs.info("loading goes on", failures=self.state.failures)
        self.state.failures = 0
        self.state.loader, self.state.error = "running", None

    def _work(self) -> None:
        self._con = con = open_lake(self._data, memory_mb=MEMORY_MB, threads=THREADS)
        try:
            turn = self._wait_for_turn()
            if turn is None:
                return
            with turn:
                self.state.migration = migrations.migrate(con)
                self._build(con)
                self._give_statistics(con)
            loader = Loader(con, self._data, archive=self._archive(), words=site_words(self._data))
            jobs = Jobs(con, self._data, kept=config.load(self._data.config).retention)
            self.state.jobs = jobs.jobs
            self._turn(loader, jobs, Requests(con, self._data, loader))
        finally:
            self._con = None
            con.close()

    def _build(self, con: duckdb.DuckDBPyConnection) -> None:
        """A broken model keeps the models as they were; loading goes on."""
        try:
            campaign.keep(con, config.load(self._data.config).sessions)
            runner.build(con)
        except ModelError as error:
            logs.warn("the models were not built, the old ones stay", error=str(error))

    def _give_statistics(self, con: duckdb.DuckDBPyConnection) -> None:
        """Only for speed: a small table whose file is gone goes without."""
        try:
            give_statistics(con)
        except duckdb.IOException as error:
            logs.warn("some tables stay without statistics, loading goes on", error=str(error))

    def _turn(self, loader: Loader, jobs: Jobs, requests: Requests) -> None:
        state = self.state
        while (turn := self._wait_for_turn()) is not None:
            with turn:
                started = time.monotonic()
                if not self.state.failures:
                    state.loader = "running"
                step = loader.step()
                behind = step is not None and step.journal_bytes >= loader.slice_bytes_max // 2
                self._succeeded()
                state.positions = loader.positions
                if step is not None:
                    self._note(step, time.monotonic() - started)
                erasing = requests.answer()
                worked = erasing or jobs.run_due(behind=behind)
            if step is None and not worked:
                self._halt.wait(IDLE_POLL_SECONDS)
            elif step is not None and not behind and not erasing:
                self._halt.wait(max(0.0, COMMIT_EVERY_SECONDS - (time.monotonic() - started)))
            else:
                self._halt.wait(TURN_GAP_SECONDS)

    def _wait_for_turn(self) -> Turn | None:
        """Loading waits while a command writes the lake; None when told to stop."""
        while not self._halt.is_set():
            self.state.beat_at = time.monotonic()
            if (turn := Turn.take_now(self._data)) is not None:
                return turn
            self._halt.wait(TURN_POLL_SECONDS)
        return None

    def _note(self, step: Step, seconds: float) -> None:
        state = self.state
        state.commits += 1
        state.commit_seconds = seconds
        state.lag_seconds = max(0.0, time.time() - step.newest_received)
        state.torn_bytes += step.torn_bytes
        state.refused_segments = step.refused_segments
        state.missing_files = step.missing_files

    def _archive(self) -> Path | None:
        settings = config.load(self._data.config)
        return self._data.root / "archive" if settings.journal.archive else None
