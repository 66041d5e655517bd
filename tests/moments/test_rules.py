"""Rules of a site: what cannot be used is refused by name; what can reaches the file that devices read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from click.testing import CliRunner

from collector import sites
from collector.datadir import DataDir
from warehouse import migrations, rules
from warehouse.cli import main
from warehouse.models import runner
from warehouse.store import open_lake

TILES = {"model": "tiles-1", "event": {"tile_seen": [0, 0, 0, 0.6]}, "outcome": {"download": None}}


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    data = DataDir(tmp_path / "data")
    data.create()
    data.config.write_text('[intent]\nbuy = ["kevadkampaania"]\n')
    sites.add_site(data.sites, "shop", [])
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    con.close()
    return data


def hetk(data: DataDir, *args: str, stdin: str = "", code: int = 0) -> str:
    done = CliRunner().invoke(main, ["moments", *args, "--data", str(data.root)], input=stdin)
    assert done.exit_code == code, done.output
    return done.output


def published(data: DataDir) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data.publish / "config-shop.json").read_bytes())
    return found


def test_rules_are_set_published_to_devices_and_taken_back(data: DataDir) -> None:
    hetk(data, "set", "shop", "-", stdin=json.dumps(TILES))
    assert published(data) == {"moments": TILES, "intent": {"buy": ["kevadkampaania"]}}
    con = open_lake(data, read_only=True)
    weights = con.execute("SELECT w FROM moment_weights WHERE site_id = 'shop' AND key = 'tile_seen'")
    assert weights.fetchall() == [([0.0, 0.0, 0.0, 0.6],)]
    con.close()
    assert "another name" in hetk(data, "set", "shop", "-", stdin=json.dumps(TILES), code=1)
    hetk(data, "use", "shop", "default")
    assert published(data) == {"intent": {"buy": ["kevadkampaania"]}}


@pytest.mark.long
def test_what_others_published_and_a_damaged_file_do_not_stand_in_the_way(data: DataDir) -> None:
    path = data.publish / "config-shop.json"
    path.write_text('{"experiments": [1]}')
    hetk(data, "set", "shop", "-", stdin='{"temperature": 0.6}')
    assert published(data)["experiments"] == [1]
    path.write_text("{")
    hetk(data, "use", "shop", "default")
    assert "experiments" not in published(data)


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        ([1], "one JSON object"),
        ({"evnt": {}}, "The nearest: event"),
        ({"event": {"tile": [0, 0, 1]}}, "event.tile is [0, 0, 1]; four numbers"),
        ({"event": {"tile": [0, 0, "a", 1]}}, "four numbers"),
        ({"event": [0, 0, 0, 1]}, "an object of names"),
        ({"event": {'a"b': [0, 0, 0, 1]}}, "without quotes"),
        ({"half_life_minutes": [10, 10, 0, 30]}, "four numbers above 0"),
        ({"temperature": 0}, "above 0"),
        ({"idle_seconds": 0.5}, "whole seconds"),
        ({"open": "high"}, "a number of 0 or more"),
        ({"open": float("nan")}, "a number of 0 or more"),
        ({"outcome": {"x": {"intent": "sell"}}}, "outcome.x"),
        ({"outcome": {"x": {"intent": "buy", "pages": "cart"}}}, "a list of page types"),
        ({"path": {"x": 1}}, "path.x is 1"),
        ({"ignored": "error"}, "a list of event names"),
        ({"model": 7}, "a name"),
    ],
)
def test_what_would_break_the_models_is_refused_by_name(patch: Any, says: str) -> None:
    with pytest.raises(ClickException, match=re.escape(says)):
        rules.check(patch)


@pytest.mark.long
def test_refused_rules_change_nothing(data: DataDir) -> None:
    assert "four numbers" in hetk(data, "set", "shop", "-", stdin='{"event": {"tile": [0]}}', code=1)
    assert "is not JSON" in hetk(data, "set", "shop", "-", stdin="{", code=1)
    assert not (data.publish / "config-shop.json").exists()
    assert "All sites use the defaults" in hetk(data, "list")


def test_the_defaults_pass_their_own_check() -> None:
    assert rules.check({k: v for k, v in rules.defaults().items() if k != "intents"})
