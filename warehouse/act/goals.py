"""What was published of a site's campaigns in; the goal of each revision, kept in the lake, out."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from collector.datadir import DataDir
from warehouse.act.published import load
from warehouse.store import transaction

KNOWN = "SELECT action, revision, goal, within_ms FROM campaign_goals WHERE site_id = $1"
FORGET = "DELETE FROM campaign_goals WHERE site_id = $1 AND action = $2 AND revision = $3"
KEEP = "INSERT INTO campaign_goals VALUES ($1, $2, $3, $4, $5, $6)"


def keep_goals(con: duckdb.DuckDBPyConnection, data: DataDir, site: str) -> None:
    """Adds what is new; revisions that are over stay, their people were decided for under them. Raises PublishError."""
    published = load(data, site)
    if published is None:
        return
    known = {
        (action, rev): (goal, within) for action, rev, goal, within in con.execute(KNOWN, [site]).fetchall()
    }
    new = [
        one for one in published.campaigns if known.get((one.id, one.rev)) != (one.goal, one.goal_within_ms)
    ]
    if not new:
        return
    with transaction(con):
        for one in new:
            at = datetime.fromtimestamp(one.published_ms / 1000, UTC).replace(tzinfo=None)
            con.execute(FORGET, [site, one.id, one.rev])
            con.execute(KEEP, [site, one.id, one.rev, one.goal, one.goal_within_ms, at])
