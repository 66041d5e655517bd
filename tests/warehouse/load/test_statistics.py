"""Every table of a lake has statistics, without a row to show for it; a crash between the steps is mended."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from collector.datadir import DataDir
from warehouse import migrations
from warehouse.migrations.statistics import give_statistics
from warehouse.models import runner
from warehouse.store import open_lake

pytestmark = pytest.mark.long

ASKS = """SELECT count(*) FROM duckdb_logs
WHERE type = 'QueryLog' AND message LIKE '%SELECT table_id, column_id, record_count%'"""


@pytest.fixture
def lake(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    con = open_lake(DataDir(tmp_path / "data"))
    migrations.migrate(con)
    runner.build(con)
    con.execute("INSERT INTO events (site_id, event) VALUES ('shop', 'page_view')")
    return con


def asked(con: duckdb.DuckDBPyConnection) -> int:
    """How often the catalog is asked for statistics while `moments` is planned for the second time."""
    con.execute("EXPLAIN FROM moments").fetchall()
    con.execute("CALL truncate_duckdb_logs()")
    con.execute("CALL enable_logging('QueryLog')")
    con.execute("EXPLAIN FROM moments").fetchall()
    con.execute("CALL disable_logging()")
    row = con.execute(ASKS).fetchone()
    assert row is not None
    return int(row[0])


def rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    names = [name for (name,) in con.execute("SELECT table_name FROM ducklake_table_info('lake')").fetchall()]
    return {name: len(con.execute(f"FROM {name}").fetchall()) for name in names}


def test_planning_asks_the_catalog_for_statistics_once(lake: duckdb.DuckDBPyConnection) -> None:
    assert asked(lake) > 50
    before = rows(lake)
    assert {"decisions", "moment_models", "moments_closed"} <= set(give_statistics(lake))
    assert rows(lake) == before
    assert give_statistics(lake) == []
    assert asked(lake) < 10


def test_housekeeping_keeps_them(lake: duckdb.DuckDBPyConnection) -> None:
    give_statistics(lake)
    lake.execute("CALL ducklake_rewrite_data_files('lake')")
    lake.execute("CALL ducklake_expire_snapshots('lake', older_than => now() + INTERVAL 1 HOUR)")
    lake.execute("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
    assert give_statistics(lake) == []


def test_a_row_that_a_crash_left_goes_at_the_next_start(lake: duckdb.DuckDBPyConnection) -> None:
    lake.execute("INSERT INTO decisions DEFAULT VALUES")
    lake.execute("INSERT INTO outbox (site_id) VALUES ('shop')")
    give_statistics(lake)
    assert (rows(lake)["decisions"], rows(lake)["outbox"]) == (0, 1)


def test_a_plain_file_needs_none(tmp_path: Path) -> None:
    assert give_statistics(duckdb.connect()) == []
