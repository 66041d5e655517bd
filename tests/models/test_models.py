"""Each model against small CSV files written by hand: <model>/in.csv in, <model>/expected.csv out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.models.lab import check, lab
from warehouse.models.model import load_models

# They show what is stored, or prove something of it: bots too.
EVERY_ROW = {"data_quality", "prop_drift", "shown_without_consent", "volume_hours"}
CASES = sorted(p.parent for p in Path(__file__).parent.glob("*/expected.csv"))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = lab()
    yield con
    con.close()


@pytest.mark.parametrize("states", [1, pytest.param(None, marks=pytest.mark.long)])
@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_model_answers_as_written_down(
    con: duckdb.DuckDBPyConnection, folder: Path, states: int | None
) -> None:
    """`hetk models test` takes the rows as they are written; here they come in the worst way."""
    disturb = turn_round if folder.name in EVERY_ROW else turn_round_among_bots
    difference = check(con, folder, disturb, states)
    assert difference is None, str(difference)


def turn_round(con: duckdb.DuckDBPyConnection) -> None:
    """The newest row is stored first."""
    con.execute("CREATE OR REPLACE TEMP TABLE sent AS FROM events")
    con.execute("DELETE FROM events")
    con.execute("INSERT INTO events FROM sent ORDER BY ts DESC, event_id DESC")


def turn_round_among_bots(con: duckdb.DuckDBPyConnection) -> None:
    """A bot did all the same, with the same ids of visitors, carts and orders."""
    turn_round(con)
    con.execute("INSERT INTO events SELECT * REPLACE (uuid() AS event_id, true AS is_bot) FROM sent")


def test_every_model_has_a_case() -> None:
    tested = {folder.name for folder in CASES}
    own = {m.name for m in load_models() if m.folder != "30_moments"}  # those have golden sessions
    assert own - tested == set()
