"""Journal segments in, committed rows out, exactly once: each `step()` is one DuckLake transaction.

The transaction writes events, events_rejected and loads: the books, with how far each segment is loaded; the
newest row of them is where a restart goes on. Only then do segments go.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

import duckdb

from collector import logs
from collector.datadir import DataDir
from collector.journal_read import NewerJournal, read_header, segments
from warehouse.errors import DataDirInUse
from warehouse.load.dedupe import find_known
from warehouse.load.durable import sync, sync_catalog, sync_new_files
from warehouse.load.enrich import mask_rejected
from warehouse.load.missing import files_left, open_damaged_days
from warehouse.load.quarantine import put_off_plan
from warehouse.load.stage import Poison, Stager
from warehouse.load.tail import Damaged, Slice, next_slice, remove_finished
from warehouse.load.words import NO_WORDS, SiteWords
from warehouse.lost import missing_files
from warehouse.models import runner
from warehouse.privacy import late
from warehouse.store import beside_lake, transaction, translated

MISSING = (
    "data files of the lake are missing: restore them from a backup. Loading goes on; what is sent again and "
    "lies in a missing file is stored again"
)
# Measured in docs/decisions/001-loader-write-path.md: 30 % fewer bytes and less CPU than DuckDB's defaults.
# The writer holds a row group in memory: one as large as the load pushed the staged rows out to disk.
FILE_FORMAT = (
    "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, "
    "DICTIONARY_SIZE_LIMIT 1024, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE 20480"
)
COUNTS = """
SELECT (SELECT count(*) FROM staged WHERE NOT refused), (SELECT count(*) FROM refusal),
  (SELECT coalesce(max(epoch(ts_received)), 0) FROM batch)
"""
NO_EVENTS = """
INSERT INTO loads SELECT now()::TIMESTAMP, '', now()::DATE, 0, 0, 0, 0,
  CAST(CAST($positions AS JSON) AS STRUCT(segment VARCHAR, "offset" BIGINT)[])
"""
SLICE_BYTES_MAX = 16 * 1024 * 1024  # of journal per transaction: bounds memory whatever the backlog
DAYS_AT_ONCE = 30  # per insert: DuckDB holds about a megabyte for each partition it writes to


@dataclass(frozen=True)
class Step:
    """What one transaction did; the unit is events, times in seconds."""

    stored: int
    duplicate: int
    rejected: int
    journal_bytes: int
    lake_bytes: int
    torn_bytes: int
    newest_received: float
    refused_segments: tuple[str, ...] = ()
    missing_files: tuple[str, ...] = ()

    @property
    def received(self) -> int:
        """The books: nothing else can have happened to an event."""
        return self.stored + self.duplicate + self.rejected


@contextmanager
def only_loader(data: DataDir) -> Iterator[None]:
    """Holds the loader's lock of a data directory. Raises DataDirInUse naming the pid that has it."""
    data.create()
    path = data.run / "loader.lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise DataDirInUse(data.root, "loader", int(holder) if holder.isdecimal() else None) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


