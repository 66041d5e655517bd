"""Words in hetk.toml reach the column of the search they decide."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.errors import ConfigError
from collector.sites import add_site
from tests.warehouse.load.world import World, body, event, line
from warehouse.cli import main
from warehouse.load.words import site_words
from warehouse.models.lab import lab
from warehouse.publish import publish_rules


def searched(world: World) -> tuple[float, float]:
    found: tuple[float, float] = world.one("buy, go")
    return found


@pytest.mark.parametrize(("toml", "more"), [("", "neither"), ('[intent]\ngo = ["kevadkampaania"]\n', "go")])
def test_a_word_of_the_site_decides_its_searches(tmp_path: Path, toml: str, more: str) -> None:
    world = World(tmp_path)
    world.data.config.write_text(toml)
    world.write(line(body([event(event="search", props={"query": "kevadkampaania"})])))
    world.load(words=site_words(world.data))
    _, go = searched(world)
    assert (go > 0.5) == (more == "go")


@pytest.mark.parametrize("toml", ['[intent]\nsell = ["x"]\n', '[intent.sites.shop]\nsell = ["x"]\n'])
def test_a_misspelled_intent_is_named(tmp_path: Path, toml: str) -> None:
    world = World(tmp_path)
    world.data.config.write_text(toml)
    with pytest.raises(ConfigError, match="sell"):
        site_words(world.data)


PER_SITE = """
[intent]
buy = ["suvekampaania"]
[intent.sites.museum]
go = ["kevadkampaania"]
"""


def test_a_word_of_one_site_says_nothing_on_another(tmp_path: Path) -> None:
    """One load, the same two searches on two sites; those of every site count on both."""
    world = World(tmp_path)
    world.data.config.write_text(PER_SITE)
    for site in ("museum", "shop"):
        asked = [event(event="search", props={"query": f"{time}kampaania"}) for time in ("kevad", "suve")]
        world.write(line(body(asked), site=site), worker=site)
    world.load(words=site_words(world.data))
    rows = world.sql("SELECT site_id, search_query, go > 0.5, buy > 0.5 FROM events ORDER BY 1, 2")
    assert rows == [
        ("museum", "kevadkampaania", True, False),
        ("museum", "suvekampaania", False, True),
        ("shop", "kevadkampaania", False, False),
        ("shop", "suvekampaania", False, True),
    ]


@pytest.mark.long
def test_each_site_publishes_its_own_words(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.data.config.write_text(PER_SITE)
    for site in ("museum", "shop"):
        add_site(world.data.sites, site, [])
    con = lab()
    publish_rules(con, world.data)
    con.close()
    told = {
        site: json.loads((world.data.publish / f"config-{site}.json").read_bytes())["intent"]
        for site in ("museum", "shop")
    }
    assert told == {
        "museum": {"go": ["kevadkampaania"], "buy": ["suvekampaania"]},
        "shop": {"buy": ["suvekampaania"]},
    }


def test_the_command_asks_as_a_site_does(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.data.config.write_text(PER_SITE)
    add_site(world.data.sites, "museum", [])

    def said(*more: str) -> str:
        done = CliRunner().invoke(
            main, ["intent", "kevadkampaania", "--json", *more, "--data", str(world.data.root)]
        )
        return str(json.loads(done.output)["intent"]) if done.exit_code == 0 else done.output

    assert said("--site", "museum") == "go"
    assert said() != "go"
    assert "no site 'musuem'" in said("--site", "musuem")
