"""Journal lines in; temp tables `line`, `batch` and `staged` (one row per event) and their poison out.

DuckDB parses strictly. When it refuses a slice, the slice is halved until the bad line stands alone; that
line goes through the collector's decoder and is loaded re-encoded; only what fails there too is quarantined,
event by event.
"""

from __future__ import annotations

import time
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from collector import logs
from collector.event import Batch, Event
from warehouse.load import props
from warehouse.load.dedupe import RECENT
from warehouse.load.enrich import mask_staged, put_pages, put_searches
from warehouse.load.erased import read_tombstones, refuse_erased
from warehouse.load.geohash import put_geohashes
from warehouse.load.plan import mark_off_plan
from warehouse.load.plan_files import PlanFiles
from warehouse.load.words import SiteWords
from warehouse.privacy.person import Person

# What DuckDB raises for data it does not take; everything else (memory, disk) is no fault of the data.
DATA_ERRORS = (duckdb.DataError, duckdb.InvalidInputException)

WRITE_BYTES = 2**20  # with Python's 8 KiB a slice takes thousands of writes
# All but two hours of the day: no batch came under both salts, and the lake need not be asked.
NO_SALTS = "CREATE OR REPLACE TEMP TABLE salt (line_no BIGINT, kept VARCHAR)"


class Poison(msgspec.Struct):
    """An event (or a whole line) that neither DuckDB nor the collector's decoder takes."""

    site: str
    received_us: int
    protocol: str | None
    reason: str
    detail: str
    raw: str


