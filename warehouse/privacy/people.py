"""An open lake in; which stored tables, columns and rejected events name people out."""

from __future__ import annotations

import duckdb

from warehouse.privacy.person import Person

ID_COLUMNS = {"visitor_id": "visitor", "user_id": "user", "other_user_id": "user"}  # column -> kind
# The cheap test first: an id may be spelled with escapes.
REJECTED = """
SELECT rowid, raw, detail, context FROM {source}
WHERE site_id IN ($1, '') AND (contains(concat_ws(' ', raw, detail, context), '\\')
  OR EXISTS (FROM unnest($2) AS one(name) WHERE contains(concat_ws(' ', raw, detail, context), name)))
"""


def tables_of_people(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Stored tables with a site and a visitor or user, and which columns hold their ids."""
    rows = con.execute(
        "SELECT table_name, list(column_name) FILTER "
        "(column_name IN (SELECT unnest($1))) AS people "
        "FROM information_schema.columns JOIN information_schema.tables USING (table_catalog, table_name) "
        "WHERE table_catalog = current_database() AND table_type = 'BASE TABLE' "
        "GROUP BY table_name HAVING len(people) > 0 AND bool_or(column_name = 'site_id') ORDER BY table_name",
        [list(ID_COLUMNS)],
    ).fetchall()
    return {str(table): list(columns) for table, columns in rows}


def rejected_rows(
    con: duckdb.DuckDBPyConnection, person: Person, source: str = "events_rejected"
) -> list[int]:
    """Row ids of rejected events whose texts name the person; site '' is what could not be read at all."""
    rows = con.execute(REJECTED.format(source=source), [person.site, list(person.names)]).fetchall()
    return [
        row_id for row_id, *texts in rows if any(person.is_named_in((one or "").encode()) for one in texts)
    ]
