"""Answers in; the same answers without what tells a visitor apart, for viewers, out."""

from __future__ import annotations

from typing import Any

from warehouse.people.entry import Who
from warehouse.people.roles import may

# Columns of answers that hold the id of a visitor or user, or of what belongs to one for long.
COLUMNS = frozenset(
    {"visitor_id", "visitor", "user_id", "user", "cart_id", "client_session_id", "into_user", "person"}
)
PARAMS = frozenset({"visitor", "user"})


def sees_visitors(who: Who) -> bool:
    """Viewers do not."""
    return may(who.role, "analyst")


def table(answer: dict[str, Any]) -> dict[str, Any]:
    """{columns, rows}: ids become null, `hidden` names their columns."""
    places = {at for at, name in enumerate(answer["columns"]) if name in COLUMNS}
    rows = [[None if at in places else value for at, value in enumerate(row)] for row in answer["rows"]]
    return answer | {"rows": rows, "hidden": [answer["columns"][at] for at in sorted(places)]}


def stories(answer: dict[str, Any], wanted: str) -> dict[str, Any]:
    """The visit that was asked for by its own id, without the visitor's."""
    told = [one | {"visitor_id": None} for one in answer["stories"] if one["session_id"] == wanted.lower()]
    return answer | {"stories": told}
