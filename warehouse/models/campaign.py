"""[sessions] of hetk.toml in, kept in the lake: sites whose sessions another campaign cuts; their SQL out.

A cut costs windows over every event, so the models leave it out where no site wants it. Changing the setting
opens all closed days, as every change of a model does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from collector.config import Sessions
from warehouse.models.docs import quote
from warehouse.models.model import Model
from warehouse.store import transaction

CUT, PLAIN = "session_pieces", "session_runs"  # the part that cuts, and the one it reads
CONDITION = "$campaign_cut"


def keep(con: duckdb.DuckDBPyConnection, settings: Sessions) -> None:
    """Writes the settings into the lake, for every reader and the next start; build the models after it."""
    wanted = {"": True} if settings.cut_by_campaign else {}
    wanted |= settings.sites
    if wanted == _kept(con):
        return
    with transaction(con):
        con.execute("DELETE FROM session_settings")
        for site, cut in wanted.items():
            con.execute("INSERT INTO session_settings VALUES ($1, $2)", [site, cut])


def condition(con: duckdb.DuckDBPyConnection) -> str:
    """The SQL condition that holds where sessions are cut: `false` when no site wants it."""
    sites = _kept(con)
    usual = sites.pop("", False)
    others = [quote(site) for site, cut in sorted(sites.items()) if cut != usual]
    if not others:
        return "true" if usual else "false"
    return f"site_id {'NOT IN' if usual else 'IN'} ({', '.join(others)})"


def fill(models: Sequence[Model], cut: str) -> list[Model]:
    """The models with the condition in them; the step that cuts is left out where nothing is cut."""
    return [replace(m, sql=_filled(m.sql, cut)) if CONDITION in m.sql else m for m in models]


def _filled(sql: str, cut: str) -> str:
    return (sql.replace(CUT, PLAIN) if cut == "false" else sql).replace(CONDITION, cut)


def _kept(con: duckdb.DuckDBPyConnection) -> dict[str, bool]:
    return dict(con.execute("SELECT site_id, cut_by_campaign FROM session_settings").fetchall())