class _Line(msgspec.Struct):
    r: int
    k: str
    m: dict[str, Any]
    b: msgspec.Raw
    n: int = 0
    x: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Stager:
    """Holds the SQL of the stages and the scratch directory; one per loader."""

    def __init__(self, con: duckdb.DuckDBPyConnection, scratch: Path, words: SiteWords, plans: Path) -> None:
        self._con = con
        self._words = words
        self._scratch = scratch
        self._plans = PlanFiles(plans)
        self._sql = {name: _read(name) for name in ("lines", "salts", "batches", "skews", "events")}
        self._stored = "lake.events"
        self.late: dict[str, Person] = {}  # erased people whose events came since, by tombstone
        self._begin()

    def start_anew(self) -> None:
        """Without any row of a load before: DuckDB spills temp tables into files, where an erased person
        would stay. Late events of the erased are refused from now on.
        """
        for name in _column(self._con, "SELECT table_name FROM duckdb_tables() WHERE temporary"):
            self._con.execute(f"DROP TABLE temp.{name}")
        self._begin()

    def _begin(self) -> None:
        self._tombstones = read_tombstones(self._con)
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE skew (chain UBIGINT, seen_at TIMESTAMP, recent BIGINT[])"
        )
        self._recall_skews()

    def stage(self, lines: list[bytes], stored: str = "lake.events") -> list[Poison]:
        """Fills the temp tables from `lines`; returns what had to be left out. `stored`: where to look."""
        self._stored = stored
        try:
            self._fill(lines)
            return []
        except DATA_ERRORS as error:
            # The kind alone: DuckDB's message quotes the value it could not use, and that may be personal.
            logs.warn(
                "a slice was refused, looking for the line", lines=len(lines), error=type(error).__name__
            )
        good, poison = self._sift(lines)
        self._fill(good)
        return poison

    def _fill(self, lines: list[bytes]) -> None:
        path = self._scratch / "lines.ndjson"
        with path.open("wb", buffering=WRITE_BYTES) as file:
            file.writelines(part for line in lines for part in (line, b"\n"))
        con = self._con
        try:
            con.execute(self._sql["lines"], [str(path)])
        finally:
            path.unlink()
        doubly = con.execute("SELECT 1 FROM line WHERE m.v2 IS NOT NULL LIMIT 1").fetchone()
        con.execute(self._sql["salts"].format(stored=self._stored) if doubly else NO_SALTS)
        con.execute(self._sql["batches"])
        con.execute(self._sql["skews"])
        con.execute(self._sql["events"])
        mark_off_plan(con, self._plans.read())
        self.late |= refuse_erased(con, self._tombstones)
        put_pages(con, self._scratch)
        put_geohashes(con)
        mask_staged(con, self._scratch)
        put_searches(con, self._scratch, self._words)

    def remember_skews(self) -> None:
        """Keeps what this load saw of the senders' clocks for the next one; forgets visits an hour old. Part
        of the load's transaction.
        """
        con = self._con
        con.execute("DELETE FROM skew WHERE chain IN (SELECT chain FROM chain)")
        con.execute("INSERT INTO skew SELECT chain, seen_at, recent FROM chain")
        con.execute("DELETE FROM skew WHERE seen_at < (SELECT max(ts_received) FROM batch) - INTERVAL 1 HOUR")

    def _recall_skews(self) -> None:
        """After a restart: what the lake knows of the clocks of visits that may still go on."""
        con = self._con
        try:
            day = _value(con, "SELECT max(day) FROM loads")
            if not day:
                return
            newest = _value(con, f"SELECT max(ts_received) FROM events WHERE ts_received >= DATE '{day}'")
            if newest:
                con.execute(_read("skews_again").format(newest=newest))
        except duckdb.IOException as error:  # a file is gone: the clocks are learned again
            logs.warn("the senders' clocks cannot be recalled, loading goes on", error=str(error))

    def _sift(self, lines: list[bytes]) -> tuple[list[bytes], list[Poison]]:
        if self._takes(lines):
            return lines, []
        if len(lines) > 1:
            half = len(lines) // 2
            first, first_poison = self._sift(lines[:half])
            second, second_poison = self._sift(lines[half:])
            return first + second, first_poison + second_poison
        return self._repair(lines[0])

    def _repair(self, line: bytes) -> tuple[list[bytes], list[Poison]]:
        """One refused line: re-encoded as a whole, else event by event."""
        try:
            envelope = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, RecursionError) as error:
            # The checksum fits, so a collector wrote this; no collector of ours does.
            nobody = _Line(r=time.time_ns() // 1000, k="", m={}, b=msgspec.Raw(line))
            return [], [_poison(nobody, "poison", str(error), line)]
        try:
            batch = msgspec.json.decode(envelope.b, type=Batch)
        except (msgspec.DecodeError, RecursionError) as error:
            return self._repair_loose(envelope, str(error))
        whole = _encoded(envelope, batch)
        if self._takes([whole]):
            return [whole], []
        good, poison = [], []
        for event in batch.events:
            alone = _encoded(envelope, msgspec.structs.replace(batch, events=[event]))
            if self._takes([alone]):
                good.append(event)
            else:
                poison.append(
                    _poison(envelope, "poison", "refused by the warehouse", msgspec.json.encode(event))
                )
        return [_encoded(envelope, msgspec.structs.replace(batch, events=good))], poison

    def _repair_loose(self, envelope: _Line, why: str) -> tuple[list[bytes], list[Poison]]:
        """A body that today's decoder refuses as a whole: each event for itself."""
        try:
            body = msgspec.json.decode(envelope.b, type=dict[str, msgspec.Raw])
            events = msgspec.json.decode(body["events"], type=list[msgspec.Raw])
            batch = msgspec.json.decode(msgspec.json.encode({**body, "events": []}), type=Batch)
        except (msgspec.DecodeError, RecursionError, KeyError):
            lost = max(envelope.n, 1)
            return [], [_poison(envelope, "poison", why, bytes(envelope.b))] + [
                _poison(envelope, "poison", "same batch as the row before", b"") for _ in range(lost - 1)
            ]
        good, poison = [], []
        for raw in events:
            try:
                event = msgspec.json.decode(raw, type=Event)
            except (msgspec.DecodeError, RecursionError) as error:
                poison.append(_poison(envelope, "poison", str(error), bytes(raw)))
                continue
            if self._takes([_encoded(envelope, msgspec.structs.replace(batch, events=[event]))]):
                good.append(event)
            else:
                poison.append(_poison(envelope, "poison", "refused by the warehouse", bytes(raw)))
        return [_encoded(envelope, msgspec.structs.replace(batch, events=good))], poison

    def _takes(self, lines: list[bytes]) -> bool:
        try:
            self._fill(lines)
        except DATA_ERRORS:
            return False
        return True


def _encoded(envelope: _Line, batch: Batch) -> bytes:
    fields: dict[str, Any] = {
        "c": "",
        "r": envelope.r,
        "k": envelope.k,
        "n": envelope.n,
        "m": envelope.m,
        "b": batch,
    }
    if envelope.x is not msgspec.UNSET:
        fields["x"] = envelope.x
    return msgspec.json.encode(fields)


def _poison(envelope: _Line, reason: str, detail: str, raw: bytes) -> Poison:
    text = raw.decode("utf-8", errors="replace")
    return Poison(envelope.k, envelope.r, envelope.m.get("p"), reason, detail, text)


def _column(con: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return [value for (value,) in con.execute(query).fetchall()]


def _value(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = con.execute(query).fetchone()
    return row[0] if row else None


def _read(name: str) -> str:
    text = resources.files("warehouse.load").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    if name == "events":
        return text.format(
            shape=props.shape(),
            columns=props.column_expressions(),
            items=props.items_expression(),
            misfit=props.misfit_expression(),
            mapped=props.mapped_expression(),
            removal=props.removal(),
            recent=RECENT,
        )
    return text
