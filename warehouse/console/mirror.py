"""The lake's facts of some days in memory, kept as the lake has them: what tiles are counted from.

A view of the lake is planned anew for each query, and moments of open days are computed each time: 0.2 to
0.7 s a tile. Here a closed day is read once, open days as often as their cost allows (REST), and a tile takes
milliseconds. The tables are those of the models with the same names (70_console and visits), but for visitor_id:
here a number made of it, since distinct texts take three times as long to count.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import duckdb

from warehouse.models import days, runner
from warehouse.models.model import load_models

ONE = timedelta(days=1)
REST = 4.0  # open days are read again after so many times the time it took
REST_SECONDS_MIN = 0.2  # or this long
BY_DAY = ("visits", "visit_moments", "visit_pages", "visit_searches")
ORDERS = "visit_orders"
OVER = ("visit_steps", "visit_journeys")  # folded from those above when they are asked
# What the staged models read of an event.
COLUMNS = """site_id, event_id, visitor_id, user_id, ts, event, url_path, product_id, search_query,
search_norm, search_lang, page_lang, search_results, device_type, country, channel, search_intent, search_confidence"""
NUMBERED = "* REPLACE (CASE WHEN visitor_id IS NOT NULL THEN hash(visitor_id) END AS visitor_id)"
EVENTS = "('page_view', 'search', 'select_item', 'view_item')"


class Mirror:
    """Use: `cover` some days, then query `memory.main`. One per connection to a lake (read-only)."""

    def __init__(self, con: duckdb.DuckDBPyConnection, rest: float = REST) -> None:
        self._con = con
        self._rest = rest
        self._models = {model.name: model for model in load_models()}
        self._closed: dict[date, object] = {}  # loaded days that were closed, with when they were
        self._open: set[date] = set()
        self._snapshot = -1
        self._cost_s = 0.0
        self._read_at = float("-inf")
        self._make_tables()

    def cover(self, first: date, last: date, snapshot: int) -> None:
        """Holds these days as of `snapshot`, or a little older (at most REST times what reading takes), and
        the day before them: an order after midnight belongs to the visit that began before.
        """
        first -= ONE
        wanted = {first + ONE * n for n in range((last - first).days + 1)}
        missing = wanted - self._closed.keys() - self._open
        fresh = snapshot == self._snapshot or self._rests()
        if fresh and not missing:
            return
        began = time.monotonic()
        closed = dict(self._con.execute("SELECT day, closed_at FROM lake.closed_days").fetchall())
        due = missing if fresh else missing | self._stale(closed)
        self._load(due & closed.keys(), set(closed))
        self._load(due - closed.keys(), set(closed))
        self._closed |= {day: closed[day] for day in due & closed.keys()}
        self._open |= due - closed.keys()
        self._load_orders()
        if not fresh:
            self._snapshot, self._read_at = snapshot, time.monotonic()
            self._cost_s = self._read_at - began

    def _stale(self, closed: dict[date, object]) -> set[date]:
        """Days that are held and were open, or were closed anew since; they are given up."""
        stale = {day for day, at in self._closed.items() if closed.get(day) != at} | self._open
        self._closed = {day: at for day, at in self._closed.items() if day not in stale}
        self._open = set()
        return stale

    def _rests(self) -> bool:
        return time.monotonic() - self._read_at < self._rest * max(REST_SECONDS_MIN, self._cost_s)

    def _load(self, which: set[date], closed: set[date]) -> None:
        if not which:
            return
        con, before = self._con, which | {day - ONE * n for day in which for n in (1, 2)}
        for name, span in (("visits", before), ("moments", which)):
            sql = runner.rows_of_days(con, name, span, closed)
            con.execute(f"CREATE OR REPLACE TABLE memory.stage.{name} AS SELECT {NUMBERED} FROM ({sql})")
        # A click may follow its search after midnight.
        reach = days.within([(a, b + ONE) for a, b in days.ranges(which)])
        events = f"SELECT {COLUMNS} FROM ev WHERE event IN {EVENTS} AND {reach}"
        con.execute(f"CREATE OR REPLACE TABLE memory.stage.ev AS SELECT {NUMBERED} FROM ({events})")
        inside = f"day IN ({', '.join(f'DATE {str(day)!r}' for day in sorted(which))})"
        with self._using("memory.stage"):
            for name in BY_DAY:
                con.execute(f"DELETE FROM memory.main.{name} WHERE {inside}")
                facts = f"SELECT * FROM ({self._facts(name)}) WHERE {inside}"
                con.execute(f"INSERT INTO memory.main.{name} BY NAME {facts}")
            for name in ("visits", "moments", "ev"):
                con.execute(
                    f"CREATE OR REPLACE TABLE memory.stage.{name} AS FROM memory.stage.{name} LIMIT 0"
                )

    def _load_orders(self) -> None:
        """All of the days that are held: a refund of today changes an order of a day that was closed long ago."""
        con, held = self._con, days.ranges(self._closed.keys() | self._open)
        ordered = days.within(held).replace("ts ", "ordered_at ")
        con.execute(
            f"CREATE OR REPLACE TABLE memory.main.order_totals AS SELECT {NUMBERED} FROM lake.order_totals WHERE {ordered}"
        )
        with self._using("memory.main"):
            con.execute(f"CREATE OR REPLACE TABLE {ORDERS} AS {self._models[ORDERS].sql}")
            con.execute("DROP TABLE order_totals")

    def _facts(self, name: str) -> str:
        return f"SELECT {self._visit_columns} FROM visits" if name == "visits" else self._models[name].sql

    def _make_tables(self) -> None:
        """Empty tables with the columns of the models; the models between as views over what is staged."""
        con = self._con
        con.execute("CREATE SCHEMA IF NOT EXISTS memory.stage")
        names = [name for (name, *_) in con.execute("DESCRIBE lake.visits").fetchall()]
        kept = [name for name in names if name != "products" and not name.startswith("consent_")]
        self._visit_columns = ", ".join(kept)
        visits = f"(SELECT {self._visit_columns} FROM lake.visits)"
        empty = {"main.visits": visits} | {f"main.{name}": f"lake.{name}" for name in (*BY_DAY[1:], ORDERS)}
        empty |= {f"stage.{name}": f"lake.{name}" for name in ("visits", "moments")}
        empty |= {"stage.ev": f"(SELECT {COLUMNS} FROM lake.ev)"}
        for table, source in empty.items():
            con.execute(f"CREATE OR REPLACE TABLE memory.{table} AS SELECT {NUMBERED} FROM {source} LIMIT 0")
        with self._using("memory.main"):
            for name in OVER:
                con.execute(f"CREATE OR REPLACE VIEW {name} AS {self._models[name].sql}")
        with self._using("memory.stage"):
            for name in ("asked", "searches"):
                con.execute(f"CREATE OR REPLACE VIEW {name} AS {self._models[name].sql}")

    @contextmanager
    def _using(self, where: str) -> Iterator[None]:
        self._con.execute(f"USE {where}")
        try:
            yield
        finally:
            self._con.execute("USE lake")
