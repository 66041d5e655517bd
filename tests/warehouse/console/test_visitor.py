"""The visitor page's doors: what is known of somebody, the same file as the command's, and forgetting by the one writer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from click.testing import CliRunner

from collector import sites
from tests.warehouse.console.test_access import World as Console
from tests.warehouse.load.world import NOON, World, body, event, line, ms
from warehouse.cli import main
from warehouse.console import visitors
from warehouse.console.app import add_console
from warehouse.load.loader import Loader
from warehouse.people import log, passwords
from warehouse.people.store import People
from warehouse.privacy.forget import Request
from warehouse.privacy.person import Person
from warehouse.privacy.proof import find
from warehouse.privacy.requests import Requests
from warehouse.store import open_lake

ZOE, ABE = "visitor-Zoe-9431", "visitor-Abe-1177"
HER = {"site": "shop", "kind": "visitor", "id": ZOE}
VISITS = 12


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("HETK_TOMBSTONE_KEY", str(tmp_path / "elsewhere" / "tombstone.key"))
    monkeypatch.setattr(
        passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)
    )
    world = World(tmp_path / "data")
    sites.add_site(world.data.sites, "shop", ["http://localhost"])
    return world


@pytest.fixture
def world(empty: World) -> World:
    """Zoe came twelve times, an hour apart, the last time as a user; Abe once."""
    world = empty
    for n in range(VISITS):
        then = NOON - timedelta(hours=VISITS - n)
        at = ms(then)
        user = {"user": "zoe"} if n == VISITS - 1 else {}
        world.write(line(body([event(at, seq=0)], sent=at, ctx={"visitor": ZOE, **user}), received=then))
    changed = event(seq=1, event="consent_changed")
    world.write(
        line(body([changed], ctx={"visitor": ZOE, "user": "zoe"})),
        line(body([event()], ctx={"visitor": ABE})),
    )
    world.load()
    world.build()
    return world


def run(world: World, act: Callable[[Console], Awaitable[None]]) -> None:
    async def go() -> None:
        app = web.Application()
        add_console(app, world.data, "127.0.0.1")
        async with TestClient(TestServer(app)) as client:
            console = Console(client, People(world.data))
            await console.person("ana", "admin")
            await act(console)

    asyncio.run(go())


@contextmanager
def writer(world: World) -> Iterator[None]:
    """Does what the warehouse's loop does with requests, in a thread."""
    halt = threading.Event()

    def work() -> None:
        con = open_lake(world.data)
        requests = Requests(con, world.data, Loader(con, world.data))
        while not halt.wait(0.05):
            requests.answer()
        con.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        halt.set()
        thread.join()


@pytest.mark.long
def test_somebody_is_known_handed_out_and_forgotten(world: World) -> None:
    async def look(console: Console) -> None:
        asked = f"api/visitor?site=shop&visitor={ZOE}"
        told = await (await console.ask(asked)).json()
        assert "error" not in told, told
        assert [(one["user_id"], one["why"], one["visits"]) for one in told["faces"]] == [
            ("zoe", "signed_in", 2),
            (None, "only_user", VISITS - 1),
        ]
        assert told["consent"]["analytics"] is True
        assert [one["analytics"] for one in told["answers"]] == [True]
        assert (len(told["visits"]), told["more"]) == (10, True)
        later = await (await console.ask(f"{asked}&before={told['visits'][-1]['started_at']}")).json()
        assert (len(later["visits"]), later["more"]) == (VISITS + 1 - 10, False)
        assert {one["visitor_id"] for one in told["visits"] + later["visits"]} == {ZOE}
        hers = await (await console.ask("api/visitor?site=shop&user=zoe")).json()
        assert [one["visitor_id"] for one in hers["faces"]] == [ZOE]
        assert (await (await console.ask(f"api/visitor?site=other&visitor={ZOE}")).json())["faces"] == []

        file = await console.ask("api/visitor/export", HER)
        command = ["export-person", "--site", "shop", "--visitor", ZOE, "--data", str(world.data.root)]
        assert await file.text() == CliRunner().invoke(main, command).output
        assert "attachment" in file.headers["Content-Disposition"]

        with writer(world):
            done = await console.ask("api/visitor/forget", HER | {"now": True})
            assert (done.status, (await done.json())["events"]) == (200, VISITS + 1)
        told = await (await console.ask(asked)).json()
        assert (told["faces"], told["visits"], told["consent"]) == ([], [], None)
        assert (await console.error("api/visitor/export", HER))[0] == 404
        assert find(world.data, [Person("shop", (ZOE,))]) == []
        lines = log.newest(console.people, None, 2)
        assert [(one["who"], one["what"], one["target"]) for one in lines] == [
            ("ana", "person_forgotten", "shop"),
            ("ana", "person_exported", "shop"),
        ]

    run(world, look)
    assert world.sql("SELECT DISTINCT visitor_id FROM events") == [(ABE,)]


def test_a_warehouse_that_does_not_answer_does_it_later(
    empty: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "FORGET_S", 0.0)

    async def look(console: Console) -> None:
        answer = await console.ask("api/visitor/forget", HER)
        assert (answer.status, await answer.json()) == (202, {"waiting": True})
        for wrong in ({"id": " "}, {"site": "none"}, {"kind": "person"}):
            assert (await console.error("api/visitor/forget", HER | wrong))[0] == 400
        foreign = await console.ask("api/visitor/forget", HER, Origin="https://evil.example")
        assert foreign.status == 403

    run(empty, look)
    (request,) = (empty.data.root / "requests").glob("*.request")
    left = msgspec.json.decode(request.read_bytes(), type=Request)
    assert (left.site, left.kind, left.identity, left.purged) == ("shop", "visitor", ZOE, False)
    (noted,) = log.newest(People(empty.data), None, 1)
    assert (noted["what"], noted["target"]) == ("person_forgotten", "shop")  # and nowhere whom
