"""`python -m warehouse.console.watch --data DIR`: what happens right now, as often as asked (pipe.py).

The models of the lake, in memory, over the events of the last hour. Only the visitors of whom something came
since the last question are computed anew; what nobody touches closes by the clock.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from collector.datadir import DataDir
from warehouse import migrations
from warehouse.console import pipe
from warehouse.console.pipe import Message
from warehouse.console.reader import open_data, signature
from warehouse.errors import WarehouseError
from warehouse.models import runner
from warehouse.store import open_lake, renew

KEPT = timedelta(minutes=60)
PRESENT = timedelta(minutes=5)  # who did something so lately is here
IDLE = timedelta(minutes=10)  # of a moment, as moment_defaults.json has it
LATE = timedelta(seconds=30)  # a worker's batch may land after another's that came later
TICKER, SEARCHES = 12, 8
TOLD = ("moment_id", "session_id", "intent", "topic", "confidence", "outcome")
MEMORY_MB = 512
INTENTS = ("know", "go", "do", "buy")

Row = dict[str, Any]

FRESH = """
INSERT INTO recent FROM lake.ev AS e
WHERE ts >= $since AND ts_received >= $after
  AND event_id NOT IN (SELECT event_id FROM recent WHERE ts_received >= $after)
RETURNING site_id, visitor_id, ts_received"""
MOMENTS = """
SELECT site_id, visitor_id, moment_id, intent, topic, state, outcome, started_at, ended_at,
  round(confidence, 2) AS confidence, CAST(session_id AS VARCHAR) AS session_id
FROM moments"""
PEOPLE = (
    "SELECT site_id, count(DISTINCT visitor_id) AS people FROM recent WHERE ts >= $since GROUP BY site_id"
)
ASKED = """
SELECT site_id, search_query AS query, search_results AS results, epoch_ms(ts) AS at_ms,
  nullif(search_intent, 'none') AS intent
FROM recent WHERE event = 'search' AND search_query IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY site_id ORDER BY ts DESC, event_id) <= $count
ORDER BY ts DESC, event_id"""


class Watch:
    """Keeps the last hour; after an error it begins anew."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._con: duckdb.DuckDBPyConnection | None = None
        self._seen: tuple[int, ...] | None = None
        self._newest = datetime(1970, 1, 1)

    def answer(self, _: Message) -> Message:
        """{"sites": {site: {people, open: {intent: n}, searches, ticker}}, "newest_ms"} or {"error"}."""
        try:
            con = self._con or self._begin()
            now = datetime.now(UTC).replace(tzinfo=None)
            if (seen := signature(self._data)) != self._seen:
                renew(con, self._data)
                self._seen = seen
                self._read(con, now)
            self._age(con, now)
            return {"sites": self._figures(con, now), "newest_ms": _ms(self._newest), "at_ms": _ms(now)}
        except (WarehouseError, duckdb.Error, OSError) as error:
            if self._con is not None:
                self._con.close()
                self._con = None
            return {"error": str(error)}

    def _begin(self) -> duckdb.DuckDBPyConnection:
        con = open_lake(self._data, read_only=True, memory_mb=MEMORY_MB, threads=1)
        con.execute("USE memory")
        for _, _, sql in migrations.steps():
            if "SET PARTITIONED BY" not in sql:
                con.execute(sql)
        con.execute("INSERT INTO moment_models FROM lake.moment_models")
        con.execute("INSERT INTO session_settings FROM lake.session_settings")
        runner.build(con)
        con.execute("CREATE TABLE recent AS FROM events")
        self._con = con
        self._seen, self._newest = None, datetime(1970, 1, 1)
        self._moments: dict[tuple[str, str], Row] = {}
        self._ticker: dict[str, deque[Row]] = {}
        self._first = True
        return con

    def _read(self, con: duckdb.DuckDBPyConnection, now: datetime) -> None:
        values = {"since": now - KEPT, "after": max(self._newest - LATE, now - KEPT)}
        fresh = con.execute(FRESH, values).fetchall()
        if not fresh:
            return
        # A clock that was set back must not make the watcher wait for it.
        self._newest = min(now, max(received for _, _, received in fresh))
        con.execute("DELETE FROM events")
        con.execute("CREATE OR REPLACE TEMP TABLE active (site_id VARCHAR, visitor_id VARCHAR)")
        con.executemany(
            "INSERT INTO active VALUES (?, ?)", sorted({(s, v) for s, v, _ in fresh if v is not None})
        )
        con.execute("INSERT INTO events FROM recent SEMI JOIN active USING (site_id, visitor_id)")
        self._note(_rows(con, MOMENTS), {(site, visitor) for site, visitor, _ in fresh}, now)

    def _note(self, rows: list[Row], active: set[tuple[str, str | None]], now: datetime) -> None:
        before = {
            key: row for key, row in self._moments.items() if (row["site_id"], row["visitor_id"]) in active
        }
        for key in before:
            del self._moments[key]
        for row in sorted(rows, key=lambda row: (row["ended_at"], row["moment_id"])):
            key = (row["site_id"], row["moment_id"])
            self._moments[key] = row
            was = before.get(key)
            if was is None:
                self._tell(row, "open" if row["state"] == "open" or not self._first else row["state"], now)
            if was is not None and was["state"] != row["state"]:
                self._tell(row, row["state"], now)
        self._first = False

    def _age(self, con: duckdb.DuckDBPyConnection, now: datetime) -> None:
        con.execute("DELETE FROM recent WHERE ts < $since", {"since": now - KEPT})
        for key, row in list(self._moments.items()):
            if row["ended_at"] < now - KEPT:
                del self._moments[key]
            elif row["state"] == "open" and row["ended_at"] < now - IDLE:
                row["state"] = "expired"
                self._tell(row, "expired", now)

    def _tell(self, row: Row, state: str, now: datetime) -> None:
        at = now if not self._first else row["ended_at"]
        line = {
            **{name: row[name] for name in TOLD},
            "state": state,
            "at_ms": _ms(at),
        }
        self._ticker.setdefault(row["site_id"], deque(maxlen=TICKER)).appendleft(line)

    def _figures(self, con: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, Row]:
        sites: dict[str, Row] = {}

        def site(name: str) -> Row:
            blank = {"people": 0, "open": dict.fromkeys(INTENTS, 0), "searches": [], "ticker": []}
            return sites.setdefault(name, blank)

        for row in _rows(con, PEOPLE, {"since": now - PRESENT}):
            site(row["site_id"])["people"] = row["people"]
        for row in self._moments.values():
            if row["state"] == "open":
                site(row["site_id"])["open"][row["intent"]] += 1
        for row in _rows(con, ASKED, {"count": SEARCHES}):
            site(row.pop("site_id"))["searches"].append(row)
        for name, lines in self._ticker.items():
            site(name)["ticker"] = list(lines)
        return sites


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: Row | None = None) -> list[Row]:
    answer = con.execute(sql, values)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _ms(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


if __name__ == "__main__":
    pipe.serve(Watch(open_data(__doc__)).answer)
