"""The lake and a clock in; housekeeping that keeps it small and fast out: merge, expire, clean up, close.

Jobs run between two loads, on the loader's own connection: one writer, no conflicts. A job that fails is
reported and tried again later; it never stops loading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from collector import logs
from collector.config import Retention
from collector.datadir import DataDir
from warehouse.errors import WarehouseError, same_error
from warehouse.load.durable import sync_new_files
from warehouse.load.loader import loaded_positions
from warehouse.models import runner
from warehouse.people.feed import feed
from warehouse.people.store import People
from warehouse.privacy.columns import keep_columns
from warehouse.privacy.proof import looking
from warehouse.privacy.purge import purging
from warehouse.privacy.retention import drop_old_days
from warehouse.publish import publish_rules
from warehouse.store import transaction, translated

# Fresh files are merged often, and what came of that once an hour: one call over both held loading up for a
# minute after a backlog of a gigabyte.
FRESH_FILE_BYTES_MAX = 1024 * 1024
FRESH_FILES_MAX = 200
GROWN_FILE_BYTES_MAX = 64 * 1024 * 1024
GROWN_FILES_MAX = 20
SNAPSHOT_KEEP = timedelta(hours=1)  # for readers that began earlier and for time travel
FILE_KEEP = timedelta(minutes=10)  # after that no reader can still have a removed file open
RETRY_AFTER = timedelta(seconds=30)
CLOSED_AT_ONCE = 30_000  # events of the days of a run: loading waits meanwhile, a second and a half
CLOSE_PAUSE = timedelta(seconds=1)  # between the runs when a history is closed: loading catches up
LONG = ("close_days", "merge_grown", "rewrite_deletes")  # a large day holds loading up for minutes
NIGHT = 2  # o'clock, UTC
FACTS = ("events", "events_rejected", "loads", "console_log")


@dataclass
class Job:
    """One kind of housekeeping, and how its last run went. `run` may return a pause, to go on after it."""

    name: str
    every: timedelta
    run: Callable[[], object]
    due_at: datetime
    runs: int = 0
    failures: int = 0
    seconds: float = 0.0
    error: str | None = None  # of the last run
    last_run_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None


@dataclass
class Jobs:
    """All jobs of one lake. `clock` gives aware UTC times."""

    con: duckdb.DuckDBPyConnection
    data: DataDir
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    kept: Retention = field(default_factory=Retention)
    jobs: list[Job] = field(init=False)
    _purging: Iterator[None] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        now = self.clock()
        self.jobs = [
            Job("merge", timedelta(seconds=30), self.merge, now + timedelta(seconds=30)),
            Job("merge_grown", timedelta(hours=1), self.merge_grown, now + timedelta(hours=1)),
            Job("close_days", timedelta(minutes=5), self.close_days, now + timedelta(seconds=20)),
            Job("expire", timedelta(minutes=10), self.expire, now + timedelta(minutes=1)),
            Job("clean_up", timedelta(minutes=10), self.clean_up, now + timedelta(minutes=2)),
            Job("orphans", timedelta(days=1), self.orphans, now + timedelta(minutes=3)),
            Job("rewrite_deletes", timedelta(hours=1), self.rewrite_deletes, now + timedelta(minutes=5)),
            Job("publish", timedelta(seconds=30), self.publish, now),
            Job("book", timedelta(minutes=10), self.book, now + timedelta(seconds=10)),
            Job("purge", timedelta(minutes=30), self.purge, now + timedelta(minutes=6)),
            Job("console_log", timedelta(minutes=1), self.feed_log, now + timedelta(seconds=15)),
            Job("retention", timedelta(hours=1), self.drop_old_days, now + timedelta(minutes=4)),
        ]

    def run_due(self, *, behind: bool = False) -> bool:
        """Runs the one job that waits longest; false when none is due. `behind`: long ones wait."""
        now = self.clock()
        due = [job for job in self.jobs if job.due_at <= now and not (behind and job.name in LONG)]
        if not due:
            return False
        self._run(min(due, key=lambda job: job.due_at))
        return True

    def _run(self, job: Job) -> None:
        started = self.clock()
        try:
            with translated(self.data.root):
                again = job.run()
            if job.error is not None:
                self._book_soon()
            job.runs, job.error = job.runs + 1, None
            pause = again if isinstance(again, timedelta) else job.every
        except (WarehouseError, duckdb.Error, OSError) as error:
            if not same_error(job.error, str(error)):
                logs.warn("a job failed, it will be tried again", job=job.name, error=str(error))
                self._book_soon()
            job.failures, job.error, pause = job.failures + 1, str(error), max(RETRY_AFTER, job.every)
            job.last_error, job.last_error_at = job.error, started
        now = self.clock()
        job.last_run_at = started
        job.seconds = (now - started).total_seconds()
        job.due_at = now + pause

    def _book_soon(self) -> None:
        for job in self.jobs:
            if job.name == "book":
                job.due_at = min(job.due_at, self.clock())

    def book(self) -> None:
        """How the jobs last ran, into the table `jobs`: known also when nothing runs."""
        rows = [
            [one.name, _naive(one.last_run_at), one.seconds, one.runs, one.failures, one.last_error,
             _naive(one.last_error_at)]
            for one in self.jobs
        ]  # fmt: skip
        with transaction(self.con):
            self.con.execute("DELETE FROM jobs")
            self.con.executemany("INSERT INTO jobs VALUES ($1, $2, $3, $4, $5, $6, $7)", rows)

    def purge(self) -> timedelta | None:
        """At night, who was forgotten since goes from files and history too, and that is proved: a piece now, the
        next one after the next load.
        """
        if self._purging is None:
            if self.clock().hour != NIGHT:
                return None
            self._purging = self._purge()
        try:
            next(self._purging)
        except StopIteration:
            self._purging = None
            return None
        except BaseException:
            self._purging = None
            raise
        return timedelta()

    def _purge(self) -> Iterator[None]:
        people = yield from purging(self.con, self.data, loaded_positions(self.con))
        places = []
        for place in looking(self.data, people):
            if place:
                places.append(place)
            yield
        if places:
            raise WarehouseError("erased people are still found: " + "; ".join(places))

    def merge(self) -> None:
        """The many fresh files of a day into few."""
        self._merge(FRESH_FILE_BYTES_MAX, FRESH_FILES_MAX)

    def merge_grown(self) -> None:
        """The files that came of `merge` into few larger ones."""
        self._merge(GROWN_FILE_BYTES_MAX, GROWN_FILES_MAX)

    def _merge(self, file_bytes_max: int, files_max: int) -> None:
        """The new files are synced before the old may go."""
        started_ns = int(self.clock().timestamp() * 1e9) - 1_000_000_000
        for table in FACTS:
            self.con.execute(
                f"CALL ducklake_merge_adjacent_files('lake', '{table}', "
                f"max_file_size => {file_bytes_max}, max_compacted_files => {files_max})"
            )
        sync_new_files((folder for folder in self.data.lake.rglob("*") if folder.is_dir()), started_ns)

    def close_days(self) -> timedelta | None:
        """Sessions, moments ... of days whose lateness has passed are written once; a history bit by bit."""
        done = runner.close_days(self.con, self.clock().replace(tzinfo=None), rows_max=CLOSED_AT_ONCE)
        return CLOSE_PAUSE if done else None

    def expire(self) -> None:
        """Old snapshots go; never the newest."""
        before = self.clock() - SNAPSHOT_KEEP
        old = self.con.execute(
            "SELECT snapshot_id FROM ducklake_snapshots('lake') WHERE snapshot_time < $1::TIMESTAMPTZ "
            "AND snapshot_id NOT IN (SELECT max(snapshot_id) FROM ducklake_snapshots('lake'))",
            [before.isoformat()],
        ).fetchall()
        if old:
            versions = ", ".join(str(number) for (number,) in old)
            self.con.execute(f"CALL ducklake_expire_snapshots('lake', versions => [{versions}])")

    def clean_up(self) -> None:
        """Files no snapshot names any more."""
        before = (self.clock() - FILE_KEEP).isoformat()
        self.con.execute(f"CALL ducklake_cleanup_old_files('lake', older_than => TIMESTAMPTZ '{before}')")

    def orphans(self) -> None:
        """Files of transactions that were cut off: no catalog ever named them."""
        before = (self.clock() - SNAPSHOT_KEEP).isoformat()
        self.con.execute(f"CALL ducklake_delete_orphaned_files('lake', older_than => TIMESTAMPTZ '{before}')")

    def rewrite_deletes(self) -> None:
        """Files with many deleted rows are written again without them."""
        self.con.execute("CALL ducklake_rewrite_data_files('lake')")

    def publish(self) -> None:
        """Rules and words for devices; new sites get theirs without a restart."""
        publish_rules(self.con, self.data)

    def feed_log(self) -> None:
        """What people did in the console."""
        feed(self.con, People(self.data))

    def drop_old_days(self) -> timedelta | None:
        """Whole days a site does not keep any more ([retention] of hetk.toml), then columns, a day at a time."""
        rows = drop_old_days(self.con, self.kept, self.clock().date())
        if rows:
            logs.info("old days removed", rows=rows)
        return CLOSE_PAUSE if keep_columns(self.con, self.kept, self.clock().date()) else None


def _naive(at: datetime | None) -> datetime | None:
    return at and at.astimezone(UTC).replace(tzinfo=None)
