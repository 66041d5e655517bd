"""A site, a span of days and a table as somebody may type them: a typo is answered with the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from warehouse.cli import main


def hetk(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.mark.parametrize(
    "command",
    [
        ["moments", "use", "shpo", "default"],
        pytest.param(["moments", "fit", "shpo"], marks=pytest.mark.long),
        pytest.param(["moments", "set", "shpo", "-"], marks=pytest.mark.long),
        ["export", "events", "--site", "shpo"],
        ["rejected", "list", "--site", "shpo"],
        pytest.param(["rejected", "release", "--site", "shpo"], marks=pytest.mark.long),
        pytest.param(["story", "--site", "shpo"], marks=pytest.mark.long),
    ],
)
def test_a_site_that_is_not_there_is_answered_with_the_nearest(lake: Path, command: list[str]) -> None:
    done = CliRunner().invoke(main, [*command, "--data", str(lake)], input="{}")
    assert done.exit_code == 1
    assert f"there is no site 'shpo' in {lake}. The nearest is shop." in done.output


def test_days_that_run_backwards_are_refused(lake: Path) -> None:
    done = hetk("models", "build", "--from", "2026-02-01", "--to", "2026-01-01", "--data", lake)
    assert done.exit_code == 2
    assert "--to 2026-01-01 is before --from 2026-02-01" in done.output


def test_a_table_is_exported_however_it_is_spelled(lake: Path, tmp_path: Path) -> None:
    done = hetk("export", "EVENTS", "--site", "shop", "--to", tmp_path, "--data", lake)
    assert done.exit_code == 0, done.output
    assert [path.name for path in tmp_path.iterdir()] == ["events.parquet"]
