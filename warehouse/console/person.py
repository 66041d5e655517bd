"""A visitor or user of one site in; who that is, the consent and the latest visits out: what the visitor page shows."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.console.pipe import Message
from warehouse.privacy.export import written
from warehouse.privacy.forget import Kind
from warehouse.story import visits_of

VISITS = 10
FACES_MAX = 50
ANSWERS_MAX = 100

FACES = """
SELECT visitor_id, user_id, arg_max(person_why, started_at) AS why, min(started_at) AS first_at, max(ended_at) AS last_at,
  count(*) AS visits, sum(n_events)::BIGINT AS events, sum(n_purchases)::BIGINT AS purchases,
  arg_max(device_type, started_at) AS device_type, arg_max(country, started_at) AS country
FROM sessions WHERE site_id = $site AND {kind}_id = $id GROUP BY ALL ORDER BY last_at DESC, visitor_id, user_id LIMIT $count"""
CONSENT = """
SELECT analytics, personalization, ads, version, gpc, jurisdiction, seen_at
FROM consent_now WHERE site_id = $site AND list_contains($visitors, visitor_id) ORDER BY seen_at DESC LIMIT 1"""
ANSWERS = """
SELECT answered_at, jurisdiction, version, gpc, max(granted) FILTER (purpose = 'analytics') AS analytics,
  max(granted) FILTER (purpose = 'personalization') AS personalization, max(granted) FILTER (purpose = 'ads') AS ads
FROM consents WHERE site_id = $site AND list_contains($visitors, visitor_id)
GROUP BY event_id, answered_at, jurisdiction, version, gpc ORDER BY answered_at DESC, event_id LIMIT $count"""


def person(con: duckdb.DuckDBPyConnection, message: Message) -> Message:
    """{"site", "kind", "id", "before": a time or null} -> {"faces": visitor ids with the user they were seen with and
    why, "consent": {...} or null, "answers": [...], "visits": the latest (see warehouse.story), "more"}. Later pages
    have visits alone.
    """
    site, id, before = message["site"], message["id"], message["before"]
    kind: Kind = message["kind"]
    told = visits_of(con, site, kind, id, before, VISITS + 1)
    found: Message = {"visits": told[:VISITS], "more": len(told) > VISITS}
    if before is not None:
        return found
    asked = {"site": site, "id": id, "count": FACES_MAX}
    faces = _rows(con, FACES.format(kind=kind), asked)
    visitors = [one["visitor_id"] for one in faces] or ([id] if kind == "visitor" else [])
    whose = {"site": site, "visitors": visitors}
    consent = _rows(con, CONSENT, whose)
    return found | {
        "faces": faces,
        "consent": consent[0] if consent else None,
        "answers": _rows(con, ANSWERS, whose | {"count": ANSWERS_MAX}),
    }


def export(con: duckdb.DuckDBPyConnection, message: Message) -> Message:
    """{"site", "kind", "id", "format": json or text} -> {"text"}, as `hetk export-person` writes it; "" = nothing."""
    return {"text": written(con, message["site"], message["kind"], message["id"], message["format"])}


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    answer = con.execute(query, values)
    names = [column[0] for column in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
