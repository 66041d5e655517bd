"""Models, tables and questions in, docs/data-model.md out (python -m warehouse.models.book FILE)."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from warehouse.models.lab import lab
from warehouse.models.model import load_models
from warehouse.queries import questions

INTRO = """# Data model

Everything an analyst reads: `hetk sql "..."`, `hetk ask NAME`, `hetk describe NAME`, any DuckDB with the
lake or a snapshot. All times are UTC. Money is DECIMAL in the row's own currency; amounts of different
currencies are never added. The same words stand in the lake: `FROM docs`, and as comments on tables and
views.

![what reads what](models.svg)

How a day closes: 48 hours after a UTC day has ended its rows of the `days` models are written for good,
and the view joins what is written with what is computed from the events of open days. A late, replayed
or erased row opens its day again, and the days whose sessions it may change. A session belongs to the day
it began on, however long it is: its runs of events inside a day (`session_parts`) are joined in `visits`, so
midnight cuts no session and a day can be written again by itself.

A session ends half an hour after the visitor's last event. Where `[sessions] cut_by_campaign` of hetk.toml
says so, it also ends where an event names another campaign (utm_source, utm_medium, utm_campaign, kind of
click id) than the last that was named in it; sessions, moments, channels and attribution all follow. Moments
on the page do not: there a visit ends by time alone.

Who is who, in four sentences: an event or session with a user id is that user's. A visitor seen with
exactly one user is that user's also when signed out. A visitor seen with two or more is shared: its
signed-out sessions belong to nobody (`v:` and the visitor id). Only an explicit rule joins two users
(`hetk identity`, kept in `identity_rules`; the last one about a pair wins). `person_id` and `person_why`
everywhere follow at once; no event is rewritten.
"""


def book() -> str:
    """Markdown: the questions, then each table, view and macro with its columns."""
    con = lab()
    folder = {m.name: m.folder for m in load_models()}
    rows = con.execute(
        "SELECT name, kind, grain, column_name, type, doc FROM docs ORDER BY name, position"
    ).fetchall()
    con.close()
    lines = [INTRO, "## Questions", "", "| hetk ask | question |", "|---|---|"]
    lines += [f"| {q.name} | {q.words} |" for q in questions().values()]
    for kinds, title in (
        (("table",), "Facts"),
        (("view", "days", "part"), "Views"),
        (("macro",), "Table macros"),
        (("scalar",), "Macros of one value"),
    ):
        lines += ["", f"## {title}"]
        for name, group in groupby((r for r in rows if r[1] in kinds), key=lambda r: r[0]):
            columns = list(group)
            place = f" ({folder[name]})" if name in folder else ""
            lines += [
                "",
                f"### {name}{place}",
                f"{columns[0][2].capitalize()}.",
                "",
                "| column | type | what |",
            ]
            lines += ["|---|---|---|"]
            lines += [f"| {column} | {_short(kind)} | {doc} |" for _, _, _, column, kind, doc in columns]
    return "\n".join(lines) + "\n"


def _short(kind: str) -> str:
    return "STRUCT[]" if kind.startswith("STRUCT") else kind


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(book(), encoding="utf-8")