class Loader:
    """One per data directory (see `only_loader`); `con` is a migrated lake, open for writing.

    `at` is called with the name of each point passed, so that tests can kill there.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        data: DataDir,
        *,
        archive: Path | None = None,
        slice_bytes_max: int = SLICE_BYTES_MAX,
        at: Callable[[str], None] = lambda _: None,
        words: SiteWords = NO_WORDS,
    ) -> None:
        self._con = con
        self._data = data
        self._archive = archive
        self.slice_bytes_max = slice_bytes_max
        self._at = at
        self.stager = Stager(con, _empty(data.stage), words, data.plans)
        self._refusals_sql, self._books_sql = _read("refusals"), _read("books")
        wanted = ", ".join(
            f"{_quoted(name)}::{kind} AS {_quoted(name)}" for name, kind in columns(con, "events")
        )
        self._rows_sql = f"SELECT {wanted} FROM ({_read('rows')})"
        self.missing_files: list[str] = []
        self.positions = self._recover()

    def step(self) -> Step | None:
        """Loads the next slice and returns what happened, None when there is nothing to load.

        Raises the errors of warehouse.errors; the slice then is loaded by a later step.
        """
        with translated(self._data.root):
            taken = next_slice(self._data.journal, self.positions, self.slice_bytes_max)
            self._at("read")
            if taken.empty:
                self._settle(taken)
                return None
            started_ns = time.time_ns() - 1_000_000_000
            with beside_lake(self._con):
                duplicate = self._stage(taken)
            self._at("deduped")
            try:
                step = self._commit(taken, duplicate, started_ns)
            except duckdb.IOException:
                if not open_damaged_days(self._con):
                    raise
                step = self._commit(taken, duplicate, started_ns)
            self._settle(taken)
            self._at("settled")
            return step

    def catch_up(self) -> Iterator[None]:
        """Loads what stands in the journal now, a slice with each `next`. What comes meanwhile need not wait for."""
        sizes = {path: path.stat().st_size for path in segments(self._data.journal) if _is_ours(path)}
        while any(self.positions.get(path.name, 0) < size and path.exists() for path, size in sizes.items()):
            if self.step() is None:
                return
            yield

    def _stage(self, taken: Slice) -> int:
        """Fills the temp tables and returns the number of duplicates, those in lost files not among them."""
        self.missing_files = [path for path in self.missing_files if not Path(path).exists()]
        try:
            poison = self.stager.stage(taken.lines)
            self._at("staged")
            duplicate = find_known(self._con)
        except duckdb.IOException:
            known, self.missing_files = self.missing_files, missing_files(self._con, "events")
            if not self.missing_files:
                raise
            if self.missing_files != known:
                logs.warn(MISSING, files=self.missing_files)
            left = files_left(self._con)
            poison = self.stager.stage(taken.lines, stored=left)
            duplicate = find_known(self._con, stored=left)
        self._put_refusals(poison, taken.damaged)
        self._con.execute("DROP TABLE line")  # read to the end; the rows to write need its memory
        return duplicate

    def _commit(self, taken: Slice, duplicate: int, started_ns: int) -> Step:
        con = self._con
        if self._archive is not None:
            late.note(self._data, self.stager.late)
        with transaction(con):
            self.put_events()
            con.execute("INSERT INTO events_rejected BY NAME SELECT * FROM refusal")
            self._write_books(taken)
            self.stager.remember_skews()
            counts = con.execute(COUNTS).fetchone()
            self._at("inserted")
            lake_bytes = sync_new_files(self._folders(), started_ns)
            self._at("synced")
        self._at("committed")
        rows, rejected, newest = counts if counts else (0, 0, 0.0)
        return Step(
            stored=rows - duplicate,
            duplicate=duplicate,
            rejected=rejected,
            journal_bytes=taken.read_bytes,
            lake_bytes=lake_bytes,
            torn_bytes=taken.torn_bytes,
            newest_received=newest,
            refused_segments=tuple(taken.refused),
            missing_files=tuple(self.missing_files),
        )

    def _write_books(self, taken: Slice) -> None:
        """A range of the journal without a single event leaves a row too: it is loaded."""
        positions = {"positions": _as_json(taken.positions)}
        written = self._con.execute(self._books_sql, positions).fetchone()
        if not written or not written[0]:
            self._con.execute(NO_EVENTS, positions)

    def put_events(self) -> None:
        """The rows of the day that has most of them go straight into one file of that day's partition.

        DuckLake's own partitioned insert costs twice as much; it takes the rows of all other days. A file of
        a transaction that failed is in no catalog; the job `orphans` removes it.
        """
        days = self._con.execute(
            "SELECT ts::DATE AS day, count(*) FROM staged ANTI JOIN known ON known.row_no = staged.rowid "
            "WHERE NOT refused GROUP BY day ORDER BY count(*) DESC, day"
        ).fetchall()
        if not days:
            return
        today = datetime.now(UTC).date()
        if past := [one for one, _ in days if one < today]:
            runner.reopen(self._con, past)
        day: date = days[0][0]
        # Written as the lake's own path is: a file it knows by another path DuckLake takes for an orphan.
        folder = partition(self._data.lake.resolve(), "events", day)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"load-{uuid.uuid4()}.parquet"
        first, after = f"TIMESTAMP '{day}'", f"TIMESTAMP '{day + timedelta(days=1)}'"
        rows = f"{self._rows_sql} WHERE ts >= {first} AND ts < {after}"
        name = str(path).replace("'", "''")
        self._con.execute(f"COPY ({rows}) TO '{name}' ({FILE_FORMAT})")
        self._con.execute(
            f"CALL ducklake_add_data_files('lake', 'events', '{name}', hive_partitioning => true)"
        )
        others = sorted(one for one, _ in days[1:])
        for at in range(0, len(others), DAYS_AT_ONCE):
            some = ", ".join(f"DATE '{one}'" for one in others[at : at + DAYS_AT_ONCE])
            self._con.execute(f"INSERT INTO events {self._rows_sql} WHERE ts::DATE IN ({some})")

    def _settle(self, taken: Slice) -> None:
        """After a commit: positions move on, segments that are loaded to their end go."""
        self.positions = taken.positions
        if not taken.finished:
            return
        sync_catalog(self._data.catalog)
        self._at("before removing")
        for name in remove_finished(taken.finished, self.positions, self._archive):
            logs.info("segment loaded", segment=name)
        sync(self._data.journal)

    def start_anew(self) -> None:
        """After somebody was erased: no row of a load before stays, that person's late events are refused."""
        self.stager.start_anew()

    def _put_refusals(self, poison: list[Poison], damaged: list[Damaged]) -> None:
        con = self._con
        con.execute(self._refusals_sql)
        put_off_plan(con, self._data.stage)
        add = (
            "INSERT INTO refusal "
            "SELECT $1, make_timestamp($2::BIGINT), $3, NULL, NULL, $4, $5, $6, $7, 'quarantined', NULL"
        )
        for row in poison:
            con.execute(add, [row.site, row.received_us, row.protocol, row.reason, row.detail, row.raw, None])
        for line in damaged:
            detail = f"byte {line.offset} of {line.segment}: the checksum does not fit"
            text = line.data.decode("utf-8", errors="replace")
            con.execute(
                add, ["", time.time_ns() // 1000, None, "journal_damaged", detail, text, line.segment]
            )
        mask_rejected(con, self._data.stage)

    def _folders(self) -> set[Path]:
        """Where this transaction can have written."""
        root = self._data.lake / "main"
        folders = {root / "loads"}
        for table, column, source in (
            ("events", "ts", "staged"),
            ("events_rejected", "ts_received", "refusal"),
        ):
            days = self._con.execute(f"SELECT DISTINCT {column}::DATE FROM {source}").fetchall()
            folders |= {partition(self._data.lake, table, day) for (day,) in days}
        return folders

    def _recover(self) -> dict[str, int]:
        known = {path.name for path in self._data.journal.glob("*")}
        return {name: offset for name, offset in loaded_positions(self._con).items() if name in known}


def loaded_positions(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How far each segment is loaded, as the newest row of the books says. Rows are numbered as they are
    committed, whatever the clock does; merging keeps the numbers.
    """
    row = con.execute(
        "SELECT positions FROM loads WHERE positions IS NOT NULL ORDER BY rowid DESC LIMIT 1"
    ).fetchone()
    return {one["segment"]: one["offset"] for one in row[0]} if row else {}


def _is_ours(path: Path) -> bool:
    try:
        read_header(path)
    except (NewerJournal, FileNotFoundError):
        return False
    return True


def _as_json(positions: dict[str, int]) -> str:
    return json.dumps([{"segment": name, "offset": offset} for name, offset in positions.items()])


def partition(lake: Path, table: str, day: date) -> Path:
    """Where DuckLake keeps a day of a table (migration 0002)."""
    return lake / "main" / table / f"year={day.year}" / f"month={day.month}" / f"day={day.day}"


def columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """Names and types of the columns of a table of the current database, in order."""
    rows = con.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_catalog = current_database() AND table_name = $1 ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return [(name, kind) for name, kind in rows]


def _empty(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.glob("*.ndjson"):
        path.unlink()
    return folder


def _read(name: str) -> str:
    return resources.files("warehouse.load").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
