"""Times of a file in any usual form in, milliseconds since 1970 UTC out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

# Epoch numbers say their unit by their size: these bounds are the year 5138 in s, ms and us.
_UNITS = ((1e11, 1_000.0), (1e14, 1.0), (1e17, 0.001))
_NANOSECONDS = 1e-6


def to_ms(value: Any) -> int:
    """Timestamps, dates, ISO strings ('2019-10-01 00:00:00 UTC' too), epoch numbers in s, ms, us or ns.

    A time without a zone is UTC. Raises ValueError when it is no time.
    """
    if isinstance(value, datetime):
        return _of_datetime(value)
    if isinstance(value, date):
        return _of_datetime(datetime.combine(value, time()))
    if isinstance(value, str):
        return _of_text(value.strip())
    if isinstance(value, bool) or value is None:
        raise ValueError(f"not a time: {value!r}")
    return _of_number(float(value))


def _of_datetime(value: datetime) -> int:
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return round(value.timestamp() * 1000)


def _of_text(text: str) -> int:
    try:
        return _of_number(float(text))
    except ValueError:
        pass
    try:
        return _of_datetime(datetime.fromisoformat(text.removesuffix("UTC").rstrip()))
    except ValueError:
        raise ValueError(f"not a time: {text[:40]!r}") from None


def _of_number(number: float) -> int:
    if number != number or abs(number) == float("inf"):
        raise ValueError(f"not a time: {number}")
    factor = next((factor for bound, factor in _UNITS if abs(number) < bound), _NANOSECONDS)
    return round(number * factor)
