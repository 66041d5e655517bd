"""Moments of a real shop (rees46, 8,583 events): needs HETK_TEST_DATA, skips where it is absent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.models.lab import lab

DATA = Path(os.environ.get("HETK_TEST_DATA") or Path(__file__).parents[2] / ".." / "shared" / "data")
FILE = DATA / "clickstream" / "rees46_half.parquet"

LOAD = f"""INSERT INTO events BY NAME
SELECT uuid() AS event_id, 'rees46' AS site_id, CAST(user_id AS VARCHAR) AS visitor_id, event_time AS ts,
  event_time AS ts_client, event_time AS ts_received, row_number() OVER () AS session_seq, false AS is_bot,
  CASE event_type WHEN 'view' THEN 'view_item' WHEN 'cart' THEN 'add_to_cart' ELSE 'purchase' END AS event,
  CAST(product_id AS VARCHAR) AS product_id, category_code AS category, price AS value
FROM '{FILE}'"""


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    if not FILE.exists():
        pytest.skip(f"needs {FILE}: set HETK_TEST_DATA to the folder of real data")
    con = lab()
    con.execute(LOAD)
    con.execute("CREATE TABLE found AS SELECT * FROM moments")
    con.execute("CREATE TABLE walked AS SELECT * FROM ev_sessions")
    yield con
    con.close()


def one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_browsing_is_rarely_called_buying(con: duckdb.DuckDBPyConnection) -> None:
    """6 % of the sessions that looked and did nothing else; the first draft's softmax called 32 % so."""
    looked = "SELECT session_id FROM walked GROUP BY 1 HAVING bool_and(event = 'view_item')"
    count = one(con, f"SELECT count(*) FROM ({looked})")
    called = one(
        con, f"SELECT count(DISTINCT session_id) FROM found WHERE intent = 'buy' AND session_id IN ({looked})"
    )
    assert count > 2000
    assert 0 < called / count < 0.08, (called, count)


def test_each_order_converts_one_moment(con: duckdb.DuckDBPyConnection) -> None:
    """Counted apart from the models' rules: orders of the raw file."""
    orders = one(con, "SELECT count(*) FROM walked WHERE event = 'purchase'")
    assert one(con, "SELECT count(*) FROM found WHERE state = 'converted'") == orders > 100


def test_whoever_fills_a_cart_has_a_buy_moment(con: duckdb.DuckDBPyConnection) -> None:
    carts = "SELECT DISTINCT session_id FROM walked WHERE event = 'add_to_cart'"
    with_moment = f"SELECT DISTINCT session_id FROM found WHERE intent = 'buy' AND session_id IN ({carts})"
    assert (
        one(con, f"SELECT count(*) FROM ({with_moment})") == one(con, f"SELECT count(*) FROM ({carts})") > 40
    )


def test_a_single_look_is_no_moment(con: duckdb.DuckDBPyConnection) -> None:
    single = "SELECT session_id FROM walked GROUP BY 1 HAVING count(*) = 1 AND min(event) = 'view_item'"
    assert one(con, f"SELECT count(*) FROM found WHERE session_id IN ({single})") == 0
    assert one(con, f"SELECT count(*) FROM ({single})") > 500
