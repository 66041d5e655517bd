"""`hetk export-person`: a visitor or user in; everything kept about that person out, to read or take along.

The strict rule: a user's rows are those that were signed in as that user. What somebody did on the same
device without signing in may be another person's, and is not handed out.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option
from warehouse.privacy.people import tables_of_people
from warehouse.private import write_private

if TYPE_CHECKING:
    import duckdb

    from warehouse.privacy.forget import Kind

FORMATS = ("json", "csv", "text")
TIMES = ("ts", "started_at", "changed_at", "decided_at", "ts_received")
LATER = {"sessions": "visit", "moments": "moment", "orders": "order"}  # views, beside the stored tables
HEAD = "What is kept about {kind} {name} on the site {site}, as of {at:%Y-%m-%d %H:%M} UTC\n"


@click.command("export-person")
@data_option
@click.option("--site", required=True, help="The site the person visited.")
@click.option("--visitor", metavar="ID", help="A visitor id (events.visitor_id).")
@click.option(
    "--user", metavar="ID", help="A user id (events.user_id): what was done signed in as this user."
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="json", show_default=True,
    help="One JSON object; a folder of CSV files; or lines for people.",
)  # fmt: skip
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to (csv: a folder).",
)
def export_person(
    data: DataDir, site: str, visitor: str | None, user: str | None, form: str, target: Path | None
) -> None:
    """Hand out everything that is kept about a visitor or user: events, visits, moments, orders, consent.

    \b
    Examples:
      hetk export-person --site shop --visitor 5f0c2b --format text
      hetk export-person --site shop --user 1042 -o person.json
      hetk export-person --site shop --user 1042 --format csv -o person
    """
    if (visitor is None) == (user is None):
        raise click.UsageError("name one person: --visitor ID or --user ID")
    if form == "csv" and target is None:
        raise click.UsageError("csv is a file per table: add -o FOLDER")
    from warehouse.store import open_lake

    kind: Kind = "visitor" if visitor is not None else "user"
    name = visitor if visitor is not None else user or ""
    con = open_lake(data, read_only=True)
    try:
        found = _found(con, site, kind, name)
        if not found:
            raise ClickException(
                f"nothing is kept about {kind} {name!r} on the site {site!r}: check --site and the id"
            )
        if form == "csv" and target is not None:
            _write_csv(con, found, site, name, target)
            return
        text = written(con, site, kind, name, form)
    finally:
        con.close()
    if target is None:
        click.echo(text, nl=False)
    else:
        write_private(target, text.encode())


def written(con: duckdb.DuckDBPyConnection, site: str, kind: Kind, name: str, form: str) -> str:
    """Everything kept about a person as `json` or `text`; empty when nothing is."""
    found = _found(con, site, kind, name)
    if not found:
        return ""
    rows = {table: _rows(con, query, site, name) for table, query in found.items()}
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2, default=str) + "\n"
    row = con.execute("SELECT CAST(now() AS TIMESTAMP)").fetchone()
    return HEAD.format(kind=kind, name=name, site=site, at=row[0] if row else None) + readable(rows)


def _found(con: duckdb.DuckDBPyConnection, site: str, kind: Kind, name: str) -> dict[str, str]:
    """The tables that have something of the person, each with the query for it."""
    return {table: query for table, query in _queries(con, kind) if _any(con, query, site, name)}


def _queries(con: duckdb.DuckDBPyConnection, kind: Kind) -> list[tuple[str, str]]:
    """(table, its rows of a person); $1 is the site, $2 the id. Stored results of days are in the views."""
    out = []
    stored = [name for name in tables_of_people(con) if not name.endswith("_closed")]
    for table in [*stored, *LATER]:
        columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
        if f"{kind}_id" in columns:
            order = next((f" ORDER BY {time}" for time in TIMES if time in columns), "")
            out.append((table, f"SELECT * FROM {table} WHERE site_id = $1 AND {kind}_id = $2{order}"))
    return out


def _any(con: duckdb.DuckDBPyConnection, query: str, site: str, name: str) -> bool:
    return con.execute(f"SELECT 1 FROM ({query}) LIMIT 1", [site, name]).fetchone() is not None


def _rows(con: duckdb.DuckDBPyConnection, query: str, site: str, name: str) -> list[dict[str, Any]]:
    """What is empty is left out; props are JSON again."""
    found = con.execute(query, [site, name])
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return [
        {k: json.loads(v) if k == "props" and v else v for k, v in row.items() if v is not None}
        for row in rows
    ]


def _write_csv(
    con: duckdb.DuckDBPyConnection, queries: dict[str, str], site: str, name: str, target: Path
) -> None:
    from warehouse.export import write

    if target.exists():
        raise ClickException(f"{target} exists. Name a folder that is not there yet.")
    scratch = Path(tempfile.mkdtemp(prefix=".hetk-", dir=target.parent))  # 0700
    try:
        for table, query in queries.items():
            write(con, query, scratch / f"{table}.csv", "csv", [site, name])
        scratch.rename(target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    click.echo(f"{target}: {', '.join(f'{table}.csv' for table in queries)}")


def readable(rows: dict[str, list[dict[str, Any]]]) -> str:
    """One block per table, one paragraph per row; what is empty is not mentioned."""
    blocks = []
    for table, found in rows.items():
        blocks.append(f"\n{table.replace('_', ' ').upper()} ({len(found)})")
        blocks += [
            "\n".join(f"  {name.replace('_', ' ')}: {value}" for name, value in row.items()) + "\n"
            for row in found
        ]
    return "\n".join(blocks)
