"""Model files in; their views, macros, closed-day tables and comments out. Closes and reopens days.

Works on any DuckDB connection whose current schema holds the migrated tables: lake and native file alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import duckdb

from warehouse.errors import ModelError
from warehouse.models import campaign, days
from warehouse.models.docs import GLOSSARY, document
from warehouse.models.model import Model, load_models
from warehouse.queries import questions
from warehouse.store import transaction

DIGEST = "models built from "
ROWS_AT_ONCE = 200_000  # events a transaction: bounds memory when years are closed, and parts days into files
ORDER = "day, site_id, visitor_id"  # days lie together in a file, so that its statistics tell them apart
ALL_DAY = "run_started_at <= day + INTERVAL 30 MINUTE AND run_ended_at >= day + INTERVAL '23:30:00'"
GAP = timedelta(minutes=30)  # of a session; the models say it too


def build(con: duckdb.DuckDBPyConnection, models: Sequence[Model] | None = None) -> bool:
    """Creates or replaces every view and macro, in one transaction; false when all were up to date.

    When the SQL of a `days` model has changed, what is stored no longer fits: all days are open again.
    """
    models = _models(con, models)
    digest = _digest(models, GLOSSARY.read_text(encoding="utf-8") + repr(questions()))
    if _built(con) == digest:
        return False
    with transaction(con):
        if any(_stale(con, m) for m in models if m.kind == "days"):
            for model in models:
                if model.kind == "days":
                    con.execute(f"DROP TABLE IF EXISTS {model.name}_closed")
            con.execute("DELETE FROM closed_days")
        open_days = _open_days(con)
        for model in models:
            _create(con, model, open_days)
        document(con, models)
        con.execute(f"COMMENT ON TABLE closed_days IS '{DIGEST}{digest}'")
    return True


def close_days(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    lateness_hours: int = days.LATENESS_HOURS,
    rows_max: int | None = None,
) -> list[date]:
    """Writes the days whose lateness has passed (see days.py), oldest first, and returns them.

    Days of `rows_max` events at most, but one day at least. `now` is naive UTC.
    """
    parcels = _parcels(days.due(con, now, lateness_hours), rows_max or ROWS_AT_ONCE)
    for parcel in parcels[: 1 if rows_max else None]:
        _write_or_halve(con, parcel, now)
    return [day for parcel in parcels[: 1 if rows_max else None] for day in parcel]


def _parcels(due: Sequence[tuple[date, int]], rows_max: int) -> list[list[date]]:
    """Days in parcels of `rows_max` events at most; a larger day stands alone."""
    parcels: list[list[date]] = []
    room = 0
    for day, rows in due:
        room -= rows
        if room < 0 or not parcels:
            parcels.append([])
            room = rows_max - rows
        parcels[-1].append(day)
    return parcels


def reopen(con: duckdb.DuckDBPyConnection, touched: Iterable[date]) -> list[date]:
    """Opens the touched days that were closed; call it in the transaction, before it changes their events.

    What is stored of a session goes by the day it began on. So the day before opens too, and earlier ones
    whose sessions reach a touched day; the day after too, whose sessions may become part of an earlier one.
    """
    changed, shut = set(touched), set(days.closed(con))
    if not shut or not changed:
        return []
    near = {day + days.ONE * step for day in changed for step in (-1, 0, 1)}
    if campaign.condition(con) != "false":  # a campaign is known for as long as the visit lasts
        near |= _reach(con, {day + days.ONE for day in changed}, shut)
    hit = sorted((near | _began_before(con, changed)) & shut)
    if not hit:
        return []
    _forget(con, hit)
    _views(con)
    return hit


def _began_before(con: duckdb.DuckDBPyConnection, changed: set[date]) -> set[date]:
    """Days on which sessions of more than a day began that reach one of the changed days."""
    starts = [datetime.combine(day, datetime.min.time()) - GAP for day in changed]
    rows = con.execute(
        f"SELECT day, max(ended_at) FROM visits_closed WHERE ended_at >= TIMESTAMP '{min(starts)}' "
        "AND ended_at >= CAST(day AS TIMESTAMP) + INTERVAL '47:30:00' GROUP BY day"
    ).fetchall()
    return {day for day, last in rows if any(day < start.date() and start <= last for start in starts)}


def rebuild(con: duckdb.DuckDBPyConnection, first: date, last: date, now: datetime) -> list[date]:
    """Writes the closed days of a range (both ends included) again from their events."""
    again = [d for d in days.closed(con) if first <= d <= last]
    if again:
        _write_or_halve(con, again, now)
    return again


def _write_or_halve(con: duckdb.DuckDBPyConnection, which: Sequence[date], now: datetime) -> None:
    """Fewer days at once when memory runs out; a single day that does not fit raises."""
    try:
        _write(con, which, now)
    except duckdb.OutOfMemoryException:
        if len(which) == 1:
            raise
        half = len(which) // 2
        _write_or_halve(con, which[:half], now)
        _write_or_halve(con, which[half:], now)


def _write(con: duckdb.DuckDBPyConnection, which: Sequence[date], now: datetime) -> None:
    chosen = set(which)
    with transaction(con):
        _forget(con, which)
        con.execute("INSERT INTO closed_days SELECT unnest(CAST($1 AS DATE[])), $2", [list(which), now])
        closed = set(days.closed(con))
        reach = _reach(con, {day + days.ONE for day in chosen} - chosen, closed)
        where = days.conditions_within(chosen, reach)
        around = chosen | reach | {day - days.ONE for day in chosen}
        of_days = [model for model in _models(con) if model.kind == "days"]
        read = {name for model in of_days for one in (model, *_parts(model)) for name in one.references}
        for model in of_days:
            con.execute(f"INSERT INTO {model.name}_closed {_body(model, where)} ORDER BY {ORDER}")
            if model.name in read:  # planning a view costs as much as the rows of a small day
                con.execute(f"CREATE OR REPLACE VIEW {model.name} AS {_of_days(model, around, closed)}")
        _views(con)


def _reach(con: duckdb.DuckDBPyConnection, edge: set[date], closed: set[date]) -> set[date]:
    """These days, and each day after one that a session goes right through."""
    reach: set[date] = set()
    parts = next(model for model in _models(con) if model.name == "session_parts")
    while edge:
        reach |= edge
        rows = con.execute(f"SELECT DISTINCT day FROM ({_of_days(parts, edge, closed)}) WHERE {ALL_DAY}")
        edge = {day + days.ONE for (day,) in rows.fetchall()} - reach
    return reach


def _forget(con: duckdb.DuckDBPyConnection, which: Sequence[date]) -> None:
    names = [f"{m.name}_closed" for m in load_models() if m.kind == "days"]
    for table in [*names, "closed_days"]:
        con.execute(f"DELETE FROM {table} WHERE day IN (SELECT unnest(CAST($1 AS DATE[])))", [list(which)])


def _views(con: duckdb.DuckDBPyConnection) -> None:
    open_days = _open_days(con)
    for model in _models(con):
        if model.kind == "days":
            con.execute(_days_view(model, open_days))


def _open_days(con: duckdb.DuckDBPyConnection) -> days.Conditions:
    closed = set(days.closed(con))
    edge = {day for day in closed if day - days.ONE not in closed}
    return days.conditions_outside(closed, _reach(con, edge, closed))


def _models(con: duckdb.DuckDBPyConnection, models: Sequence[Model] | None = None) -> Sequence[Model]:
    """The models as this lake wants them: sessions cut by campaign or not."""
    return campaign.fill(models or load_models(), campaign.condition(con))


def _create(con: duckdb.DuckDBPyConnection, model: Model, open_days: days.Conditions) -> None:
    try:
        if model.kind == "macro":
            con.execute(f"CREATE OR REPLACE MACRO {model.name}{model.args} AS TABLE {model.sql}")
            return
        if model.kind == "scalar":
            con.execute(f"CREATE OR REPLACE MACRO {model.name}{model.args} AS ({model.sql})")
            return
        if model.kind == "days":
            table = f"{model.name}_closed"
            con.execute(f"CREATE TABLE IF NOT EXISTS {table} AS {_body(model, days.NONE)} LIMIT 0")
            con.execute(f"COMMENT ON TABLE {table} IS '{_fingerprint(model)}'")
            con.execute(_days_view(model, open_days))
        else:
            con.execute(f"CREATE OR REPLACE VIEW {model.name} AS {_body(model, days.ALL)}")
    except duckdb.Error as e:
        raise ModelError(f"{model.path}: {e}") from e


def _days_view(model: Model, open_days: days.Conditions) -> str:
    body = _body(model, open_days)
    return f"CREATE OR REPLACE VIEW {model.name} AS SELECT * FROM {model.name}_closed UNION ALL ({body})"


def _of_days(model: Model, which: set[date], closed: set[date]) -> str:
    """The rows of these days alone: years of other days need not be read."""
    stored = days.within(days.ranges(which)).replace("ts ", "day ")
    live = _body(model, days.conditions_within(which - closed, which - closed))
    return f"SELECT * FROM {model.name}_closed WHERE {stored} UNION ALL ({live})"


def rows_of_days(con: duckdb.DuckDBPyConnection, name: str, which: set[date], closed: set[date]) -> str:
    """A SELECT of a `days` model's rows of these days alone, without its view. The days after open ones are
    read too, into which their sessions run on.
    """
    model = next(model for model in _models(con) if model.name == name)
    live = which - closed
    near = live | {day + days.ONE for day in live}
    stored = days.within(days.ranges(which & closed)).replace("ts ", "day ")
    body = _body(model, days.conditions_within(live, near))
    return (
        f"SELECT * FROM {name}_closed WHERE {stored} UNION ALL ({body})"
        if live
        else f"FROM {name}_closed WHERE {stored}"
    )


def _body(model: Model, conditions: days.Conditions) -> str:
    """The SELECT with its parts in it and `$days` and `$near` filled in."""
    sql = model.sql
    if model.kind == "days" and (parts := _parts(model)):
        steps = ", ".join(f"{part.name} AS ({part.sql})" for part in parts)
        sql = f"WITH {steps} SELECT * FROM ({sql})"
    for name, condition in conditions.items():
        sql = sql.replace(name, condition)
    return sql


def _parts(model: Model) -> list[Model]:
    """The parts that a model reads, also through others, each after those it reads itself."""
    parts = {m.name: m for m in load_models() if m.kind == "part"}
    needed, names = set(), set(model.references)
    while names:
        name = names.pop()
        if name in parts and name not in needed:
            needed.add(name)
            names |= parts[name].references
    return [part for name, part in parts.items() if name in needed]


def _stale(con: duckdb.DuckDBPyConnection, model: Model) -> bool:
    """Whether rows were stored under another form of the model's SQL (kept in the table's comment)."""
    stored = _table_comment(con, f"{model.name}_closed")
    return stored is not None and stored != _fingerprint(model)


def _fingerprint(model: Model) -> str:
    return _digest([model, *_parts(model)])


def _digest(models: Sequence[Model], more: str = "") -> str:
    text = "\0".join(f"{m.kind} {m.name}{m.args} {m.sql} {m.grain} {m.columns}" for m in models)
    return hashlib.sha256((text + more).encode()).hexdigest()[:16]


def _built(con: duckdb.DuckDBPyConnection) -> str | None:
    comment = _table_comment(con, "closed_days")
    return comment.removeprefix(DIGEST) if comment else None


def _table_comment(con: duckdb.DuckDBPyConnection, table: str) -> str | None:
    row = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE table_name = ? AND database_name = current_database()",
        [table],
    ).fetchone()
    return str(row[0]) if row and row[0] else None
