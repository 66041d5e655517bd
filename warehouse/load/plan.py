"""The tracking plans of sites in; events of a load that break theirs marked, with what breaks it, out.

In mode `observe` such an event is stored with `schema_ok = false`; in mode `quarantine` it is refused as
`off_plan` and can be released. Each distinct pair of event name and shape of its props is judged once; sites
without a plan cost nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

import duckdb
import msgspec

Type = Literal["string", "integer", "number", "boolean", "array", "object"]
Mode = Literal["observe", "quarantine"]
# What json_structure calls a value -> the types it satisfies, the closest first.
KINDS: dict[str, tuple[str, ...]] = {
    "VARCHAR": ("string",),
    "BIGINT": ("integer", "number"),
    "UBIGINT": ("integer", "number"),
    "HUGEINT": ("integer", "number"),
    "DOUBLE": ("number",),
    "BOOLEAN": ("boolean",),
}

SENT = """
CREATE OR REPLACE TEMP TABLE sent AS
SELECT line_no, site_id, e.id AS event_id, e.event AS event,
  coalesce(json_structure(e.props)::VARCHAR, '{}') AS shape
FROM (SELECT line_no, k AS site_id, unnest(b.events) AS e FROM line WHERE k IN (SELECT unnest($1::VARCHAR[])))
"""
PLANNED = "UPDATE staged SET schema_ok = true WHERE site_id IN (SELECT unnest($1::VARCHAR[]))"
VERDICT = """
CREATE OR REPLACE TEMP TABLE verdict (
  site_id VARCHAR, event VARCHAR, shape VARCHAR, detail VARCHAR, held BOOLEAN
)
"""
MARK = """
UPDATE staged SET schema_ok = false, refused = refused OR wrong.held, detail = wrong.detail,
  why = CASE WHEN refused THEN why WHEN wrong.held THEN 'off_plan' END
FROM (
  SELECT line_no, event_id, event, any_value(detail) AS detail, any_value(held) AS held
  FROM sent JOIN verdict USING (site_id, event, shape) GROUP BY ALL
) AS wrong
WHERE staged.line_no = wrong.line_no AND staged.event_id = wrong.event_id AND staged.event = wrong.event
"""


class EventPlan(msgspec.Struct, forbid_unknown_fields=True):
    """What one event name must carry, the types of its props, and whether other props may come along."""

    required: tuple[str, ...] = ()
    props: dict[str, Type | tuple[Type, ...]] = {}
    others: bool = True


class Plan(msgspec.Struct, forbid_unknown_fields=True):
    """The events of one site; any other name is off plan."""

    events: dict[str, EventPlan]
    mode: Mode = "observe"


def mark_off_plan(con: duckdb.DuckDBPyConnection, plans: Mapping[str, Plan]) -> None:
    """Marks the staged events that their site's plan does not allow; `detail` says what they break."""
    if not plans:
        return
    con.execute(SENT, [list(plans)])
    con.execute(PLANNED, [list(plans)])
    con.execute(VERDICT)
    for site, event, shape in con.execute("SELECT DISTINCT site_id, event, shape FROM sent").fetchall():
        wrong = broken(plans[site], event, json.loads(shape))
        if wrong is not None:
            held = plans[site].mode == "quarantine"
            con.execute("INSERT INTO verdict VALUES ($1, $2, $3, $4, $5)", [site, event, shape, wrong, held])
    con.execute(MARK)


def broken(plan: Plan, event: str, shape: object) -> str | None:
    """What an event of this name and shape (of json_structure) breaks, None when it is as planned.

    A value that is null counts as missing.
    """
    wanted = plan.events.get(event)
    if wanted is None:
        return f"{event} is no event of the plan"
    given = {name: kind for name, kind in shape.items() if kind != "NULL"} if isinstance(shape, dict) else {}
    for name in wanted.required:
        if name not in given:
            return f"{name} is missing"
    for name, kind in given.items():
        types = wanted.props.get(name)
        if types is None:
            if not wanted.others:
                return f"{name} is no prop of the plan"
            continue
        allowed = (types,) if isinstance(types, str) else types
        sent = _types(kind)
        if not set(allowed) & set(sent):
            return f"{name} must be {' or '.join(allowed)}, not {sent[0] if sent else 'null'}"
    return None


def _types(kind: object) -> tuple[str, ...]:
    if isinstance(kind, list):
        return ("array",)
    return ("object",) if isinstance(kind, dict) else KINDS.get(str(kind), ())
