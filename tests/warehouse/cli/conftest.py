"""A lake with a few rows, made by the warehouse's own migrations and models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.datadir import DataDir
from warehouse.migrations import migrate
from warehouse.models.runner import build
from warehouse.store import open_lake

EVENTS = 1_234


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("lake") / "hetk-data"
    con = open_lake(DataDir(root))
    migrate(con)
    build(con)
    con.execute(
        "INSERT INTO events (event_id, site_id, event, ts, visitor_id, price, props)"
        " SELECT uuidv7(), 'shop', 'view_item', TIMESTAMP '2026-01-01' + i * INTERVAL 1 SECOND, 'v' || i % 7,"
        f" 19.99, '{{\"n\": 1}}' FROM range({EVENTS}) AS r(i)"
    )
    con.close()
    yield root
