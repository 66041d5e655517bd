"""`hetk campaign`: what reaches devices through /v1/config, and what never does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from collector.config import Config
from collector.datadir import DataDir
from collector.published import Published
from collector.sites import Sites, add_site
from tests.warehouse.act.test_examples import EXAMPLES, MOMENTS
from warehouse.act.published import hand_out
from warehouse.cli import main


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    """A site with the six examples as files, nothing published."""
    data = DataDir(tmp_path / "data")
    data.create()
    add_site(data.sites, "shop", [])
    shutil.copytree(EXAMPLES, data.campaigns / "shop")
    return data


def run(data: DataDir, *args: str, code: int = 0, said: str = "") -> Result:
    done = CliRunner().invoke(main, ["campaign", *args, "--data", str(data.root)], input=said)
    assert done.exit_code == code, done.output
    return done


def served(data: DataDir) -> tuple[dict[str, Any], int]:
    """/v1/config as the collector builds it, and for how long it may be cached."""
    document = Published(data.publish, Config()).document(Sites.load(data.sites).by_name["shop"])
    return json.loads(document.body), document.max_age_seconds


def edit(data: DataDir, name: str, there: str, instead: str) -> None:
    path = data.campaigns / "shop" / f"{name}.toml"
    text = path.read_text("utf-8")
    assert there in text
    path.write_text(text.replace(there, instead, 1), "utf-8")


def test_without_campaigns_there_is_no_act(data: DataDir) -> None:
    assert "no mistakes" in run(data, "check", "shop").output
    config, age = served(data)
    assert "act" not in config
    assert age == 300


@pytest.mark.long
def test_published_campaigns_are_served_and_asked_for_again_within_seconds(data: DataDir) -> None:
    run(data, "publish", "shop")
    config, age = served(data)
    assert {one["id"] for one in config["act"]["list"]} == MOMENTS.keys()
    assert [one["pri"] for one in config["act"]["list"]] == sorted(
        (one["pri"] for one in config["act"]["list"]), reverse=True
    )
    assert config["act"]["sensitive"] == ["wellness"]
    assert age == 15
    text = json.dumps(config)
    assert "nearly there" in text
    assert "Free delivery for carts" not in text, "titles are for the staff"
    assert "goal" not in text


def test_a_new_file_passes_the_check(data: DataDir) -> None:
    for kind in ("content", "offer", "banner", "nearby", "size_guide", "comparison", "support"):
        run(data, "new", "shop", f"try-{kind.replace('_', '-')}", "--kind", kind)
    assert "13 campaigns, no mistakes" in run(data, "check", "shop").output
    assert "is there already" in run(data, "new", "shop", "try-offer", code=1).output
    assert "there is no site 'shap'" in run(data, "new", "shap", "x", code=1).output
    assert "is no name" in run(data, "new", "shop", "X Y", code=1).output


def test_the_first_campaign_of_a_site_brings_the_file_of_the_site(data: DataDir) -> None:
    add_site(data.sites, "blog", [])
    assert "no campaigns yet" in run(data, "list", "blog").output
    run(data, "new", "blog", "newsletter", "--place", "footer")
    assert "1 campaign, no mistakes" in run(data, "check", "blog").output


def test_one_mistake_and_nothing_is_published(data: DataDir) -> None:
    run(data, "publish", "shop")
    before = served(data)
    edit(data, "cart-help", 'cart = ["abandoned"]', 'cart = ["abandond"]')
    edit(data, "free-delivery", "You are nearly there.", "Hurry.")
    said = run(data, "publish", "shop", "--yes", code=1).output
    assert "cart-help.toml:9: when.cart: there is no cart 'abandond'. Fix: did you mean abandoned?" in said
    assert served(data) == before
    states = {row["id"]: row["state"] for row in json.loads(run(data, "list", "shop", "--json").output)}
    assert states["cart-help"] == "changed"
    assert states["free-delivery"] == "changed"
    assert states["pot-size"] == "published"


def test_a_file_cut_off_publishes_nothing(data: DataDir) -> None:
    run(data, "publish", "shop")
    before = served(data)
    path = data.campaigns / "shop" / "free-delivery.toml"
    path.write_bytes(path.read_bytes()[:-20])
    assert "may be cut off" in run(data, "publish", "shop", "--yes", code=1).output
    assert served(data) == before


def test_a_condition_that_vanished_is_named_and_asked_about(data: DataDir) -> None:
    run(data, "publish", "shop")
    edit(data, "tasting-room", 'distance = "25 km"', "")
    edit(data, "tasting-room", "priority = 20", "priority = 20\n")
    before = served(data)
    said = run(data, "publish", "shop", said="n\n", code=1).output
    assert "! tasting-room: the condition distance is gone" in said
    assert served(data) == before
    run(data, "publish", "shop", "--dry-run")
    assert served(data) == before
    run(data, "publish", "shop", said="y\n")
    assert served(data) != before


def test_what_says_the_same_keeps_its_revision(data: DataDir) -> None:
    run(data, "publish", "shop")
    first = served(data)[0]["act"]
    assert "nothing has changed" in run(data, "publish", "shop").output
    assert served(data)[0]["act"] == first
    edit(data, "pot-size", "A small pot keeps tea hotter.", "Small is hot.")
    run(data, "publish", "shop")
    act = served(data)[0]["act"]
    assert act["rev"] == first["rev"] + 1
    assert act["salt"] == first["salt"]
    assert {one["id"]: one["rev"] for one in act["list"]} == dict.fromkeys(MOMENTS, 1) | {"pot-size": 2}
    (data.campaigns / "shop" / "pot-size.toml").unlink()
    assert "- pot-size: gone" in run(data, "publish", "shop").output
    shutil.copy(EXAMPLES / "pot-size.toml", data.campaigns / "shop")
    run(data, "publish", "shop")
    assert {one["id"]: one["rev"] for one in served(data)[0]["act"]["list"]}["pot-size"] == 3


def test_stop_is_for_the_published_campaign_whatever_the_files_say(data: DataDir) -> None:
    run(data, "publish", "shop")
    edit(data, "cart-help", "[when]", "[wen]")
    run(data, "stop", "shop", "cart-help")
    stopped = {one["id"] for one in served(data)[0]["act"]["list"] if one.get("stopped")}
    assert stopped == {"cart-help"}
    edit(data, "cart-help", "[wen]", "[when]")
    said = run(data, "publish", "shop").output
    assert "5 campaigns of shop in force" in said
    assert "cart-help stays stopped. The way back: hetk campaign stop shop cart-help --undo" in said
    assert any(one.get("stopped") for one in served(data)[0]["act"]["list"]), (
        "publishing does not start it again"
    )
    run(data, "stop", "shop", "cart-help", "--undo")
    assert not any(one.get("stopped") for one in served(data)[0]["act"]["list"])
    assert "published no campaign 'cart-hlp'" in run(data, "stop", "shop", "cart-hlp", code=1).output


def test_kill_works_on_a_damaged_file_too(data: DataDir) -> None:
    run(data, "publish", "shop")
    run(data, "kill", "shop")
    assert served(data)[0]["act"]["kill"] is True
    assert "killed" in run(data, "list", "shop").output
    said = run(data, "publish", "shop").output
    assert "0 campaigns of shop in force" in said
    assert "hetk campaign kill shop --undo" in said
    run(data, "kill", "shop", "--undo")
    assert served(data)[0]["act"]["kill"] is False
    (data.campaigns / "shop" / "published.json").write_text('{"salt": "5f')
    assert "is damaged" in run(data, "publish", "shop", code=1).output
    assert "is damaged" in run(data, "kill", "shop", "--undo", code=1).output
    run(data, "kill", "shop")
    act = served(data)[0]["act"]
    assert act["kill"] is True
    assert act["list"] == []


def test_a_config_written_anew_gets_its_campaigns_back(data: DataDir) -> None:
    run(data, "publish", "shop")
    before = served(data)
    (data.publish / "config-shop.json").write_text("{")
    assert "act" not in served(data)[0]
    hand_out(data, "shop")
    assert served(data) == before


def test_what_leaves_the_page_is_never_served(data: DataDir) -> None:
    text = (EXAMPLES / "cart-help.toml").read_text("utf-8")
    text = text.replace('place = "hero"', 'trigger = "carts_abandoned"').replace('"support"', '"mail"')
    (data.campaigns / "shop" / "cart-mail.toml").write_text(text, "utf-8")
    run(data, "publish", "shop")
    assert "cart-mail" in run(data, "list", "shop").output
    assert "cart-mail" not in json.dumps(served(data)[0])


def test_more_than_a_page_should_fetch_is_refused(data: DataDir) -> None:
    text = (EXAMPLES / "cart-help.toml").read_text("utf-8")
    for n in range(51):
        (data.campaigns / "shop" / f"c{n}.toml").write_text(text, "utf-8")
    assert "at most 50" in run(data, "publish", "shop", code=1).output


def test_another_goal_or_sensitive_category_is_a_change(data: DataDir) -> None:
    run(data, "publish", "shop")
    edit(data, "cart-help", 'goal = "purchase"', 'goal = "begin_checkout"')
    assert "~ cart-help: changed" in run(data, "publish", "shop", "--dry-run").output
    states = {row["id"]: row["state"] for row in json.loads(run(data, "list", "shop", "--json").output)}
    assert states["cart-help"] == "changed"
    run(data, "publish", "shop")
    edit(data, "_site", '"wellness"', '"gifts"')
    said = run(data, "publish", "shop", said="n\n", code=1).output
    assert "~ _site: changed" in said
    assert "! _site: the sensitive category wellness is gone" in said
