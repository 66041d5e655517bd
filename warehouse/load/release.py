"""Events held back by a plan in; those that keep it now, repaired or under a changed plan, in `events` out.

Each goes through the loader again as a journal line of its own: mapped, masked, deduplicated by its id, with
the times and on the day of the original. Rows and books change in one transaction: what is released is no
longer rejected, so a second release finds nothing.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import msgspec

from collector.datadir import DataDir
from collector.event import Batch
from warehouse.errors import WarehouseError
from warehouse.load.dedupe import find_known
from warehouse.load.durable import sync_new_files
from warehouse.load.loader import Loader, partition
from warehouse.load.words import NO_WORDS, SiteWords
from warehouse.store import transaction

ROWS_AT_ONCE = 5_000
CHOOSE = """
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT rowid AS row_id, row_number() OVER (ORDER BY ts_received, event_id) - 1 AS n FROM events_rejected
WHERE status = 'quarantined' AND context IS NOT NULL AND ($site IS NULL OR site_id = $site)
  AND ($id IS NULL OR event_id = $id) AND ($reason IS NULL OR reason = $reason OR detail = $reason)
  AND ($event IS NULL OR event = $event)
"""
HELD = """
SELECT r.rowid, r.site_id, r.event_id, r.raw, r.context FROM events_rejected AS r
JOIN chosen ON chosen.row_id = r.rowid WHERE chosen.n >= $1 AND chosen.n < $1 + $2 ORDER BY chosen.n
"""
AGAIN = """
CREATE OR REPLACE TEMP TABLE again AS
SELECT unnest(from_json($1, '[{"line_no":"BIGINT","row_id":"BIGINT","event_id":"UUID","ts":"BIGINT",
  "ts_mark":"VARCHAR","id_mode":"VARCHAR"}]'), recursive := true)
"""
AS_BEFORE = """
UPDATE staged SET ts = make_timestamp(again.ts), ts_mark = again.ts_mark, id_mode = again.id_mode
FROM again WHERE again.line_no = staged.line_no AND again.event_id = staged.event_id
"""
BOOKS = """
INSERT INTO loads (loaded_at, site_id, day, received, stored, duplicate, rejected)
SELECT now()::TIMESTAMP, site_id, ts_received::DATE AS day, 0, count(*) FILTER (known.row_no IS NULL),
  count(*) FILTER (known.row_no IS NOT NULL), -count(*)
FROM staged LEFT JOIN known ON known.row_no = staged.rowid WHERE NOT staged.refused GROUP BY site_id, day
"""
DONE = """
UPDATE events_rejected SET status = 'released', raw = NULL, context = NULL
WHERE rowid IN (
  SELECT row_id FROM again JOIN staged ON staged.line_no = again.line_no WHERE NOT staged.refused
)
"""


@dataclass(frozen=True)
class Choice:
    """Which rows; None = all. `reason` is a reason or the whole text of what is wrong."""

    site: str | None = None
    id: str | None = None
    reason: str | None = None
    event: str | None = None


@dataclass
class Released:
    """Events by what became of them; `held` counts those that stay, by what is still wrong."""

    stored: int = 0
    duplicate: int = 0
    held: Counter[str] = field(default_factory=Counter)


def choose(con: duckdb.DuckDBPyConnection, choice: Choice) -> int:
    """Temp table `chosen`: the rows that match and can be released; returns how many."""
    con.execute(
        CHOOSE, {"site": choice.site, "id": choice.id, "reason": choice.reason, "event": choice.event}
    )
    row = con.execute("SELECT count(*) FROM chosen").fetchone()
    return int(row[0]) if row else 0


def release(
    con: duckdb.DuckDBPyConnection,
    data: DataDir,
    repairs: Mapping[str, Any],
    *,
    words: SiteWords = NO_WORDS,
    dry_run: bool = False,
    told: Callable[[int], None] = lambda _: None,
) -> Released:
    """Releases what `choose` found, some thousands a transaction. `repairs` are `event` and props by name,
    None takes a prop away; `words` are the sites' own, for searches. Call it with the writer's turn.
    Raises WarehouseError.
    """
    loader, done, at = Loader(con, data, words=words), Released(), 0
    while rows := con.execute(HELD, [at, ROWS_AT_ONCE]).fetchall():
        _release(con, data, loader, rows, repairs, done, dry_run)
        told(len(rows))
        at += ROWS_AT_ONCE
    return done


def _release(
    con: duckdb.DuckDBPyConnection,
    data: DataDir,
    loader: Loader,
    rows: list[tuple[Any, ...]],
    repairs: Mapping[str, Any],
    done: Released,
    dry_run: bool,
) -> None:
    lines, again = [], []
    for row_id, site, event_id, raw, context in rows:
        kept = json.loads(context)
        body = _body(event_id, json.loads(raw), kept, repairs)
        try:
            msgspec.convert(body, Batch)
        except msgspec.ValidationError as error:
            done.held[str(error)] += 1
            continue
        line = {"c": "", "r": kept["r"], "k": site, "n": 1, "m": kept["m"], "b": body}
        lines.append(msgspec.json.encode(line))
        facts = {name: kept[name] for name in ("ts", "ts_mark", "id_mode")}
        again.append({"line_no": len(lines), "row_id": row_id, "event_id": event_id, **facts})
    if not lines:
        return
    poison = loader.stager.stage(lines)
    con.execute(AGAIN, [json.dumps(again)])
    con.execute(AS_BEFORE)
    if poison or _count(con, "staged JOIN again USING (line_no, event_id)") != len(lines):
        raise WarehouseError("a repaired event cannot be read, nothing was released: try other values")
    duplicate = find_known(con)
    going = _count(con, "staged WHERE NOT refused")
    for why, count in con.execute(
        "SELECT coalesce(detail, why), count(*) FROM staged WHERE refused GROUP BY ALL"
    ).fetchall():
        done.held[why] += count
    done.stored += going - duplicate
    done.duplicate += duplicate
    if going and not dry_run:
        _commit(con, data, loader)


def _body(event_id: str, raw: dict[str, Any], kept: dict[str, Any], repairs: Mapping[str, Any]) -> Any:
    props = {**(raw["props"] or {}), **{name: value for name, value in repairs.items() if name != "event"}}
    event = {
        "id": event_id,
        "event": repairs.get("event", raw["event"]),
        "t": kept["t"],
        "seq": kept["seq"],
        "props": {name: value for name, value in props.items() if repairs.get(name, value) is not None},
    }
    same = {name: kept[name] for name in ("sent", "lib", "ctx", "deferred", "history")}
    return {"v": 1, "key": "released", **same, "events": [event]}


def _commit(con: duckdb.DuckDBPyConnection, data: DataDir, loader: Loader) -> None:
    started_ns = time.time_ns() - 1_000_000_000
    days = con.execute(
        "SELECT DISTINCT ts::DATE, 'events' FROM staged "
        "UNION SELECT DISTINCT ts_received::DATE, 'events_rejected' FROM staged"
    ).fetchall()
    with transaction(con):
        loader.put_events()
        con.execute(BOOKS)
        con.execute(DONE)
        folders = {partition(data.lake, name, day) for day, name in days} | {data.lake / "main" / "loads"}
        sync_new_files(folders, started_ns)


def _count(con: duckdb.DuckDBPyConnection, source: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {source}").fetchone()
    return int(row[0]) if row else 0
