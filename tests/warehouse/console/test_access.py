"""Who may what: every door is in the table; nobody, tokens and lesser roles are refused; sessions and their cookies."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from http.cookies import Morsel
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from collector.datadir import DataDir
from tests.e2e.people import PASSWORD
from warehouse.console import tries
from warehouse.console.access import ADMIN, MYSELF, OPEN, TABLE, Door, check
from warehouse.console.app import add_console
from warehouse.console.replies import Failed
from warehouse.people import entry, log, passwords, users
from warehouse.people.entry import Who
from warehouse.people.log import By
from warehouse.people.roles import ROLES, Role, may
from warehouse.people.store import People, digest

BY = By("", log.SHELL)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real ones are slow on purpose; tests/warehouse/people has them."""
    monkeypatch.setattr(
        passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)
    )


class World:
    """A console in this process; `ask` keeps cookies, as a browser does."""

    def __init__(self, client: TestClient[Any, Any], people: People) -> None:
        self.client, self.people = client, people

    async def ask(self, path: str, body: object = None, **headers: str) -> ClientResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        method = "GET" if body is None else "POST"
        return await self.client.request(method, f"/console/{path}", json=body, headers=sent)

    async def person(self, name: str, role: Role) -> ClientResponse:
        """Made by a link, and signed in."""
        link = users.first_link(self.people, BY) or users.add(self.people, name, role, BY)
        return await self.ask("api/setup", {"link": link, "name": name, "password": PASSWORD})

    async def error(self, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        answer = await self.ask(path, body, **headers)
        return answer.status, (await answer.json())["error"]


def run(
    path: Path, act: Callable[[World], Awaitable[None]], host: str = "127.0.0.1", *, demo: bool = False
) -> None:
    async def go() -> None:
        data = DataDir(path / "data")
        data.create()
        app = web.Application()
        add_console(app, data, host, demo=demo)
        async with TestClient(TestServer(app)) as client:
            await act(World(client, People(data)))

    asyncio.run(go())


def routes(path: Path) -> set[str]:
    app = web.Application()
    add_console(app, DataDir(path), "127.0.0.1")
    found = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    inner = [resource for resource in app.router.resources() if hasattr(resource, "_app")]
    for resource in inner:
        found |= {
            (one.method, one.resource.canonical) for one in resource._app.router.routes() if one.resource
        }
    return {
        f"{method} {where}" for method, where in found if method != "HEAD" and where.startswith("/console/")
    }


def test_every_door_is_in_the_table(tmp_path: Path) -> None:
    assert routes(tmp_path) == set(TABLE)
    assert len(TABLE) > 25


@pytest.mark.parametrize("name", TABLE)
def test_a_door_opens_for_its_role_and_those_above(name: str) -> None:
    door = TABLE[name]

    def opens(who: Who | None) -> bool:
        try:
            check(door, who)
        except Failed as error:
            assert error.status == (401 if who is None else 403)
            return False
        return True

    assert opens(None) == (door is OPEN)
    for role in ROLES:
        enough = door.least is None or may(role, door.least)
        assert opens(Who(1, "x", role, "session")) == enough
        assert opens(Who(1, "x", role, "token")) == (enough and door.tokens)
    assert opens(Who(0, "", "analyst", "demo")) == (door.tokens and door is not ADMIN)


def test_what_each_role_may() -> None:
    """The rule in words: a change of it shows here."""
    only = {
        least: {name.rpartition("/")[2] for name, door in TABLE.items() if door == least}
        for least in set(TABLE.values())
    }
    assert only[OPEN] == {"{page}", "{name}", "start", "login", "link", "setup"}
    assert only[Door("analyst")] == {"schema", "sql", "saved", "visitor", "campaigns"}
    assert {name for name, door in TABLE.items() if door.least == "admin"} == {
        name for name in TABLE if re.search(r"/people|/log$|/visitor/|/campaigns/", name)
    }
    assert all(not door.tokens for door in (ADMIN, MYSELF))


def test_nobody_and_lesser_roles_are_refused_at_the_door(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        shut = [name.split() for name, door in TABLE.items() if door is not OPEN]
        for method, path in shut:
            where = path.removeprefix("/console/").replace("{name}", "channels")
            status, words = await world.error(where, {} if method == "POST" else None)
            assert (path, status) == (path, 401)
            assert "sign in" in words
        await world.person("ana", "admin")
        await world.person("vera", "viewer")
        for name, door in TABLE.items():
            if door.least in {"analyst", "admin"}:
                method, path = name.split()
                where = path.removeprefix("/console/")
                status, words = await world.error(where, {} if method == "POST" else None)
                assert (path, status) == (path, 403)
                assert str(door.least) in words
        assert (await world.ask("api/nothing")).status == 404

    run(tmp_path, look)


def test_the_cookie_is_out_of_reach(tmp_path: Path) -> None:
    def flags(answer: ClientResponse, name: str) -> dict[str, object]:
        morsel: Morsel[str] = answer.cookies[name]
        assert len(morsel.value) > 40
        return {key: morsel[key] for key in ("httponly", "samesite", "secure", "path", "domain")}

    async def look(world: World) -> None:
        plain = await world.person("ana", "admin")
        assert flags(plain, f"hetk-{world.client.port}") == {
            "httponly": True, "samesite": "Strict", "secure": "", "path": "/console/", "domain": "",
        }  # fmt: skip
        tls = await world.ask(
            "api/login", {"name": "ana", "password": PASSWORD}, X_Forwarded_Proto="https",
            Origin=f"https://{world.client.host}:{world.client.port}",
        )  # fmt: skip
        assert flags(tls, "__Host-hetk") == {
            "httponly": True, "samesite": "Strict", "secure": True, "path": "/", "domain": "",
        }  # fmt: skip
        assert plain.headers["Cache-Control"] == "no-store"

    run(tmp_path, look)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
    ids=str,
)
def test_another_site_sends_nothing_in_ones_name(tmp_path: Path, headers: dict[str, str]) -> None:
    """With the cookie, as if SameSite did not exist."""

    async def look(world: World) -> None:
        await world.person("ana", "admin")
        answer = await world.ask("api/people", {"name": "eve", "role": "admin"}, **headers)
        assert answer.status == (415 if "Content_Type" in headers else 403)
        assert [one["name"] for one in users.everybody(world.people)] == ["ana"]
        own = str(world.client.make_url("/")).rstrip("/")
        answer = await world.ask("api/people", {"name": "ben", "role": "viewer"}, Origin=own)
        assert answer.status == 200

    run(tmp_path, look)


def test_signing_in_tells_nobody_who_there_is(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        await world.person("ana", "admin")
        users.add(world.people, "invited", "viewer", BY)
        wrong = [
            await world.error("api/login", {"name": name, "password": "not the password"})
            for name in ("ana", "nobody", "invited", "")
        ]
        assert len(set(wrong)) == 1
        assert wrong[0][0] == 401
        refused = [line["who"] for line in log.newest(world.people, None, 4)]
        assert sorted(refused) == ["", "", "ana", "invited"]  # what is no name may be a password typed there

    run(tmp_path, look)


def test_guessing_is_slow(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        await world.person("ana", "admin")
        guess = {"name": "ANA", "password": "not the password"}
        answers = await asyncio.gather(*(world.ask("api/login", guess) for _ in range(tries.PAIR_MAX + 3)))
        assert sorted(one.status for one in answers) == [401] * tries.PAIR_MAX + [429] * 3
        late = await world.ask("api/login", {"name": "ana", "password": PASSWORD})
        assert late.status == 429
        assert 0 < int(late.headers["Retry-After"]) <= tries.SPAN_S
        # Elsewhere it still goes, and what a stranger says about where they are does not count.
        elsewhere = {"X_Forwarded_For": "203.0.113.9"}
        assert (
            await world.ask("api/login", {"name": "ana", "password": PASSWORD}, **elsewhere)
        ).status == 200

    run(tmp_path, look)


def test_links_cannot_be_tried_for_ever(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        answers = [await world.ask("api/link", {"link": str(n)}) for n in range(tries.SOURCE_MAX + 1)]
        assert [one.status for one in answers] == [410] * tries.SOURCE_MAX + [429]

    run(tmp_path, look)


def test_the_set_up_link_works_once(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        assert await (await world.ask("api/start")).json() == {"me": None, "new": True}
        link = users.first_link(world.people, BY)
        assert await (await world.ask("api/link", {"link": link})).json() == {"name": None, "role": "admin"}
        weak = {"link": link, "name": "ana", "password": "ana"}
        assert (await world.error("api/setup", weak))[0] == 400
        two = await asyncio.gather(*(
            world.ask("api/setup", {"link": link, "name": name, "password": PASSWORD}) for name in ("ana", "eve")
        ))  # fmt: skip
        assert sorted(one.status for one in two) == [200, 410]
        assert (await world.error("api/link", {"link": link}))[0] == 410
        me = (await (await world.ask("api/start")).json())["me"]
        assert (me["role"], me["by"]) == ("admin", "session")
        assert [one["name"] for one in users.everybody(world.people)] == [me["name"]]

    run(tmp_path, look)


def test_who_signs_out_is_out(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        answer = await world.person("ana", "admin")
        kept = {f"hetk-{world.client.port}": answer.cookies[f"hetk-{world.client.port}"].value}
        assert (await world.ask("api/account")).status == 200
        assert (await world.ask("api/logout", {})).status == 200
        world.client.session.cookie_jar.update_cookies(kept, world.client.make_url("/console/"))
        assert (await world.ask("api/account")).status == 401

    run(tmp_path, look)


def test_a_token_reads_and_no_more_and_is_gone_at_once(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        await world.person("ana", "admin")
        made = await (await world.ask("api/tokens", {"name": "x", "role": "analyst", "days": 1})).json()
        world.client.session.cookie_jar.clear()
        send = {"Authorization": f"Bearer {made['token']}"}
        assert (await world.ask("api/questions", **send)).status == 200
        assert (await world.ask("api/saved", **send)).status == 200
        assert (await world.error("api/people", **send))[0] == 403
        assert (await world.error("api/tokens", {"name": "y", "role": "viewer"}, **send))[0] == 403
        assert (await world.ask("api/questions", Authorization="Bearer ht_wrong")).status == 401
        ana = users.password_of(world.people, "ana")
        assert ana
        owner = Who(ana[0], "ana", "admin", "session")
        entry.revoke_token(world.people, owner, made["tokens"][0]["id"], BY)
        assert (await world.ask("api/questions", **send)).status == 401

    run(tmp_path, look)


def test_a_wrong_token_is_not_helped_by_a_cookie(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        await world.person("ana", "admin")
        assert (await world.ask("api/account", Authorization="Bearer ht_wrong")).status == 401

    run(tmp_path, look)


def test_another_password_takes_the_old_one_and_ends_other_sessions(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        await world.person("ana", "admin")
        there = entry.begin(
            world.people, 1, (users.password_of(world.people, "ana") or (0, "", ""))[2] or "", BY
        )
        wrong = {"old": "not the password", "new": "four other good words"}
        assert (await world.error("api/password", wrong))[0] == 400
        changed = await world.ask("api/password", wrong | {"old": PASSWORD})
        assert (changed.status, (await changed.json())["sessions"]) == (200, 1)
        assert entry.by_session(world.people, digest(there)) is None
        assert (await world.ask("api/account")).status == 200
        assert (await world.ask("api/login", {"name": "ana", "password": PASSWORD})).status == 401
        assert (await world.ask("api/login", {"name": "ana", "password": wrong["new"]})).status == 200

    run(tmp_path, look)


def test_an_admin_manages_people(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        await world.person("ana", "admin")
        added = await (await world.ask("api/people", {"name": "<b>ben</b>", "role": "analyst"})).json()
        assert users.read_link(world.people, added["link"]).name == "<b>ben</b>"
        assert (await world.error("api/people", {"name": "<B>Ben</b>", "role": "viewer"}))[0] == 400
        assert (await world.error("api/people", {"name": "x", "role": "king"}))[0] == 400
        changed = await (await world.ask("api/people/role", {"name": "<b>ben</b>", "role": "viewer"})).json()
        assert [one["role"] for one in changed["people"]] == ["viewer", "admin"]
        again = await (await world.ask("api/people/link", {"name": "<b>ben</b>"})).json()
        assert again["link"] != added["link"]
        gone = await (await world.ask("api/people/remove", {"name": "<b>ben</b>"})).json()
        assert [one["name"] for one in gone["people"]] == ["ana"]
        assert "last admin" in (await world.error("api/people/remove", {"name": "ana"}))[1]
        told = (await (await world.ask("api/log")).json())["log"]
        assert [one["what"] for one in told[:4]] == [
            "user_removed",
            "link_made",
            "role_changed",
            "user_added",
        ]
        older = (await (await world.ask(f"api/log?before={told[0]['id']}")).json())["log"]
        assert older == told[1:]
        for odd in ("x", "%C2%B2", "9" * 23):
            assert (await world.error(f"api/log?before={odd}"))[0] == 400

    run(tmp_path, look)


def test_a_demo_opens_on_this_machine_until_there_are_accounts(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        start = await (await world.ask("api/start")).json()
        assert start["me"] == {"name": "", "role": "analyst", "by": "demo"}
        assert (await world.ask("api/saved")).status == 200
        assert (await world.error("api/people"))[0] == 403
        assert (await world.error("api/tokens", {"name": "x", "role": "viewer"}))[0] == 403
        for headers in ({"Host": "evil.example"}, {"X_Forwarded_For": "203.0.113.9"}, {"Via": "1.1 proxy"}):
            status, words = await world.error("api/saved", **headers)
            assert (status, "127.0.0.1" in words) == (403, True)
        await world.person("ana", "admin")
        world.client.session.cookie_jar.clear()
        assert (await world.ask("api/saved")).status == 401

    run(tmp_path, look, demo=True)


@pytest.mark.parametrize(
    ("host", "demo"), [("0.0.0.0", True), ("::", True), ("192.0.2.1", True), ("127.0.0.1", False)]
)
def test_everywhere_else_one_signs_in(tmp_path: Path, host: str, *, demo: bool) -> None:
    async def look(world: World) -> None:
        page = await world.ask("")
        assert (page.status, "hetk" in await page.text()) == (200, True)
        assert await (await world.ask("api/start", Host="console.example")).json() == {
            "me": None,
            "new": True,
        }
        assert (await world.ask("api/saved", Host="console.example")).status == 401

    run(tmp_path, look, host, demo=demo)


def test_a_damaged_file_of_accounts_lets_nobody_in_and_says_so(tmp_path: Path) -> None:
    async def look(world: World) -> None:
        await world.person("ana", "admin")
        for path in world.people.path.parent.glob("people.sqlite*"):
            path.write_bytes(b"not a database" * 100)
        status, words = await world.error("api/account")
        assert status == 503
        assert re.search(r"people\.sqlite.*backup", words)
        assert (await world.ask("")).status == 503

    run(tmp_path, look)
