"""A lake with a shop's history for the tests of the console: six days, the older ones closed, today open; six
campaigns, published, and what was decided of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from collector import sites
from collector.datadir import DataDir
from tests.bench.shop import generate
from warehouse import migrations
from warehouse.act.demo import publish_examples
from warehouse.act.goals import keep_goals
from warehouse.models import runner
from warehouse.store import open_lake

DAYS = 6
EVENTS = 3_000
DECISIONS = Path(__file__).with_name("decisions.sql")


def make_lake(root: Path, events: int = EVENTS) -> DataDir:
    data = DataDir(root)
    data.create()
    sites.add_site(data.sites, "shop", ["http://localhost"])
    publish_examples(data, "shop")
    now = datetime.now(UTC).replace(tzinfo=None)
    con = open_lake(data)
    migrations.migrate(con)
    runner.build(con)
    generate(con, events, days=DAYS, first=now.date() - timedelta(days=DAYS - 1))
    con.execute(DECISIONS.read_text("utf-8"))
    keep_goals(con, data, "shop")
    # The generator's events come minutes after they happen; those of today are not to wait for it.
    con.execute("UPDATE events SET ts_received = least(ts_received, ts)")
    con.execute("DELETE FROM events WHERE ts > $1", [now])
    con.execute("DELETE FROM decisions WHERE decided_at > $1", [now])
    runner.close_days(con, now)
    con.close()
    return data
