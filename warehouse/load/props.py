"""Which props become columns: names of props in, the SQL expressions of the loader out.

A mapped prop leaves `props`; when a value does not fit its column (a price of "abc") the row keeps all its
props and the column stays null.
"""

from __future__ import annotations

import json

MONEY = "DECIMAL(18,4)"
CURRENCY = "ISO 4217"  # three letters, stored in upper case; whatever else somebody calls a currency is none
# column -> (type, names in the order they are tried, name inside items[0])
COLUMNS: dict[str, tuple[str, tuple[str, ...], str | None]] = {
    "search_query": ("VARCHAR", ("query", "search_term"), None),
    "search_results": ("INTEGER", ("results",), None),
    "search_pos": ("INTEGER", ("pos", "position"), None),
    "product_id": ("VARCHAR", ("product_id", "item_id"), "item_id"),
    "category": ("VARCHAR", ("category",), "item_category"),
    "brand": ("VARCHAR", ("brand",), "item_brand"),
    "price": (MONEY, ("price",), "price"),
    "quantity": (MONEY, ("quantity",), "quantity"),
    "currency": (CURRENCY, ("currency",), "currency"),
    "value": (MONEY, ("value",), None),
    "cart_id": ("VARCHAR", ("cart_id",), None),
    "order_id": ("VARCHAR", ("order_id", "transaction_id"), None),
    "coupon": ("VARCHAR", ("coupon",), None),
    "decision_id": ("VARCHAR", ("decision_id",), None),
    "experiment_key": ("VARCHAR", ("experiment_key",), None),
    "variant": ("VARCHAR", ("variant",), None),
    "declared_country": ("VARCHAR", ("country",), None),
    "declared_region": ("VARCHAR", ("region",), None),
    "declared_city": ("VARCHAR", ("city",), None),
}
ITEM: dict[str, str] = {
    "item_id": "VARCHAR",
    "item_name": "VARCHAR",
    "item_brand": "VARCHAR",
    "item_category": "VARCHAR",
    "item_variant": "VARCHAR",
    "price": MONEY,
    "quantity": MONEY,
    "discount": MONEY,
    "coupon": "VARCHAR",
    "index": "INTEGER",
}
NAMES = tuple(name for _, names, _ in COLUMNS.values() for name in names)


def shape() -> str:
    """What json_transform reads in one pass; all as text, so that one odd type costs one column."""
    wanted: dict[str, object] = dict.fromkeys(NAMES, "VARCHAR")
    wanted["items"] = [dict.fromkeys((*ITEM, *(item for _, _, item in COLUMNS.values() if item)), "VARCHAR")]
    wanted["geo"] = {"lat": "DOUBLE", "lon": "DOUBLE"}
    return json.dumps(wanted)


def removal() -> str:
    """The JSON merge patch that takes the mapped props away."""
    return json.dumps(dict.fromkeys((*NAMES, "items", "geo")))


def column_expressions() -> str:
    """`expression AS column, ...` over a struct p made with shape()."""
    return ",\n  ".join(
        f"{_cast(_source(names, item), kind)} AS {column}" for column, (kind, names, item) in COLUMNS.items()
    )


def misfit_expression() -> str:
    """True when some value is there and does not fit its column."""
    checks = [
        f"({_source(names, item)} IS NOT NULL AND {_cast(_source(names, item), kind)} IS NULL)"
        for kind, names, item in COLUMNS.values()
        if kind != "VARCHAR"
    ]
    return " OR ".join(checks)


def mapped_expression() -> str:
    """True when some prop became a column: only then is anything to be taken away."""
    return " OR ".join(f"p.{_quoted(name)} IS NOT NULL" for name in (*NAMES, "items", "geo"))


def items_expression() -> str:
    """The GA4 item list, typed."""
    fields = ", ".join(f'"{name}" := {_cast(f"i.{_quoted(name)}", kind)}' for name, kind in ITEM.items())
    return f"CASE WHEN len(p.items) > 0 THEN list_transform(p.items, lambda i: struct_pack({fields})) END"


def _source(names: tuple[str, ...], item: str | None) -> str:
    tried = [f"p.{_quoted(name)}" for name in names]
    if item is not None:
        tried.append(f"p.items[1].{_quoted(item)}")
    return tried[0] if len(tried) == 1 else f"coalesce({', '.join(tried)})"


def _cast(source: str, kind: str) -> str:
    if kind == CURRENCY:
        return f"CASE WHEN regexp_full_match({source}, '[A-Za-z]{{3}}') THEN upper({source}) END"
    return source if kind == "VARCHAR" else f"TRY_CAST({source} AS {kind})"


def _quoted(name: str) -> str:
    return f'"{name}"'
