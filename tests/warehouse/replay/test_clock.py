"""Times in any usual form become milliseconds UTC."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from warehouse.replay.clock import to_ms

OCTOBER = 1_569_888_000_000


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        (datetime(2019, 10, 1), OCTOBER),
        (datetime(2019, 10, 1, 5, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))), OCTOBER),
        (datetime(2019, 10, 1, 0, 0, 0, 1500, tzinfo=UTC), OCTOBER + 2),
        (date(2019, 10, 1), OCTOBER),
        ("2019-10-01 00:00:00 UTC", OCTOBER),
        ("2019-10-01T00:00:00Z", OCTOBER),
        ("2019-10-01 02:00:00+02:00", OCTOBER),
        (" 2019-10-01 ", OCTOBER),
        (1_569_888_000, OCTOBER),
        ("1569888000", OCTOBER),
        (1_569_888_000.25, OCTOBER + 250),
        (1_569_888_000_000, OCTOBER),
        (1_569_888_000_000_000, OCTOBER),
        (1_569_888_000_000_000_000, OCTOBER),
        (0, 0),
        (-1, -1000),
    ],
)
def test_reads_times_in_their_usual_forms(value: Any, ms: int) -> None:
    assert to_ms(value) == ms


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", "2019-13-01", float("nan"), float("inf"), True, "nan"]
)
def test_refuses_what_is_no_time(value: Any) -> None:
    with pytest.raises(ValueError, match="not a time"):
        to_ms(value)
