"""The rows of a load in; temp table `known` out: rows whose (site_id, event_id) is stored or came twice.

Two paths. Ids that are as young as their event are looked up above one literal id and time, so that file
statistics leave a few recent files to read. All others (late, replayed, forged ids) are looked up in the days
of their own client times: one forged id costs its day, never the lake.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb

DAYS_APART_MAX = 40

RECENT = """
  abs(id_us - received_us) <= 3600000000
  AND abs(greatest(least(ts_us, latest_us), earliest_us) - id_us) <= 3600000000
"""
WITHIN = """
INSERT INTO known
SELECT row_no FROM (
  SELECT rowid AS row_no, row_number() OVER (PARTITION BY site_id, event_id ORDER BY rowid) AS copy
  FROM staged
  WHERE NOT refused AND event_id IN (SELECT event_id FROM staged GROUP BY event_id HAVING count(*) > 1)
) WHERE copy > 1
"""
FOUND = """
INSERT INTO known
SELECT staged.rowid AS row_no
FROM staged JOIN (
  SELECT site_id, event_id FROM {stored} WHERE event_id BETWEEN {low} AND {high} AND {when}
) AS stored
  ON stored.event_id = staged.event_id AND stored.site_id = staged.site_id
WHERE {which} AND NOT staged.refused
"""


def find_known(con: duckdb.DuckDBPyConnection, stored: str = "lake.events") -> int:
    """Fills `known` and returns how many rows are duplicates; `stored` is where to look."""
    con.execute("CREATE OR REPLACE TEMP TABLE known (row_no BIGINT)")
    con.execute(WITHIN)
    _find_recent(con, stored)
    _find_by_day(con, stored)
    # A row that came twice and is stored too was found by both.
    con.execute("CREATE OR REPLACE TEMP TABLE known AS SELECT DISTINCT row_no FROM known")
    row = con.execute("SELECT count(*) FROM known").fetchone()
    return int(row[0]) if row else 0


def _find_recent(con: duckdb.DuckDBPyConnection, stored: str) -> None:
    row = con.execute(
        "SELECT min(event_id), max(event_id), min(ts) FROM staged WHERE recent AND NOT refused"
    ).fetchone()
    if row is None or row[0] is None:
        return
    low, high, first = row
    when = f"ts >= TIMESTAMP '{first - timedelta(hours=2)}'"
    con.execute(FOUND.format(stored=stored, low=_id(low), high=_id(high), when=when, which="staged.recent"))


def _find_by_day(con: duckdb.DuckDBPyConnection, stored: str) -> None:
    days = con.execute(
        "SELECT ts_client::DATE, min(event_id), max(event_id) FROM staged "
        "WHERE NOT recent AND NOT refused GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if len(days) > DAYS_APART_MAX:
        con.execute(
            FOUND.format(
                stored=stored,
                low=_id(min(low for _, low, _ in days)),
                high=_id(max(high for _, _, high in days)),
                when=_around(days[0][0], days[-1][0]),
                which="NOT staged.recent",
            )
        )
        return
    for day, low, high in days:
        which = f"NOT staged.recent AND staged.ts_client::DATE = DATE '{day}'"
        when = _around(day, day)
        con.execute(FOUND.format(stored=stored, low=_id(low), high=_id(high), when=when, which=which))


def _around(first: date, last: date) -> str:
    """The days and their neighbours: who resends with a corrected clock moves an event a little."""
    start = datetime.combine(first, datetime.min.time()) - timedelta(days=1)
    end = datetime.combine(last, datetime.min.time()) + timedelta(days=2)
    return f"ts_client >= TIMESTAMP '{start}' AND ts_client < TIMESTAMP '{end}'"


def _id(event_id: object) -> str:
    return f"'{event_id}'::UUID"
