"""Events of a load that are off plan in; rows of temp table `refusal` that can be released one day out."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import duckdb
import msgspec

from warehouse.load.enrich import fill_table
from warehouse.load.mask import mask_text
from warehouse.load.page import CLICK_IDS, URL_KEYS


class Address(msgspec.Struct):
    """An address and its referrer as sent, and what may be kept of them."""

    url: str
    ref: str
    kept_url: str
    kept_ref: str


def put_off_plan(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Costs one look at `staged` while nothing is held back."""
    pairs = con.execute("SELECT DISTINCT url, ref FROM staged WHERE why = 'off_plan'").fetchall()
    if not pairs:
        return
    columns = "{" + ", ".join(f"{name}: 'VARCHAR'" for name in Address.__struct_fields__) + "}"
    rows = [Address(url, ref, kept_address(url), kept_address(ref)) for url, ref in pairs]
    fill_table(con, scratch, "address", columns, rows)
    con.execute(resources.files("warehouse.load").joinpath("sql", "off_plan.sql").read_text(encoding="utf-8"))


def kept_address(url: str) -> str:
    """Host, path and the query keys that `events` keeps, masked; of a click id only that there was one."""
    try:
        parts = urlsplit(url.strip())
        pairs = parse_qsl(parts.query)
    except ValueError:
        return ""
    kept = [(key, mask_text(value)) for key, value in pairs if key.lower() in URL_KEYS]
    kept += [(key, "-") for key, _ in pairs if key.lower() in CLICK_IDS]
    fragment = mask_text(parts.fragment.split("?")[0]) if parts.fragment.startswith(("/", "!/")) else ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, mask_text(parts.path), urlencode(kept), fragment))
