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

TILES = {"model": "tiles-1", "weights": {"event:tile_seen": [0, 0, 0, 600]}, "outcomes": {"download": None}}


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


@pytest.mark.long
def test_rules_are_set_published_to_devices_and_taken_back(data: DataDir) -> None:
    hetk(data, "set", "shop", "-", stdin=json.dumps(TILES))
    assert published(data) == {"moments": TILES, "intent": {"buy": ["kevadkampaania"]}}
    con = open_lake(data, read_only=True)
    weights = con.execute(
        "SELECT w FROM moment_weights WHERE site_id = 'shop' AND signal = 'event:tile_seen'"
    )
    assert weights.fetchall() == [([0, 0, 0, 600],)]
    con.close()
    assert "another name" in hetk(data, "set", "shop", "-", stdin=json.dumps(TILES), code=1)
    hetk(data, "use", "shop", "default")
    assert published(data) == {"intent": {"buy": ["kevadkampaania"]}}


@pytest.mark.long
def test_what_others_published_and_a_damaged_file_do_not_stand_in_the_way(data: DataDir) -> None:
    path = data.publish / "config-shop.json"
    path.write_text('{"experiments": [1]}')
    hetk(data, "set", "shop", "-", stdin='{"prior": 0.6}')
    assert published(data)["experiments"] == [1]
    path.write_text("{")
    hetk(data, "use", "shop", "default")
    assert "experiments" not in published(data)


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        ([1], "one JSON object"),
        ({"weigths": {}}, "The nearest: weights"),
        ({"weights": {"event:tile": [0, 0, 1]}}, "weights.event:tile is [0, 0, 1]; four whole numbers"),
        ({"weights": {"event:tile": [0, 0, "a", 1]}}, "four whole numbers"),
        ({"weights": {"event:tile": [0, 0, 0, 0.6]}}, "in thousandths"),
        ({"weights": {"event:tile": [0, 0, 0, -600]}}, "of 0 or more"),
        ({"weights": [0, 0, 0, 1]}, "an object of names"),
        ({"weights": {'a"b': [0, 0, 0, 1]}}, "without quotes"),
        ({"half_life_ms": 0}, "above 0"),
        ({"prior": 0}, "above 0"),
        ({"idle_ms": 0.5}, "a whole number"),
        ({"open": "high"}, "a number of 0 or more"),
        ({"open": float("nan")}, "a number of 0 or more"),
        ({"outcomes": {"x": {"intent": "sell"}}}, "outcomes.x"),
        ({"outcomes": {"x": {"intent": "buy", "level": "win"}}}, "outcomes.x.level"),
        ({"outcomes": {"x": {"intent": "buy", "level": "step", "ends": 1}}}, "true or false"),
        ({"path": {"x": 1}}, "path.x is 1"),
        ({"read_pages": "faq"}, "a list of names"),
        ({"model": 7}, "a name"),
    ],
)
def test_what_would_break_the_models_is_refused_by_name(patch: Any, says: str) -> None:
    with pytest.raises(ClickException, match=re.escape(says)):
        rules.check(patch)


@pytest.mark.long
def test_refused_rules_change_nothing(data: DataDir) -> None:
    assert "four whole numbers" in hetk(
        data, "set", "shop", "-", stdin='{"weights": {"event:t": [0]}}', code=1
    )
    assert "is not JSON" in hetk(data, "set", "shop", "-", stdin="{", code=1)
    assert not (data.publish / "config-shop.json").exists()
    assert "All sites use the defaults" in hetk(data, "list")


def test_the_defaults_pass_their_own_check() -> None:
    assert rules.check({k: v for k, v in rules.defaults().items() if k != "intents"})
