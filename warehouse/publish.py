"""The rules in force and the site's own words in; a file per site that /v1/config hands to devices out.

The page then sees the moments that the warehouse sees: `publish/config-<site>.json`, keys `moments`
(differences from the default rules) and `intent` (words, as [intent] of hetk.toml gives them to that site).
Other keys of the file are left alone.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from collector.datadir import DataDir
from collector.files import replace_file
from collector.sites import Sites
from warehouse.load.words import site_words


def publish_rules(con: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Writes only what changed: a file's time is part of what devices cache by."""
    chosen = dict(con.execute("SELECT site_id, params FROM moment_models WHERE active").fetchall())
    words = site_words(data)
    for site in Sites.load(data.sites).by_name:
        rules = json.loads(chosen[site]) if site in chosen else None
        own = {"moments": rules, "intent": dict(words.of(site)) or None}
        _write(data.publish / f"config-{site}.json", own)


def _write(path: Path, own: dict[str, Any]) -> None:
    before: dict[str, Any] = {}
    with suppress(FileNotFoundError, ValueError):  # a damaged file is written anew
        before = json.loads(path.read_bytes())
    after = {name: value for name, value in (before | own).items() if value is not None}
    if json.dumps(after) != json.dumps(before):
        replace_file(path, json.dumps(after, ensure_ascii=False).encode())
