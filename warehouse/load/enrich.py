"""Distinct addresses, searches and suspicious texts of a load in; small tables to join with out.

What Python does it does once per distinct value and keeps for the next loads; rows never pass through Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import duckdb
import msgspec
from msgspec.structs import replace

from warehouse.intent.classify import classify
from warehouse.intent.model import model
from warehouse.load.mask import SUSPICIOUS, mask_detail, mask_json, mask_text
from warehouse.load.page import Page, read_page
from warehouse.load.words import SiteWords, Words

PAGE_COLUMNS = "{" + ", ".join(f"{name}: 'VARCHAR'" for name in Page.__struct_fields__) + "}"
# Columns of `staged` where a person's data may stand in running text.
TEXT_COLUMNS = ("event", "page_title", "page_type", "search_query", "user_id", "category", "brand", "coupon")
Mask = Callable[[str], str | None]
SEARCH_COLUMNS = (
    "{site_id: 'VARCHAR', query: 'VARCHAR', page_lang: 'VARCHAR', page_country: 'VARCHAR', norm: 'VARCHAR', "
    "lang: 'VARCHAR', intent: 'VARCHAR', confidence: 'DOUBLE', model: 'VARCHAR'}"
)
_encoder = msgspec.json.Encoder()


class Search(msgspec.Struct):
    """One distinct search and its verdict; the site matters where it has words of its own."""

    site_id: str
    query: str
    page_lang: str
    page_country: str
    norm: str
    lang: str
    intent: str
    confidence: float
    model: str


class Masked(msgspec.Struct):
    """One text before and after masking."""

    raw: str
    clean: str | None


def put_pages(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Temp table page: one row per distinct (url, ref) of `staged`."""
    pairs = con.execute("SELECT DISTINCT url, ref FROM staged").fetchall()
    fill_table(con, scratch, "page", PAGE_COLUMNS, [read_page(url, ref) for url, ref in pairs])


def put_searches(con: duckdb.DuckDBPyConnection, scratch: Path, words: SiteWords) -> None:
    """Temp table search: the verdict on each distinct search (masked), site, page language and country."""
    asked = con.execute(
        "SELECT DISTINCT staged.site_id, staged.search_query, staged.page_lang, coalesce(batch.m.co, '') "
        "FROM staged JOIN batch ON batch.line_no = staged.line_no WHERE staged.search_query IS NOT NULL"
    ).fetchall()
    fill_table(con, scratch, "search", SEARCH_COLUMNS, [_search_of(words, *each) for each in asked])


def _search_of(words: SiteWords, site: str, query: str, page_lang: str, country: str) -> Search:
    return replace(read_search(query, page_lang, country, words.of(site)), site_id=site)


@lru_cache(maxsize=100_000)
def read_search(query: str, page_lang: str, country: str, words: Words = ()) -> Search:
    """What a search wants, on whatever site, and how sure that is to three digits: the device rounds alike."""
    verdict = classify(query, page_lang or None, country=country or None, extra=dict(words))
    return Search(
        site_id="",
        query=query,
        page_lang=page_lang,
        page_country=country,
        norm=verdict.norm,
        lang=verdict.lang,
        intent=verdict.intent,
        confidence=round(verdict.confidence, 3),
        model=model().name,
    )


def mask_staged(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Masks the texts and props of `staged` in place; touches only rows with something suspicious in them."""
    _mask(con, scratch, "staged", dict.fromkeys(TEXT_COLUMNS, mask_text) | {"props": mask_json})


def mask_rejected(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """The same for the texts of `refusal`; raw text need not be JSON."""
    _mask(con, scratch, "refusal", {"raw": _mask_raw, "detail": mask_detail, "event": mask_text})


def _mask_raw(text: str) -> str | None:
    try:
        return mask_json(text)
    except (ValueError, RecursionError):
        return mask_text(text)


def _mask(con: duckdb.DuckDBPyConnection, scratch: Path, table: str, masks: Mapping[str, Mask]) -> None:
    # The pattern as a literal: DuckDB compiles a parameter anew for each row, four times the cost. All texts
    # of a row at once: each time the pattern stands in the query it takes a millisecond to compile.
    pattern, columns = SUSPICIOUS.replace("'", "''"), ", ".join(masks)
    found = (
        f"SELECT DISTINCT name, raw FROM (SELECT unnest({list(masks)}) AS name, unnest([{columns}]) AS raw "
        f"FROM {table} WHERE regexp_matches(concat_ws(' ', {columns}), '{pattern}')) "
        f"WHERE regexp_matches(raw, '{pattern}')"
    )
    changed: dict[str, list[Masked]] = {}
    for column, raw in con.execute(found).fetchall():
        clean = masks[column](raw)
        if clean != raw:
            changed.setdefault(column, []).append(Masked(raw, clean))
    for column, pairs in changed.items():
        fill_table(con, scratch, "mask", "{raw: 'VARCHAR', clean: 'VARCHAR'}", pairs)
        con.execute(f"UPDATE {table} SET {column} = mask.clean FROM mask WHERE mask.raw = {table}.{column}")


def fill_table(
    con: duckdb.DuckDBPyConnection, scratch: Path, name: str, columns: str, rows: Sequence[msgspec.Struct]
) -> None:
    """Rows to DuckDB through its own JSON reader: many times faster than executemany."""
    path = scratch / f"{name}.ndjson"
    path.write_bytes(_encoder.encode_lines(rows))
    try:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS "
            f"SELECT * FROM read_json($1, format = 'newline_delimited', columns = {columns})",
            [str(path)],
        )
    finally:
        path.unlink()
