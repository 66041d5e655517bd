"""`hetk story`: a visitor or session in; what happened there, moment by moment and why, out as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option, json_option
from warehouse.story_decisions import tell_decisions
from warehouse.story_text import Row, text

if TYPE_CHECKING:
    import duckdb

    from warehouse.privacy.forget import Kind

SESSIONS = """
SELECT s.site_id, CAST(s.session_id AS VARCHAR) AS session_id, s.visitor_id, s.started_at, s.ended_at,
  s.seconds, s.n_events, s.device_type, s.country, s.channel, s.social_network, s.social_kind,
  s.referrer_domain
FROM sessions AS s {chosen}"""
ONE = "WHERE CAST(s.session_id AS VARCHAR) = $id OR s.visitor_id = $id ORDER BY s.started_at LIMIT $count"
LATEST = """WHERE s.site_id = $site AND s.{kind}_id = $id AND s.started_at < CAST($before AS TIMESTAMP)
ORDER BY s.started_at DESC, s.session_id LIMIT $count"""
RICHEST = """JOIN (
  SELECT site_id, session_id, count(DISTINCT intent) * 4 + count(*) + count(DISTINCT topic) AS n
  FROM moments GROUP BY ALL
) AS m USING (site_id, session_id)
WHERE coalesce(s.site_id = $site, true) ORDER BY m.n DESC, s.started_at, s.session_id LIMIT $count"""
SAMPLE = """JOIN (SELECT DISTINCT site_id, session_id FROM moments) AS m USING (site_id, session_id)
WHERE coalesce(s.site_id = $site, true) ORDER BY hash(s.session_id) LIMIT $count"""
MOMENTS = """
SELECT site_id, CAST(session_id AS VARCHAR) AS session_id, moment_id, intent, round(confidence, 2) AS confidence, topic,
  lang, started_at, ended_at, state, outcome, seconds_to_outcome,
  closed_by, evidence
FROM moments WHERE day BETWEEN $first - INTERVAL 1 DAY AND $last
  AND list_contains($ids, CAST(session_id AS VARCHAR))
ORDER BY started_at, moment_id"""
STEPS = """
SELECT site_id, CAST(session_id AS VARCHAR) AS session_id, CAST(event_id AS VARCHAR) AS event_id, ts, event,
  CASE WHEN event = 'page_view' THEN coalesce(nullif(page_type, ''), url_path) ELSE coalesce(search_norm, product_id) END AS what,
  CASE WHEN event = 'decision' THEN CAST(event_id AS VARCHAR) ELSE decision_id END AS decision_id,
  CASE WHEN event LIKE 'decision%' THEN props END AS props, variant
FROM ev_sessions WHERE ts BETWEEN $first AND $last AND list_contains($ids, CAST(session_id AS VARCHAR))
ORDER BY ts, session_seq, event_id"""


@click.command()
@click.argument("id", metavar="[VISITOR|SESSION]", required=False)
@data_option
@json_option
@click.option("--site", help="Of this site alone.")
@click.option(
    "--count", default=10, show_default=True, type=click.IntRange(1, 1000), help="So many sessions."
)
@click.option("--sample", is_flag=True, help="A fixed sample instead of the richest sessions.")
def story(id: str | None, data: DataDir, as_json: bool, site: str | None, count: int, sample: bool) -> None:
    """Tell what a visitor or a session did, moment by moment and why; without one, the richest sessions.

    \b
    Examples:
      hetk story
      hetk story --site shop --sample --count 20
      hetk story 019a2c6e-7a51-7cc0-9d3e-4f0c0f1f5d11
      hetk story u42 --json
    """
    import duckdb

    from warehouse.known_site import check_site
    from warehouse.sql import explain
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        if site is not None:
            check_site(data, con, site)
        told = stories(con, id, site=site, count=count, sample=sample)
    except duckdb.Error as error:
        raise ClickException(explain(con, error)) from error
    finally:
        con.close()
    if not told:
        asked = f"there is no visitor and no session {id}" if id else "there are no moments yet"
        raise ClickException(f"{asked} in {data.root}. Sessions there are: hetk sql 'FROM sessions LIMIT 5'")
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo("\n\n".join(text(one) for one in told))


def stories(
    con: duckdb.DuckDBPyConnection,
    wanted: str | None = None,
    *,
    site: str | None = None,
    count: int = 10,
    sample: bool = False,
) -> list[Row]:
    """Sessions with their `moments`; what was done inside is the `steps` of each, the rest `between`."""
    chosen = ONE if wanted else SAMPLE if sample else RICHEST
    values: Row = {"id": wanted} if wanted else {"site": site}
    return _told(con, _rows(con, SESSIONS.format(chosen=chosen), values | {"count": count}))


def visits_of(
    con: duckdb.DuckDBPyConnection, site: str, kind: Kind, id: str, before: str | None, count: int
) -> list[Row]:
    """The latest visits of a visitor or user that began before a time, the newest first; told as `stories` are."""
    values = {"site": site, "id": id, "before": before or "9999-12-31", "count": count}
    return _told(con, _rows(con, SESSIONS.format(chosen=LATEST.format(kind=kind)), values))


def _told(con: duckdb.DuckDBPyConnection, found: list[Row]) -> list[Row]:
    """The sessions, with what was done in each."""
    if not found:
        return []
    span = {
        "first": min(one["started_at"] for one in found),
        "last": max(one["ended_at"] for one in found),
        "ids": [one["session_id"] for one in found],
    }
    moments, steps = _rows(con, MOMENTS, span), _rows(con, STEPS, span)
    tell_decisions(steps)
    for one in found:
        one["moments"] = [m for m in moments if _of(m, one)]
        _spread(one, [step for step in steps if _of(step, one)])
    return found


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: Row) -> list[Row]:
    answer = con.execute(query, values)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _of(row: Row, session: Row) -> bool:
    return bool(row["session_id"] == session["session_id"] and row["site_id"] == session["site_id"])


def _spread(session: Row, steps: Sequence[Row]) -> None:
    """Each step into its moment, which begins with the event it is named after; what none holds into `between`.

    Moments of one instant come in the order of these events.
    """
    coming, begun = {moment["moment_id"]: moment for moment in session["moments"]}, list[Row]()
    session["between"] = []
    for step in steps:
        if step["event_id"] in coming:
            begun.append(coming.pop(step["event_id"]) | {"steps": []})
        inside = begun and step["ts"] <= begun[-1]["ended_at"]
        (begun[-1]["steps"] if inside else session["between"]).append(step)
    session["moments"] = begun
