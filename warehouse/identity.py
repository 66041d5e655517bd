"""`hetk identity`: who is who. Two ids in, a rule in `identity_rules` out; every view follows at once.

Rules are only added and the last one about a pair wins, so each can be taken back. No event is rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option, json_option

if TYPE_CHECKING:
    import duckdb

Rule = Literal["merge", "split", "unmerge"]
COLUMNS = ("visitor_id", "user_id", "rule", "other_user_id", "made_at", "reason")
PAIR = (
    "site_id = $site AND ((visitor_id = $visitor AND user_id = $user) OR (visitor_id IS NULL AND "
    "least(user_id, other_user_id) = least($user, $other) AND "
    "greatest(user_id, other_user_id) = greatest($user, $other)))"
)


@click.group()
def identity() -> None:
    """Who is who: a signed-in event is that user's. A visitor id seen with one user is that user's also when
    signed out; seen with two or more it is shared, and nobody's when signed out. Only a rule joins two users.

    \b
    Examples:
      hetk identity show --site shop --visitor 5f0c2b
      hetk identity merge --site shop --user 1042 --into 77
      hetk identity split --site shop --visitor 5f0c2b --user 77
      hetk identity unmerge --site shop --user 1042 --from 77
    """


def _pair_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--reason", help="Why; kept beside the rule."),
        click.option("--into", "--from", "other", metavar="ID", help="The other user."),
        click.option("--user", required=True, metavar="ID", help="A user id."),
        click.option("--visitor", metavar="ID", help="A visitor id, instead of a second user."),
        click.option("--site", required=True, help="The site they visited."),
        data_option,
    ):
        command = option(command)
    return command


@identity.command()
@_pair_options
def merge(
    data: DataDir, site: str, visitor: str | None, user: str, other: str | None, reason: str | None
) -> None:
    """Make one person of two users (the second id stands for both), or a signed-out visitor a user's.

    \b
    Examples:
      hetk identity merge --site shop --user 1042 --into 77 --reason "same e-mail"
      hetk identity merge --site shop --visitor 5f0c2b --user 77
    """
    _add(data, "merge", site, visitor, user, other, reason)


@identity.command()
@_pair_options
def split(
    data: DataDir, site: str, visitor: str | None, user: str, other: str | None, reason: str | None
) -> None:
    """Part a visitor from a user it was seen with: signed out it is not that user's. Or part two users.

    \b
    Examples:
      hetk identity split --site shop --visitor 5f0c2b --user 77
      hetk identity split --site shop --user 1042 --from 77
    """
    _add(data, "split", site, visitor, user, other, reason)


@identity.command()
@_pair_options
def unmerge(
    data: DataDir, site: str, visitor: str | None, user: str, other: str | None, reason: str | None
) -> None:
    """Take the last rule about a pair back: what the events say holds again.

    \b
    Examples:
      hetk identity unmerge --site shop --user 1042 --from 77
      hetk identity unmerge --site shop --visitor 5f0c2b --user 77
    """
    _add(data, "unmerge", site, visitor, user, other, reason)


@identity.command()
@data_option
@json_option
@click.option("--site", required=True, help="The site they visited.")
@click.option("--visitor", metavar="ID", help="A visitor id.")
@click.option("--user", metavar="ID", help="A user id.")
def show(data: DataDir, as_json: bool, site: str, visitor: str | None, user: str | None) -> None:
    """Print whom an id stands for and why, its sessions, and every rule that names it.

    \b
    Examples:
      hetk identity show --site shop --user 77
      hetk identity show --site shop --visitor 5f0c2b --json
    """
    if (visitor is None) == (user is None):
        raise click.UsageError("which id? add one of --visitor and --user")
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        _known(con, site, visitor, user)
        found = _told(con, site, visitor, user)
    finally:
        con.close()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    for one in found["stands_for"]:
        click.echo("{visitor_id} -> {person_id}  {person_why}, {sessions} sessions".format_map(one))
    for one in found["rules"]:
        ids = f"{one['visitor_id'] or one['other_user_id']} and {one['user_id']}"
        click.echo(
            f"{one['made_at']:%Y-%m-%d %H:%M:%S}  {one['rule']}  {ids}  {one['reason'] or ''}".rstrip()
        )


def _told(
    con: duckdb.DuckDBPyConnection, site: str, visitor: str | None, user: str | None
) -> dict[str, list[dict[str, Any]]]:
    of_id = "visitor_id = $id" if visitor is not None else "(user_id = $id OR person_id = $id)"
    stands = (
        "SELECT visitor_id, person_id, person_why, count(*) AS sessions FROM sessions "
        f"WHERE site_id = $site AND {of_id} GROUP BY ALL ORDER BY ALL"
    )
    of_rule = "visitor_id = $id" if visitor is not None else "$id IN (user_id, other_user_id)"
    columns = ", ".join(COLUMNS)
    rules = f"SELECT {columns} FROM identity_rules WHERE site_id = $site AND {of_rule} ORDER BY made_at"
    values = {"site": site, "id": visitor if visitor is not None else user}
    return {"stands_for": _rows(con, stands, values), "rules": _rows(con, rules, values)}


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    found = con.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _add(
    data: DataDir,
    rule: Rule,
    site: str,
    visitor: str | None,
    user: str,
    other: str | None,
    reason: str | None,
) -> None:
    if (visitor is None) == (other is None):
        raise click.UsageError(f"{rule} what with {user}? add one of --visitor ID and --into (--from) ID")
    if user == other:
        raise click.UsageError(f"{user} is one user already")
    from warehouse.models import runner
    from warehouse.writing import writable_lake

    with writable_lake(data) as con:
        runner.build(con)
        for one in ((visitor, None), (None, user), (None, other)):
            _known(con, site, *one)
        last = con.execute(
            f"SELECT rule FROM identity_rules WHERE {PAIR} ORDER BY made_at DESC LIMIT 1",
            {"site": site, "visitor": visitor, "user": user, "other": other},
        ).fetchone()
        if rule == "unmerge" and (last is None or last[0] == "unmerge"):
            raise ClickException(
                f"no rule joins or parts these two. See: hetk identity show --site {site} --user {user}"
            )
        con.execute(
            "INSERT INTO identity_rules VALUES ($1, $2, $3, $4, $5, now()::TIMESTAMP, $6)",
            [site, visitor, user, rule, other, reason],
        )
    click.echo(f"{rule}: {visitor or other} and {user}. Take it back with: hetk identity unmerge")


def _known(con: duckdb.DuckDBPyConnection, site: str, visitor: str | None, user: str | None) -> None:
    """Raises ClickException when no event of the site has the id; None is no id."""
    for column, name in (("visitor_id", visitor), ("user_id", user)):
        query = f"SELECT 1 FROM events WHERE site_id = $1 AND {column} = $2 LIMIT 1"
        if name is not None and con.execute(query, [site, name]).fetchone() is None:
            what = column.removesuffix("_id")
            raise ClickException(
                f"no event of the site {site!r} has the {what} id {name!r}: check --site and the id"
            )
