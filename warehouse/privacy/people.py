"""An open lake in; which stored tables name people, and in which columns, out."""

from __future__ import annotations

import duckdb


def tables_of_people(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Stored tables with a site and a visitor or user, and which columns hold their ids."""
    rows = con.execute(
        "SELECT table_name, list(column_name) FILTER "
        "(column_name IN ('visitor_id', 'user_id', 'other_user_id')) AS people "
        "FROM information_schema.columns JOIN information_schema.tables USING (table_catalog, table_name) "
        "WHERE table_catalog = current_database() AND table_type = 'BASE TABLE' "
        "GROUP BY table_name HAVING len(people) > 0 AND bool_or(column_name = 'site_id') ORDER BY table_name"
    ).fetchall()
    return {str(table): list(columns) for table, columns in rows}
