"""Every question on lakes that people have: empty, brought in from 2015, two currencies, no sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from warehouse.models.lab import empty, insert, lab
from warehouse.queries import questions


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = lab()
    yield con
    con.close()


def answers(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    return {name: con.execute(question.sql).fetchall() for name, question in questions().items()}


def order(number: int, visitor: str | None, currency: str, **more: Any) -> dict[str, Any]:
    at = f"2015-01-{number:02d} 10:00:00"
    row = {"event_id": f"00000000-0000-0000-0000-{number:012d}", "site_id": "s", "visitor_id": visitor}
    return row | {"ts": at, "event": "purchase", "order_id": f"o{number}", "currency": currency} | more


def test_an_empty_lake_has_no_answers_and_no_errors(con: duckdb.DuckDBPyConnection) -> None:
    empty(con)
    assert {name: rows for name, rows in answers(con).items() if rows} == {}


def test_a_shop_of_2015_with_two_currencies_and_orders_without_sessions(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Orders come from a server, without a visitor; carts of 2015 are abandoned by their shop's own time."""
    empty(con)
    insert(con, "events", [order(1, None, "EUR", value=10), order(2, None, "INR", value=1000)])
    insert(
        con,
        "events",
        [order(3, "v", "EUR", value=5) | {"event": "add_to_cart", "product_id": "p", "price": 5}],
    )
    insert(con, "events", [order(9, None, "EUR", value="0.01")])
    found = answers(con)
    money = {(row[0], row[1]): row[2:] for row in found["attribution"]}
    assert {key: [str(one) for one in row] for key, row in money.items()} == {
        ("unknown", "EUR"): ["10.0100"] * 4,
        ("unknown", "INR"): ["1000.0000"] * 4,
    }
    assert [(row[0], str(row[1])) for row in found["carts_abandoned"]] == [("EUR", "5.0000")]
    assert found["retention"]
