"""Sessions that run through whole days, closed and open ones: one session, with all its moments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from collector.config import Sessions
from warehouse.models import campaign, days, runner
from warehouse.models.lab import LATER, in_every_state, lab

pytestmark = pytest.mark.long

START = datetime(2026, 1, 5, 22, 0)
STEP = timedelta(minutes=25)
N = 150  # until 62 hours later, on the third day after
FIRST = START.date()
LAST = (START + (N - 1) * STEP).date()


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = lab()
    yield con
    con.close()


def put(con: duckdb.DuckDBPyConnection, numbers: range) -> None:
    """The events with these numbers of a visitor who never sleeps."""
    for n in numbers:
        at = START + n * STEP
        con.execute(
            "INSERT INTO events (event_id, site_id, visitor_id, event, product_id, ts, ts_client,"
            " ts_received) VALUES ($1, 's', 'awake', 'add_to_cart', $2, $3, $3, $3)",
            [f"00000000-0000-0000-0000-{n:012d}", f"p{n}", at],
        )


def told(con: duckdb.DuckDBPyConnection) -> list[Any]:
    """Sessions, and how many events their moments are made of."""
    return con.execute(
        "SELECT s.day, s.started_at, s.ended_at, s.n_events, CAST(sum(m.n_events) AS BIGINT), count(*)"
        " FROM sessions AS s JOIN moments AS m USING (site_id, session_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()


def test_a_session_of_three_days_keeps_its_tail(con: duckdb.DuckDBPyConnection) -> None:
    put(con, range(N))
    (only,) = told(con)
    assert only[:5] == (FIRST, START, START + (N - 1) * STEP, N, N)
    for state in in_every_state(con):
        assert told(con) == [only], state


def test_one_day_closed_at_a_time_says_the_same(con: duckdb.DuckDBPyConnection) -> None:
    put(con, range(N))
    expected = told(con)
    for n in range((LAST - FIRST).days + 1):
        assert runner.close_days(con, LATER, rows_max=1) == [FIRST + timedelta(days=n)]
        assert told(con) == expected, n
    runner.rebuild(con, FIRST, FIRST, LATER)
    assert told(con) == expected


def test_a_late_event_days_after_its_session_began_is_in_it(con: duckdb.DuckDBPyConnection) -> None:
    """The session began three days before, on a day that is closed: that day opens again."""
    put(con, range(N - 3))
    put(con, range(N - 1, N))
    runner.close_days(con, LATER)
    assert [row[3] for row in told(con)] == [N - 3, 1]
    con.execute("BEGIN")
    assert FIRST in runner.reopen(con, [LAST])
    put(con, range(N - 3, N - 1))
    con.execute("COMMIT")
    (one,) = told(con)
    assert one[:5] == (FIRST, START, START + (N - 1) * STEP, N, N)
    runner.close_days(con, LATER)
    assert told(con) == [one]
    assert FIRST in days.closed(con)


def test_a_row_after_midnight_makes_the_day_before_anew(con: duckdb.DuckDBPyConnection) -> None:
    put(con, range(4))  # 22:00 to 23:15
    runner.close_days(con, LATER)
    con.execute("BEGIN")
    assert runner.reopen(con, [FIRST + days.ONE]) == [FIRST]
    put(con, range(4, 8))  # until 00:55
    con.execute("COMMIT")
    for state in in_every_state(con):
        assert [row[:5] for row in told(con)] == [(FIRST, START, START + 7 * STEP, 8, 8)], state


def test_only_days_that_sessions_reach_are_opened(con: duckdb.DuckDBPyConnection) -> None:
    put(con, range(4))
    con.execute(
        "INSERT INTO events (event_id, site_id, visitor_id, event, ts, ts_received) "
        "SELECT uuid(), 's', 'guest', 'page_view', TIMESTAMP '2026-01-01 12:00:00' + n * INTERVAL 1 DAY, "
        "TIMESTAMP '2026-01-01' FROM range(20) AS r(n)"
    )
    runner.close_days(con, LATER)
    assert runner.reopen(con, [date(2026, 1, 10)]) == [date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 11)]


def test_a_campaign_is_known_through_whole_days(con: duckdb.DuckDBPyConnection) -> None:
    """Cut by campaign: the same one, named again two days later, begins nothing; a late other one does."""
    campaign.keep(con, Sessions(cut_by_campaign=True))
    assert runner.build(con)
    put(con, range(N))
    con.execute("UPDATE events SET utm_source = 'ads' WHERE product_id IN ('p0', 'p120')")
    (only,) = told(con)
    assert only[3:5] == (N, N)
    for state in in_every_state(con):
        assert told(con) == [only], state
    con.execute("BEGIN")
    assert runner.reopen(con, [FIRST + days.ONE])[-1] == LAST
    con.execute("UPDATE events SET utm_source = 'mail' WHERE product_id = 'p20'")
    con.execute("COMMIT")
    assert [row[3:5] for row in told(con)] == [(20, 20), (100, 100), (N - 120, N - 120)]
    runner.close_days(con, LATER)
    assert [row[3:5] for row in told(con)] == [(20, 20), (100, 100), (N - 120, N - 120)]
    campaign.keep(con, Sessions(cut_by_campaign=True, sites={"s": False}))
    assert runner.build(con)
    assert told(con) == [only]
