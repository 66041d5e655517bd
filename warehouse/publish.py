"""The rules in force and the site's own words in; a file per site that /v1/config hands to devices out.

The page then sees the moments that the warehouse sees: `publish/config-<site>.json`, keys `moments`
(differences from the default rules), `intent` (words, as [intent] of hetk.toml gives them to that site) and `act`
(campaigns, as they were published). Other keys of the file are left alone.
"""

from __future__ import annotations

import json

import duckdb

from collector import logs
from collector.datadir import DataDir
from collector.sites import Sites
from warehouse.act.goals import keep_goals
from warehouse.act.published import PublishError, hand_out
from warehouse.device_config import write_config
from warehouse.load.words import site_words


def publish_rules(con: duckdb.DuckDBPyConnection, data: DataDir) -> None:
    """Writes only what changed: a file's time is part of what devices cache by."""
    chosen = dict(con.execute("SELECT site_id, params FROM moment_models WHERE active").fetchall())
    words = site_words(data)
    for site in Sites.load(data.sites).by_name:
        rules = json.loads(chosen[site]) if site in chosen else None
        own = {"moments": rules, "intent": dict(words.of(site)) or None}
        write_config(data.publish / f"config-{site}.json", own)
        try:
            hand_out(data, site)
            keep_goals(con, data, site)
        except PublishError as error:
            logs.warn("campaigns not published anew", site=site, error=str(error))
