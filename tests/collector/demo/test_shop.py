"""The shop's pages: every one answers in every language, and nothing a visitor types becomes markup."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from aiohttp import ClientSession, web

from collector.agents import Agents
from collector.datadir import DataDir
from collector.demo.catalog import LANGUAGES, catalog, words
from collector.demo.html import queries
from collector.demo.shop import PLAIN, STATIC, demo_shop
from collector.demo.site import ensure_site
from collector.demo.visits import make_visit

PATHS = ["", *PLAIN, "stores", "search?text=tea", "compare?ids=sencha,jasmine", "c/cups", "p/kulhad"]


def get(tmp_path: Path, *paths: str, **headers: str) -> list[tuple[int, str, Any]]:
    """(status, body, headers) of each path, from the shop behind a real server."""

    async def ask() -> list[tuple[int, str, Any]]:
        data = DataDir(tmp_path)
        data.create()
        ensure_site(data, 8080)
        runner = web.ServerRunner(web.Server(demo_shop(data, 8080)))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            async with ClientSession(headers=headers) as http:
                return [await _answer(http, f"{site.name}{path}") for path in paths]
        finally:
            await runner.cleanup()

    return asyncio.run(ask())


async def _answer(http: ClientSession, url: str) -> tuple[int, str, Any]:
    async with http.get(url, allow_redirects=False) as answer:
        return answer.status, await answer.text(), answer.headers


def test_every_page_answers_in_every_language_with_the_snippet_and_a_strict_policy(tmp_path: Path) -> None:
    paths = [f"/shop/{language}/{path}" for language in LANGUAGES for path in PATHS]
    for path, (status, body, headers) in zip(paths, get(tmp_path, *paths), strict=True):
        assert status == 200, path
        assert re.search(
            r'<script async src="http://127.0.0.1:8080/hetk-[0-9a-f]{12}\.js" data-key="wk_[^"]+" integrity="sha384-',
            body,
        )
        assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"]
        assert "${" not in body
        assert f'<html lang="{path.split("/")[2]}">' in body


def test_what_is_typed_is_text_and_never_markup(tmp_path: Path) -> None:
    nasty = quote("</script><script>alert(1)</script>\"'${base}{q}")
    for language in LANGUAGES:
        [(status, body, _)] = get(tmp_path, f"/shop/{language}/search?text={nasty}")
        assert status == 200
        assert "<script>alert" not in body
        assert "</script><script>" not in body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/shop", 302),
        ("/shop/", 302),
        ("/shop/en/p/none", 404),
        ("/shop/xx/", 404),
        ("/shop/static/none.js", 404),
    ],
)
def test_paths_that_are_no_page(tmp_path: Path, path: str, status: int) -> None:
    assert get(tmp_path, path)[0][0] == status


def test_the_front_door_speaks_the_browsers_language(tmp_path: Path) -> None:
    [(_, _, headers)] = get(tmp_path, "/shop/", **{"Accept-Language": "fr-FR,bn-BD;q=0.9,en;q=0.5"})
    assert headers["Location"] == "/shop/bn/"


def test_all_languages_have_the_same_words() -> None:
    for language in LANGUAGES:
        assert words(language).keys() == words("en").keys()
        fields = {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in words(language).items()}
        assert fields == {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in words("en").items()}


def test_every_drawing_that_is_used_exists() -> None:
    symbols = {node.get("id") for node in ElementTree.parse(STATIC / "art.svg").getroot()}
    assert {product.art for product in catalog().products} <= symbols


def test_every_page_suggests_a_question() -> None:
    assert all(query.startswith("SELECT ") for query in queries().values())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kettle", ["gooseneck", "electric-kettle"]),
        ("कुल्हड़", ["kulhad"]),
        ("চায়ের ভাঁড়", ["kulhad"]),
        ("roheline tee", ["sencha"]),
        ("coffee machine", []),
        ("", []),
    ],
)
def test_the_shops_search(query: str, expected: list[str]) -> None:
    found = [product.id for product in catalog().search(query)]
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_visits_cover_languages_intents_carts_orders_and_bots() -> None:
    visits = [make_visit(Random(seed)) for seed in range(600)]
    events = {step[3] for visit in visits for step in visit.steps}
    assert {visit.language for visit in visits} == set(LANGUAGES)
    assert {"search", "purchase", "remove_from_cart", "call", "video_progress", "helpful_click"} <= events
    assert 0.02 < sum(visit.is_bot for visit in visits) / len(visits) < 0.15
    assert 0.4 < sum(visit.agreed for visit in visits) / len(visits) < 0.75


def test_visitors_of_one_address_are_told_apart_and_none_is_taken_for_a_robot() -> None:
    random, agents = Random(7), Agents()
    visits = [make_visit(random) for _ in range(120)]
    people = [visit.agent for visit in visits if not visit.is_bot]
    assert len(set(people)) > 0.95 * len(people)
    assert not [agent for agent in people if agents.read(agent).bot]
    assert {agents.read(agent).browser for agent in people} == {"Chrome", "Firefox", "Safari"}
