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


@pytest.mark.long
def test_a_shop_without_searches_or_pages_has_buy_moments_only(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("SELECT DISTINCT intent FROM found").fetchall() == [("buy",)]


def test_each_product_put_in_the_cart_or_bought_answers_one_moment(con: duckdb.DuckDBPyConnection) -> None:
    """Counted apart from the models' rules: distinct (session, event, product) of carts and orders."""
    answered = one(con, "SELECT count(*) FROM found WHERE state = 'converted'")
    events = "SELECT DISTINCT session_id, event, product_id FROM walked WHERE event <> 'view_item'"
    assert answered == one(con, f"SELECT count(*) FROM ({events})") > 100


def test_a_session_with_two_looks_close_together_is_shopping(con: duckdb.DuckDBPyConnection) -> None:
    """Same category (or none), at most a minute apart: nearly all have a moment; single looks have none."""
    pairs = """SELECT DISTINCT session_id FROM (
      SELECT session_id, ts - lag(ts) OVER w AS gap,
        category IS NOT DISTINCT FROM lag(category) OVER w AS same
      FROM walked WHERE event = 'view_item' WINDOW w AS (PARTITION BY session_id ORDER BY ts, session_seq))
      WHERE gap <= INTERVAL 1 MINUTE AND same"""
    count = one(con, f"SELECT count(*) FROM ({pairs})")
    seen = one(con, f"SELECT count(*) FROM ({pairs}) WHERE session_id IN (SELECT session_id FROM found)")
    assert seen / count > 0.95, (seen, count)
    single = "SELECT session_id FROM walked GROUP BY 1 HAVING count(*) = 1 AND min(event) = 'view_item'"
    assert one(con, f"SELECT count(*) FROM found WHERE session_id IN ({single})") == 0
