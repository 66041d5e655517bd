"""What a campaign is for is kept in the lake by revision, once it was published."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner

from collector import sites
from collector.datadir import DataDir
from warehouse.act.goals import keep_goals
from warehouse.cli import main
from warehouse.models.lab import lab

EXAMPLES = Path(__file__).parents[3] / "warehouse" / "act" / "examples"
DAY = 86_400_000
GOALS = (
    "SELECT action, revision, goal, within_ms FROM campaign_goals WHERE action = 'pot-size' ORDER BY revision"
)


def test_each_revision_keeps_the_goal_it_was_published_with(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "data")
    data.create()
    sites.add_site(data.sites, "shop", [])
    con = lab()
    keep_goals(con, data, "shop")
    assert con.execute(GOALS).fetchall() == [], "nothing was published yet"
    folder = data.campaigns / "shop"
    shutil.copytree(EXAMPLES, folder)

    def publish() -> None:
        done = CliRunner().invoke(main, ["campaign", "publish", "shop", "--yes", "--data", str(data.root)])
        assert done.exit_code == 0, done.output
        keep_goals(con, data, "shop")
        keep_goals(con, data, "shop")  # every minute: what is there is not written again

    publish()
    assert con.execute(GOALS).fetchall() == [("pot-size", 1, "add_to_cart", DAY)]
    file = folder / "pot-size.toml"
    file.write_text(file.read_text("utf-8").replace('goal_within = "1d"', 'goal_within = "3d"'), "utf-8")
    publish()
    file.write_text(file.read_text("utf-8").replace('goal = "add_to_cart"', 'goal = "purchase"'), "utf-8")
    publish()
    assert con.execute(GOALS).fetchall() == [
        ("pot-size", 1, "add_to_cart", DAY),
        ("pot-size", 2, "add_to_cart", 3 * DAY),
        ("pot-size", 3, "purchase", 3 * DAY),
    ]
    assert con.execute("SELECT count(*) FROM campaign_goals").fetchall() == [(8,)]
    con.close()
