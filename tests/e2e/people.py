"""A running server in; somebody who is signed in to its console out, by the way that people take: a link."""

from __future__ import annotations

import json
import urllib.request

from collector.datadir import DataDir
from tests.e2e.server import Server
from warehouse.people import users
from warehouse.people.log import SHELL, By
from warehouse.people.roles import Role
from warehouse.people.store import People

PASSWORD = "seven quiet otters"


def sign_in(server: Server, role: Role = "admin", name: str = "") -> str:
    """`name=value` of a session's cookie; a person of each name is made once."""
    people = People(DataDir(server.data))
    if users.is_new(people):
        open_link(server, printed_link(server), "admin")
    name = name or role
    if users.password_of(people, name) is None:
        return open_link(server, users.add(people, name, role, By("", SHELL)))
    return _cookie(server, "login", {"name": name, "password": PASSWORD})


def printed_link(server: Server) -> str:
    """The one that `hetk serve` prints behind `ready`."""
    while "/console/setup#" not in (line := server.lines.get(timeout=30)):
        pass
    return line.partition("#")[2].strip()


def open_link(server: Server, link: str, name: str = "") -> str:
    """Chooses PASSWORD, and for a first admin the name."""
    return _cookie(server, "setup", {"link": link, "name": name, "password": PASSWORD})


def _cookie(server: Server, door: str, body: dict[str, str]) -> str:
    request = urllib.request.Request(
        f"{server.private_url}/console/api/{door}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.headers["Set-Cookie"]).partition(";")[0]
