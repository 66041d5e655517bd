"""An open lake in; which stored tables, columns and rejected events name people out."""

from __future__ import annotations

import duckdb

from warehouse.privacy.person import Person

ID_COLUMNS = {"visitor_id": "visitor", "user_id": "user", "other_user_id": "user"}  # column -> kind
# By the catalog: information_schema plans every view to tell its columns, half a second where one has changed.
TABLES = """
SELECT t.table_name, list(c.column_name) FILTER (c.column_name IN (SELECT unnest($1))) AS people
FROM __ducklake_metadata_lake.ducklake_table AS t JOIN __ducklake_metadata_lake.ducklake_column AS c USING (table_id)
WHERE t.end_snapshot IS NULL AND c.end_snapshot IS NULL
GROUP BY t.table_name HAVING len(people) > 0 AND bool_or(c.column_name = 'site_id') ORDER BY t.table_name
"""
# The cheap test first: an id may be spelled with escapes.
REJECTED = """
SELECT rowid, raw, detail, context FROM {source}
WHERE site_id IN ($1, '') AND (contains(concat_ws(' ', raw, detail, context), '\\')
  OR EXISTS (FROM unnest($2) AS one(name) WHERE contains(concat_ws(' ', raw, detail, context), name)))
"""


def tables_of_people(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Stored tables with a site and a visitor or user, and which columns hold their ids."""
    rows = con.execute(TABLES, [list(ID_COLUMNS)]).fetchall()
    return {str(table): list(columns) for table, columns in rows}


def rejected_rows(
    con: duckdb.DuckDBPyConnection, person: Person, source: str = "events_rejected"
) -> list[int]:
    """Row ids of rejected events whose texts name the person; site '' is what could not be read at all."""
    rows = con.execute(REJECTED.format(source=source), [person.site, list(person.names)]).fetchall()
    return [
        row_id for row_id, *texts in rows if any(person.is_named_in((one or "").encode()) for one in texts)
    ]
