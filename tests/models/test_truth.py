"""The models against plain Python (reference.py) on real files, and against the plan of generated shops.

HETK_SOAK=1 generates a million events instead of 20,000 for the first.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.bench.shop import generate
from tests.models import reference
from tests.models.reference import Row
from warehouse.models.lab import in_every_state, lab
from warehouse.queries import questions

SHOP_EVENTS = 1_000_000 if "HETK_SOAK" in os.environ else 20_000
DATA = Path(os.environ.get("HETK_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "clickstream"
COLUMNS = (
    "event_id, site_id, event, ts, visitor_id, user_id, session_seq, is_bot, channel, product_id, category,"
    " price, quantity, value, currency, order_id, cart_id, search_query, search_norm"
)
MODELS = ("first_touch", "last_touch", "linear", "time_decay")
LONG = f"(UNPIVOT attribution ON {', '.join(MODELS)} INTO NAME model VALUE amount)"
NAMES = "CASE {0} WHEN 'view' THEN 'view_item' WHEN 'cart' THEN 'add_to_cart' ELSE {0} END"
LOADERS = {
    "rees46": f"""SELECT {NAMES.format("event_type")} AS event, CAST(event_time AS TIMESTAMP) AS ts,
        CAST(user_id AS VARCHAR) AS visitor_id, CAST(product_id AS VARCHAR) AS product_id, brand,
        category_code AS category, CAST(price AS DECIMAL(18, 4)) AS price, 'USD' AS currency
      FROM '{DATA}/rees46_half.parquet'""",
    "yoochoose": f"""SELECT 'view_item' AS event, make_timestamp(CAST("Time" * 1000000 AS BIGINT)) AS ts,
        CAST("SessionId" AS VARCHAR) AS visitor_id, CAST("ItemId" AS VARCHAR) AS product_id
      FROM '{DATA}/yoochoose100k_train.parquet'""",
    "retentioneering": f"""SELECT event, CAST(timestamp AS TIMESTAMP) AS ts,
        CAST(user_id AS VARCHAR) AS visitor_id
      FROM '{DATA}/retentioneering_ecom.parquet'""",
}


def rows_of(con: duckdb.DuckDBPyConnection) -> list[Row]:
    found = con.execute(f"SELECT {COLUMNS} FROM events")
    names = [d[0] for d in found.description]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


@pytest.fixture(scope="module", params=["shop", *LOADERS])
def world(request: pytest.FixtureRequest) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Row]]]:
    con = lab()
    if request.param == "shop":
        generate(con, SHOP_EVENTS, days=40)
    else:
        if not DATA.exists():
            pytest.skip(f"no real data: set HETK_TEST_DATA (looked in {DATA})")
        con.execute(f"""INSERT INTO events BY NAME
            SELECT *, CAST(printf('%032x', row_number() OVER ()) AS UUID) AS event_id, 's' AS site_id,
              ts AS ts_received, 'history' AS ts_mark
            FROM ({LOADERS[request.param]})""")
    yield con, rows_of(con)
    con.close()


World = tuple[duckdb.DuckDBPyConnection, list[Row]]


def ask(con: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    found = con.execute(questions()[name].sql)
    names = [d[0] for d in found.description]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


@pytest.mark.long
def test_sessions(world: World) -> None:
    con, rows = world
    expected = Counter((s.visitor, s.person, s.start, len(s.events)) for s in reference.sessions(rows))
    for state in in_every_state(con):
        found = con.execute("SELECT visitor_id, person_id, started_at, n_events FROM sessions").fetchall()
        assert Counter(found) == expected, state


@pytest.mark.long
def test_funnel_and_retention(world: World) -> None:
    con, rows = world
    expected = reference.funnel(rows, ["view_item", "add_to_cart", "purchase"], 7)
    assert [row["people"] for row in ask(con, "funnel")] == ([] if expected[0] == 0 else expected)
    assert {(r["cohort"], r["age"]): r["people"] for r in ask(con, "retention")} == reference.retention(rows)


@pytest.mark.long
def test_money_is_conserved_to_the_cent(world: World) -> None:
    con, rows = world
    expected = {key: value for key, value in reference.attribution(rows).items() if value}
    found = con.execute(
        f"SELECT model, channel, currency, sum(amount) FROM {LONG} GROUP BY ALL HAVING sum(amount) <> 0"
    ).fetchall()
    assert {(m, channel, currency): amount for m, channel, currency, amount in found} == expected
    totals: Counter[tuple[str, str]] = Counter()
    orders = reference.orders(rows)
    for order in orders.values():
        for model in MODELS:
            totals[model, order["currency"]] += reference.amount(order)  # type: ignore[assignment]
    sums = con.execute(f"SELECT model, currency, sum(amount) FROM {LONG} GROUP BY ALL").fetchall()
    assert {(m, currency): amount for m, currency, amount in sums} == dict(totals)
    per_order = "SELECT site_id, order_id, currency, " + ", ".join(f"sum({model})" for model in MODELS)
    for _, order_id, currency, *credits in con.execute(
        f"{per_order} FROM attribution GROUP BY ALL"
    ).fetchall():
        one = orders[order_id]
        assert (currency, credits) == (one["currency"], [reference.amount(one)] * 4), order_id


@pytest.mark.long
def test_carts(world: World) -> None:
    con, rows = world
    found = con.execute("SELECT cart_id, value, state = 'bought' FROM carts").fetchall()
    expected = reference.carts(rows)
    assert {cart: (value, bought) for cart, value, bought in found} == expected
    by_day = ask(con, "abandonment")
    still_open = con.execute("SELECT count(*) FROM carts WHERE state = 'open'").fetchall()[0][0]
    unsold = sum(not bought for _, bought in expected.values())
    assert sum(row["abandoned"] for row in by_day) == unsold - still_open


@pytest.mark.long
def test_searches(world: World) -> None:
    con, rows = world
    expected = reference.clicked_searches(rows)
    found = con.execute("SELECT norm, count(*), count_if(is_clicked) FROM searches GROUP BY norm").fetchall()
    assert {norm: (n, clicked) for norm, n, clicked in found} == expected
    never = [norm for norm, (_, clicked) in expected.items() if clicked == 0]
    assert len(ask(con, "searches_never_clicked")) == min(len(never), 50)


@pytest.mark.long
def test_products_compared(world: World) -> None:
    con, rows = world
    found = con.execute("SELECT product_a, product_b, count(*) FROM comparisons GROUP BY ALL").fetchall()
    assert {(a, b): n for a, b, n in found} == dict(reference.compared(rows))


@pytest.mark.long
def test_products_and_revenue_by_category(world: World) -> None:
    con, rows = world
    human = reference.people_only(rows)
    views = Counter(r["product_id"] for r in human if r["event"] == "view_item" and r["product_id"])
    found = con.execute("SELECT product_id, n_views FROM products WHERE n_views > 0").fetchall()
    assert dict(found) == dict(views)
    earned: Counter[tuple[str, str]] = Counter()
    for order in reference.orders(rows).values():
        if order["product_id"]:
            earned[order["category"], order["currency"]] += reference.amount_of_item(order)  # type: ignore[assignment]
    answered = {(r["category"], r["currency"]): r["revenue"] for r in ask(con, "revenue_by_category")}
    assert answered == dict(earned)


@pytest.mark.long
def test_channels(world: World) -> None:
    con, rows = world
    expected: dict[str, list[float]] = {}
    for session in reference.sessions(rows):
        one = expected.setdefault(session.first("channel") or "unknown", [0, 0, 0])
        one[0] += 1
        own = [e["event"] for e in session.events if not e["event"].startswith("decision")]
        one[1] += own == ["page_view"]
        one[2] += any(e["event"] == "purchase" for e in session.events)
    for row in ask(con, "channels"):
        sessions, bounces, bought = expected[row["channel"]]
        assert row["sessions"] == sessions
        assert row["bounce_rate"] == pytest.approx(bounces / sessions, abs=1e-3)
        assert row["conversion_rate"] == pytest.approx(bought / sessions, abs=1e-4)


@pytest.mark.long
def test_generated_shop_is_found_as_it_was_planned() -> None:
    con = lab()
    n = generate(con, 100_000)
    planned = "SELECT printf('v%010d', visitor), started_at, n_events FROM plan WHERE visitor % 211 <> 7"
    found = "SELECT visitor_id, started_at, n_events FROM sessions"
    assert con.execute(f"({planned}) EXCEPT ({found})").fetchall() == []
    assert con.execute(f"({found}) EXCEPT ({planned})").fetchall() == []
    assert con.execute("SELECT count(*) FROM events").fetchall() == [(n,)]
    assert Decimal(n) == con.execute("SELECT count(DISTINCT event_id) FROM events").fetchall()[0][0]
    con.close()
