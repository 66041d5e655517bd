"""The campaigns page's doors: the same check, publishing and stopping as `hetk campaign`, by admins, in the log."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from click.testing import CliRunner

from collector import sites
from collector.datadir import DataDir
from tests.warehouse.act.test_command import edit, served
from tests.warehouse.act.test_examples import EXAMPLES, MOMENTS
from tests.warehouse.console.test_access import World
from warehouse.cli import main
from warehouse.console.app import add_console
from warehouse.people import log, passwords
from warehouse.people.roles import Role
from warehouse.people.store import People


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """A site with the six examples as files, nothing published."""
    monkeypatch.setattr(
        passwords, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)
    )
    data = DataDir(tmp_path / "data")
    data.create()
    sites.add_site(data.sites, "shop", [])
    shutil.copytree(EXAMPLES, data.campaigns / "shop")
    return data


def run(data: DataDir, act: Callable[[World], Awaitable[None]]) -> None:
    """By an admin."""

    async def go() -> None:
        app = web.Application()
        add_console(app, data, "127.0.0.1")
        async with TestClient(TestServer(app)) as client:
            world = World(client, People(data))
            await world.person("ana", "admin")
            await act(world)

    asyncio.run(go())


async def look(world: World) -> dict[str, Any]:
    answer = await world.ask("api/campaigns?site=shop")
    told: dict[str, Any] = await answer.json()
    assert answer.status == 200, told
    return told


async def publish(world: World, told: dict[str, Any]) -> dict[str, Any]:
    answer = await world.ask("api/campaigns/publish", {"site": "shop", "seen": told["seen"]})
    now: dict[str, Any] = await answer.json()
    assert answer.status == 200, now
    return now


def states(told: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["state"] for one in told["campaigns"]}


def listed(data: DataDir) -> dict[str, str]:
    """By the command."""
    done = CliRunner().invoke(main, ["campaign", "list", "shop", "--json", "--data", str(data.root)])
    return {one["id"]: one["state"] for one in json.loads(done.output)}


def logged(world: World, count: int) -> list[tuple[str, str, str]]:
    return [(one["who"], one["what"], one["target"]) for one in log.newest(world.people, None, count)]


def test_what_is_published_is_what_devices_get_and_the_command_lists(data: DataDir) -> None:
    async def act(world: World) -> None:
        drafts = await look(world)
        assert states(drafts) == dict.fromkeys(MOMENTS, "draft")
        assert {(one["id"], one["what"]) for one in drafts["changes"]} >= {(name, "new") for name in MOMENTS}
        assert [place["name"] for place in drafts["placements"]] == ["hero", "beside-product", "above-cart"]
        now = await publish(world, drafts)
        assert (states(now), now["changes"]) == (dict.fromkeys(MOMENTS, "published"), [])
        assert {one["id"] for one in served(data)[0]["act"]["list"]} == MOMENTS.keys()
        stopped = await (await world.ask("api/campaigns/stop", {"site": "shop", "id": "cart-help"})).json()
        assert states(stopped)["cart-help"] == "stopped"
        assert states(stopped) == listed(data)
        killed = await (await world.ask("api/campaigns/kill", {"site": "shop"})).json()
        assert (killed["kill"], set(states(killed).values())) == (True, {"killed"})
        assert served(data)[0]["act"]["kill"] is True
        await world.ask("api/campaigns/kill", {"site": "shop", "undo": True})
        back = await world.ask("api/campaigns/stop", {"site": "shop", "id": "cart-help", "undo": True})
        assert states(await back.json()) == dict.fromkeys(MOMENTS, "published") == listed(data)
        assert logged(world, 5) == [
            ("ana", "campaign_resumed", "shop/cart-help"),
            ("ana", "campaigns_resumed", "shop"),
            ("ana", "campaigns_killed", "shop"),
            ("ana", "campaign_stopped", "shop/cart-help"),
            ("ana", "campaigns_published", "shop"),
        ]

    run(data, act)


def test_a_changed_file_shows_its_difference_and_what_it_widens(data: DataDir) -> None:
    async def act(world: World) -> None:
        await publish(world, await look(world))
        edit(data, "tasting-room", 'distance = "25 km"', "# distance")
        told = await look(world)
        assert states(told)["tasting-room"] == "changed"
        assert [(one["id"], one["what"], one["name"], one["wider"]) for one in told["changes"]] == [
            ("tasting-room", "changed", "", False),
            ("tasting-room", "condition", "distance", True),
        ]
        one = next(one for one in told["campaigns"] if one["id"] == "tasting-room")
        marks = [(mark, line.split("#")[0].strip()) for mark, line in one["difference"] if mark in "+-"]
        assert marks == [("-", 'distance = "25 km"'), ("+", "")]
        assert "distance" in one["published"]["when"]
        assert "distance" not in one["file"]["when"]

    run(data, act)


def test_mistakes_are_the_command_s_with_line_and_fix(data: DataDir) -> None:
    async def act(world: World) -> None:
        edit(data, "cart-help", 'cart = ["abandoned"]', 'cart = ["abandond"]')
        told = await look(world)
        mistakes = [one for file in told["files"] for one in file["mistakes"]]
        said = CliRunner().invoke(main, ["campaign", "check", "shop", "--data", str(data.root)])
        assert [f"{one['file']}:{one['line']}: {one['field']}: {one['what']}. Fix: {one['fix']}" for one in mistakes] == [
            line for line in said.output.splitlines() if ".toml:" in line
        ]  # fmt: skip
        assert len(mistakes) == 1
        assert (states(told)["cart-help"], told["changes"]) == ("mistaken", [])
        status, words = await world.error("api/campaigns/publish", {"site": "shop", "seen": told["seen"]})
        assert (status, "mistakes" in words) == (400, True)
        assert "act" not in served(data)[0]
        assert logged(world, 1)[0][1] != "campaigns_published"

    run(data, act)


def test_only_what_was_looked_at_is_published(data: DataDir) -> None:
    """Between looking and pressing somebody writes a file, or stops a campaign."""

    async def act(world: World) -> None:
        told = await look(world)
        edit(data, "free-delivery", "You are nearly there.", "Hurry.")
        old = {"site": "shop", "seen": told["seen"]}
        assert (await world.error("api/campaigns/publish", old))[0] == 409
        assert "act" not in served(data)[0]
        told = await publish(world, await look(world))
        await world.ask("api/campaigns/stop", {"site": "shop", "id": "cart-help"})
        old = {"site": "shop", "seen": told["seen"]}
        assert (await world.error("api/campaigns/publish", old))[0] == 409

    run(data, act)


def test_says_what_is_wrong_and_a_damaged_file_can_be_killed(data: DataDir) -> None:
    async def act(world: World) -> None:
        assert (await world.error("api/campaigns?site=none"))[0] == 400
        assert (await world.error("api/campaigns?site=../shop"))[0] == 400
        assert (await world.error("api/campaigns/stop", {"site": "shop", "id": "nothing"}))[0] == 400
        assert (await world.error("api/campaigns/publish", {"site": "shop"}))[0] == 400
        sites.add_site(data.sites, "empty", [])
        assert (await (await world.ask("api/campaigns?site=empty")).json())["campaigns"] == []
        await publish(world, await look(world))
        (data.campaigns / "shop" / "published.json").write_bytes(b"{")
        told = await look(world)
        assert "damaged" in told["damaged"]
        assert (await world.ask("api/campaigns/kill", {"site": "shop"})).status == 200
        assert served(data)[0]["act"]["kill"] is True

    run(data, act)


def test_who_may_look_may_not_change(data: DataDir) -> None:
    """Viewers see nothing of it, analysts and their tokens look, another site in the same browser does nothing."""

    async def act(world: World) -> None:
        told = await look(world)
        sent = {"site": "shop", "seen": told["seen"]}
        foreign = await world.ask("api/campaigns/publish", sent, Origin="https://evil.example")
        assert foreign.status == 403
        roles: tuple[tuple[Role, int], ...] = (("viewer", 403), ("analyst", 200))
        for role, sees in roles:
            await world.person(role, role)
            assert (await world.ask("api/campaigns?site=shop")).status == sees
            made = await world.ask("api/tokens", {"name": "x", "role": role, "days": 1})
            token = {"Authorization": f"Bearer {(await made.json())['token']}"}
            assert (await world.ask("api/campaigns?site=shop", **token)).status == sees
            for who in ({}, token):
                for door, body in (("publish", sent), ("stop", {"site": "shop", "id": "cart-help"}), ("kill", {"site": "shop"})):  # fmt: skip
                    assert (await world.ask(f"api/campaigns/{door}", body, **who)).status == 403
        assert "act" not in served(data)[0]

    run(data, act)
