"""The lake, a day and how many days each site keeps each group of columns in; what stood there longer gone out.

The events stay, with these columns empty; the days they lie on are open again, so that nothing worked out of
them keeps what they said. An old value that comes late, or again from an archived journal, goes the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import duckdb

from collector.config import ColumnGroup, Retention
from warehouse.models import days, runner
from warehouse.privacy.people import ID_COLUMNS, tables_of_people
from warehouse.privacy.retention import TIMES, limits, rewrite
from warehouse.store import transaction

# An id for one day: the visitor's first event of that day. Nothing links two days, and a day keeps its visits.
DAY_ID = "day"
BOUND = f"visitor_id IS NOT NULL AND coalesce(id_mode, '') NOT IN ('cookieless', '{DAY_ID}')"
FIRST = """
CREATE OR REPLACE TEMP TABLE first_of_day AS
SELECT visitor_id, 'day-' || min(event_id) AS day_id FROM lake.events WHERE site_id = $1 AND {day} AND {bound} GROUP BY ALL
"""


@dataclass(frozen=True)
class Group:
    """Columns that are emptied together, and the props that fill them: a misfit keeps its props."""

    columns: tuple[str, ...]
    props: tuple[str, ...] = ()

    @property
    def held(self) -> str:
        """The condition that a row still has something of the group."""
        parts = [f"{name} IS NOT NULL" for name in self.columns]
        parts += [f"json_exists(props, '$.{name}')" for name in self.props]
        return " OR ".join(parts)


GROUPS: dict[ColumnGroup, Group] = {
    "place": Group(
        ("country", "region", "city", "geohash5", "geo_source"), ("country", "region", "city", "geo")
    ),
    "search": Group(
        ("search_query", "search_norm", "page_title", "url_query"), ("query", "search_term")
    ),
    "referrer": Group(
        ("referrer_domain", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
         "click_id_type", "url_query"),
    ),
    "device": Group(("os", "browser", "locale", "timezone")),
    "identity": Group(("user_id", "client_session_id")),
    "props": Group(("props",)),
}  # fmt: skip


def keep_columns(con: duckdb.DuckDBPyConnection, kept: Retention, today: date) -> bool:
    """Empties one day of one site, oldest first: one transaction, and another that rewrites its files. False
    when no day is left; then what was stored of the opened days leaves their files too.
    """
    firsts = {name: limits(con, kept.groups[name], today) for name in kept.groups}
    sites = sorted({site for each in firsts.values() for site in each})
    for site in sites:
        if _empty_day(con, site, {name: each[site] for name, each in firsts.items() if site in each}):
            return True
    for site in sites:
        _empty_others(con, site, {name: each[site] for name, each in firsts.items() if site in each})
    if sites:
        rewrite(con, ["events_rejected", *tables_of_people(con)])
    return False


def _empty_day(con: duckdb.DuckDBPyConnection, site: str, firsts: dict[ColumnGroup, date]) -> bool:
    old = " OR ".join(f"(ts < DATE '{first}' AND ({_held(name)}))" for name, first in firsts.items())
    row = con.execute(
        f"SELECT min(ts)::DATE FROM events WHERE site_id = $1 AND ts < DATE '{max(firsts.values())}' AND ({old})",
        [site],
    ).fetchone()
    day = row[0] if row else None
    if day is None:
        return False
    names = [name for name, first in firsts.items() if day < first]
    of_day = days.within([(day, day + days.ONE)])
    with transaction(con):
        runner.reopen(con, [day])
        con.execute(FIRST.format(day=of_day, bound=BOUND), [site])
        held = " OR ".join(_held(name) for name in names)
        con.execute(
            f"UPDATE events SET {_emptied(names)} WHERE site_id = $1 AND {of_day} AND ({held})", [site]
        )
        con.execute("DROP TABLE temp.first_of_day")
    rewrite(con, ["events"])
    return True


def _held(name: ColumnGroup) -> str:
    return f"{GROUPS[name].held} OR ({BOUND})" if name == "identity" else GROUPS[name].held


def _emptied(names: Iterable[ColumnGroup]) -> str:
    columns = {column: "NULL" for name in names for column in GROUPS[name].columns}
    props = {prop: None for name in names for prop in GROUPS[name].props}
    if props and "props" not in columns:
        columns["props"] = f"json_merge_patch(props, '{json.dumps(props)}')"
    if "identity" in names:
        mine = "(SELECT day_id FROM temp.first_of_day AS f WHERE f.visitor_id = events.visitor_id)"
        columns |= {
            "visitor_id": f"CASE WHEN {BOUND} THEN {mine} ELSE visitor_id END",
            "id_mode": f"CASE WHEN {BOUND} THEN '{DAY_ID}' ELSE id_mode END",
        }
    return ", ".join(f"{column} = {value}" for column, value in columns.items())


def _empty_others(con: duckdb.DuckDBPyConnection, site: str, firsts: dict[ColumnGroup, date]) -> None:
    """Texts of rejected events may say anything: they go with the first group. Decisions and messages name
    people, as events do.
    """
    with transaction(con):
        con.execute(
            "UPDATE events_rejected SET detail = NULL, raw = NULL, context = NULL WHERE site_id = $1 "
            f"AND ts_received < DATE '{max(firsts.values())}' AND coalesce(detail, raw, context) IS NOT NULL",
            [site],
        )
        for table, ids in tables_of_people(con).items() if "identity" in firsts else ():
            if table in TIMES and table != "events":
                names = [name for name in ids if name in ID_COLUMNS]
                emptied = ", ".join(f"{name} = NULL" for name in names)
                con.execute(
                    f"UPDATE {table} SET {emptied} WHERE site_id = $1 AND {TIMES[table]} < "
                    f"DATE '{firsts['identity']}' AND coalesce({', '.join(names)}) IS NOT NULL",
                    [site],
                )
