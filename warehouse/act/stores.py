"""`_stores.toml` in: a site's stores with their hours; what devices look the nearest open one up in, out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import available_timezones

from msgspec import Meta, Struct

from warehouse.act.toml import Lines, Mistake, near
from warehouse.act.words import LINK

DAYS = ("Su", "Mo", "Tu", "We", "Th", "Fr", "Sa")
DAY_MINUTES = 1440
STORES_MAX = 1000
_PART = re.compile(r"(?P<days>[A-Z][a-z](?:\s*[-,]\s*[A-Z][a-z])*)\s+(?P<spans>[\d:,\s-]+)")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

Week = list[list[tuple[int, int]]]


class StoreForm(Struct):
    """[[stores]]: where it is and when it is open, in its own zone."""

    id: Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$")]
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    zone: str
    hours: str
    closed: list[date] = []
    url: str | None = None


class StoresForm(Struct):
    """The file."""

    stores: Annotated[list[StoreForm], Meta(min_length=1, max_length=STORES_MAX)]


def mistakes(form: StoresForm, file: str, lines: Lines) -> list[Mistake]:
    """Everything the types do not see, with its line."""
    found: list[Mistake] = []
    seen: set[str] = set()
    for n, one in enumerate(form.stores):
        at = f"stores.{n}"
        if one.id in seen:
            found.append(
                Mistake(
                    file,
                    lines.of(f"{at}.id"),
                    f"{at}.id",
                    f"{one.id!r} stands twice",
                    "each store has an id of its own",
                )
            )
        seen.add(one.id)
        for field, what, fix in _wrong(one):
            found.append(Mistake(file, lines.of(f"{at}.{field}"), f"{at}.{field}", what, fix))
    return found


def _wrong(one: StoreForm) -> Iterator[tuple[str, str, str]]:
    if one.zone not in available_timezones():
        yield (
            "zone",
            f"there is no zone {one.zone!r}",
            near(one.zone, sorted(available_timezones()), 'zone = "Europe/Tallinn"'),
        )
    try:
        if not any(week(one.hours)):
            yield "hours", "is never open", 'hours = "Mo-Fr 09:00-20:00; Sa 10:00-16:00"'
    except ValueError as error:
        yield "hours", str(error), 'hours = "Mo-Fr 09:00-20:00; Sa 10:00-16:00"'
    if one.lat == 0 and one.lon == 0:
        yield "lat", "0, 0 lies in the sea", "write where the store is, in degrees"
    if one.url is not None and not LINK.fullmatch(one.url):
        yield "url", f"{one.url!r} is no page", 'url = "/stores/tartu" or "https://shop.example/tartu"'


def week(hours: str) -> Week:
    """ "Mo-Fr 09:00-20:00; Sa 10:00-16:00" -> per day, Sunday first, spans in minutes; one that ends the next day
    ends above 1440. A later part replaces an earlier one on its days. Raises ValueError with what is wrong.
    """
    found: Week = [[] for _ in DAYS]
    for part in filter(None, (part.strip() for part in hours.split(";"))):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{part!r} is no day and time")
        spans = sorted(_span(text.strip()) for text in match["spans"].split(","))
        for (_, end), (start, _) in pairwise(spans):
            if start < end:
                raise ValueError(f"{part!r} has times that overlap")
        for day in _days(match["days"]):
            found[day] = spans
    return found


def _days(text: str) -> Iterator[int]:
    for piece in text.split(","):
        ends = [name.strip() for name in piece.split("-")]
        for name in ends:
            if name not in DAYS:
                raise ValueError(f"{name!r} is no day: Mo, Tu, We, Th, Fr, Sa, Su")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        yield from ((first + n) % 7 for n in range((last - first) % 7 + 1))


def _span(text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no time from-to")
    h, m, to_h, to_m = map(int, match.groups())
    start, end = h * 60 + m, to_h * 60 + to_m
    if start >= DAY_MINUTES or end > DAY_MINUTES or start == end:
        raise ValueError(f"{text!r} is no time of a day; round the clock is 00:00-24:00")
    return start, end if end > start else end + DAY_MINUTES


def compiled(form: StoresForm) -> list[dict[str, Any]]:
    """As sdk_js/src/act/near.ts reads them."""
    return [_compiled(one) for one in form.stores]


def _compiled(one: StoreForm) -> dict[str, Any]:
    optional = {"closed": [day.isoformat() for day in one.closed] or None, "url": one.url}
    return {
        "id": one.id, "name": one.name, "lat": one.lat, "lon": one.lon, "zone": one.zone, "open": [[list(span) for span in day] for day in week(one.hours)],
    } | {key: value for key, value in optional.items() if value is not None}  # fmt: skip
