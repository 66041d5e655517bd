"""`hetk user`: names and roles in, people who may see the console, and their one-time links, out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

from collector.datadir import DataDir
from warehouse.options import data_option, json_option
from warehouse.people.log import SHELL, By
from warehouse.people.roles import ROLES, SAID, Role
from warehouse.people.users import LINK_MS

BY = By("", SHELL)
HOURS = LINK_MS // 3_600_000
url_option = click.option(
    "--url",
    default="http://127.0.0.1:8081",
    show_default=True,
    metavar="URL",
    help="The private port as this person's browser reaches it.",
)
role_type = click.Choice(ROLES)


@click.group()
def user() -> None:
    """Who may see the console: add and remove people, change roles, make one-time links.

    \b
    viewer    figures, without the ids of visitors
    analyst   every figure, every visit, SQL
    admin     everything, and the say who else may see it

    Nobody has a default password: who is new, or has forgotten, opens a link and chooses one. Works beside a
    running server; what changes holds at once.

    \b
    Examples:
      hetk user add "Mari Maasikas" --role analyst
      hetk user link "Mari Maasikas"
      hetk user list
    """


@user.command("add")
@click.argument("name")
@click.option("--role", type=role_type, default="viewer", show_default=True, help="What they may.")
@url_option
@data_option
def add(name: str, role: Role, url: str, data: DataDir) -> None:
    """Add a person and print the link by which they choose a password. It works once, for 48 hours.

    \b
    Examples:
      hetk user add ana --role admin
      hetk user add "Rahul Dey" --role analyst --url https://console.example
    """
    from warehouse.people import users

    click.echo(address(url, users.add(_people(data), name, role, BY)))
    click.echo(f"{role}: {SAID[role]}; the link works once, for {HOURS} hours", err=True)


@user.command("link")
@click.argument("name", required=False)
@url_option
@data_option
def link(name: str | None, url: str, data: DataDir) -> None:
    """Print a new link for NAME to choose another password; without NAME, for the first admin to begin.

    The link before is void. The old password holds until the new link is used.

    \b
    Examples:
      hetk user link
      hetk user link ana --url https://console.example
    """
    from warehouse.people import users

    people = _people(data)
    if name is None:
        secret = users.first_link(people, BY)
        if secret is None:
            raise click.UsageError(
                "there is an admin already. For whom is the link? hetk user list names all"
            )
    else:
        secret = users.link(people, name, BY)
    click.echo(address(url, secret))


@user.command("list")
@data_option
@json_option
def list_(data: DataDir, as_json: bool) -> None:
    """List who may see the console, with roles and when they were last there.

    \b
    Examples:
      hetk user list
      hetk user list --json | jq -r '.[] | select(.role == "admin").name'
    """
    from warehouse.people import users

    everybody = users.everybody(_people(data))
    if as_json:
        click.echo(json.dumps(everybody, indent=2, ensure_ascii=False))
        return
    if not everybody:
        click.echo("nobody yet; begin: hetk user link", err=True)
    for one in everybody:
        click.echo(f"{one['role']:<8} {_state(one):<30} {one['name']}")


@user.command("role")
@click.argument("name")
@click.argument("role", type=role_type)
@data_option
def role(name: str, role: Role, data: DataDir) -> None:
    """Give NAME another role: viewer, analyst or admin.

    \b
    Examples:
      hetk user role ana viewer
    """
    from warehouse.people import users

    users.set_role(_people(data), name, role, BY)
    click.echo(f"{role}: {SAID[role]}", err=True)


@user.command("remove")
@click.argument("name")
@data_option
def remove(name: str, data: DataDir) -> None:
    """Remove NAME with their sessions and tokens: they are out at once.

    \b
    Examples:
      hetk user remove ana
    """
    from warehouse.people import users

    users.remove(_people(data), name, BY)


def address(url: str, secret: str) -> str:
    """The link: what stands behind # is sent to no server and stands in no log of one."""
    return f"{url.rstrip('/')}/console/setup#{secret}"


def _people(data: DataDir) -> Any:
    from warehouse.people.store import People

    return People(data)


def _state(one: dict[str, Any]) -> str:
    if one["seen_ms"]:
        return f"last seen {datetime.fromtimestamp(one['seen_ms'] / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    return "has not signed in yet" if one["active"] or one["link_ms"] else "the link is too old"
