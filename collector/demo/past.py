"""The time the demo first started in; eight weeks of visits that end there out, oldest first, as bodies of POST
/v1/events with the demo's server key.

The same time gives the same visits, ids and all: what is sent twice is recognised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from operator import itemgetter
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from collector.demo import batch
from collector.demo.visits import INSTAGRAM, Step, Visit, come_again, device, make_visit, walk_seconds
from collector.steps.enrich import VISITOR_AGENT
from collector.uuid8 import uuid8

SEED = 8
DAYS = 56
RUN_IN = 14  # days before these, which nobody is told of: so that people come again from the first day on
NEW_A_DAY = 78  # at first; who comes again is added
GROWTH = 0.2  # so many more at the end
WEEKDAYS = (1.0, 0.93, 0.9, 0.95, 0.88, 1.12, 1.22)
HOURS = (3, 1, 1, 1, 1, 2, 5, 11, 14, 14, 15, 16, 20, 19, 16, 16, 18, 22, 29, 37, 44, 42, 26, 11)
# A week of autumn-glow, over two days before the end: 7 days show it against those before, and so do 28.
CAMPAIGN_DAYS_AGO = range(2, 9)
CAMPAIGN_MORE = 0.45
# As it is for most of the year: a time zone database is not on every machine.
HOURS_FROM_UTC = {
    "Europe/London": 1.0,
    "Europe/Tallinn": 3.0,
    "America/New_York": -4.0,
    "Asia/Kolkata": 5.5,
    "Asia/Dhaka": 6.0,
}


@dataclass
class Person:
    """Somebody on the way to the shop: with which id, on which visit, and the number of a customer."""

    visitor: str
    visit: Visit
    user: str | None = None


def headers(agent: str) -> dict[str, str]:
    """What goes with the body of a visit: the device is the visitor's, not the sender's."""
    return {VISITOR_AGENT: agent, "Content-Type": "application/json", "Content-Encoding": "gzip"}


def batches(until_ms: int, shop: str, key: str) -> Iterator[tuple[str, bytes]]:
    """User agent and body of each visit; no event is later than `until_ms`."""
    numbers = count()
    for visit, events in _visits(until_ms, shop):
        for event in events:
            event["id"] = str(uuid8(event["t"], b"demo past %d" % next(numbers)))
        head = {"v": 1, "key": key, "sent": until_ms, "lib": batch.LIB, "history": True}
        yield visit.agent, msgspec.json.encode({**head, "ctx": batch.about(visit), "events": events})


def _visits(until_ms: int, shop: str) -> Iterator[tuple[Visit, list[dict[str, Any]]]]:
    """Each visit with its events, which have no ids yet."""
    random, customers = Random(SEED), count(1001)  # noqa: S311 - no secrets
    last = datetime.fromtimestamp(until_ms / 1000, UTC).date()
    expected: defaultdict[int, list[Person]] = defaultdict(list)  # by days before the last one
    for ago in range(DAYS + RUN_IN, -1, -1):
        people = expected.pop(ago, []) + list(_strangers(random, last - timedelta(ago), ago))
        for start_ms, person in _in_order(random, last - timedelta(ago), people):
            events = list(_events(random, person, start_ms, shop, customers))
            if events[-1]["t"] > until_ms:
                continue
            if ago <= DAYS:
                yield person.visit, events
            if pause := _pause(random, person):
                expected[ago - pause].append(_again(random, person))


def _strangers(random: Random, day: date, ago: int) -> Iterator[Person]:
    """Who comes for the first time that day."""
    usual = NEW_A_DAY * WEEKDAYS[day.weekday()] * (1 + GROWTH * (DAYS - ago) / DAYS)
    for _ in range(round(usual * random.uniform(0.9, 1.1))):
        yield Person(_id(random), make_visit(random))
    for _ in range(round(usual * CAMPAIGN_MORE) if ago in CAMPAIGN_DAYS_AGO else 0):
        yield Person(_id(random), make_visit(random, INSTAGRAM))


def _in_order(random: Random, day: date, people: list[Person]) -> list[tuple[int, Person]]:
    """When (in ms) each of them comes: busy evenings and quiet nights, by their own clocks."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    arrivals = []
    for person in people:
        [hour] = random.choices(range(24), HOURS)
        local = (hour + random.random() - HOURS_FROM_UTC[person.visit.place[2]]) * 3600
        arrivals.append((round((midnight + local) * 1000), person))
    return sorted(arrivals, key=itemgetter(0))


def _events(
    random: Random, person: Person, start_ms: int, shop: str, customers: Iterator[int]
) -> Iterator[dict[str, Any]]:
    visit, at_ms, session = person.visit, start_ms, f"s-{random.getrandbits(60):x}"
    country, city, _ = visit.place
    for number, step in enumerate(_steps(random, person, customers)):
        wait, path, page_type, event, props = step
        at_ms += round(walk_seconds(random, wait) * 1000)
        yield {
            "id": "",
            "event": event,
            "t": at_ms,
            "seq": number,
            "props": {**props, "country": country, "city": city},
            **batch.page(visit, shop, path, number),
            "page_type": page_type,
            "visitor": person.visitor,
            **({"user": person.user} if person.user else {}),
            "session": session,
        }


def _steps(random: Random, person: Person, customers: Iterator[int]) -> Iterator[Step]:
    """The steps of the visit; on the way to the first order some become customers, and are known from there on."""
    for step in person.visit.steps:
        if step[3] == "begin_checkout" and person.visit.agreed and not person.user and random.random() < 0.6:
            person.user = f"customer-{next(customers)}"
            yield 3.0, "checkout", "checkout", "identify", {}
        yield step


def _pause(random: Random, person: Person) -> int | None:
    """Days until the next visit: tea lasts two weeks, who only looked thinks for a few days; None: no next one."""
    if not person.visit.agreed:
        return None  # whoever is not remembered is new each time
    if any(step[3] == "purchase" for step in person.visit.steps):
        return max(2, round(random.gauss(13, 4))) if random.random() < 0.75 else None
    return 1 + int(random.expovariate(0.25)) if random.random() < (0.6 if person.user else 0.3) else None


def _again(random: Random, person: Person) -> Person:
    """The same person, next time; customers are known on another device too."""
    visit = come_again(random, person.visit)
    if person.user and random.random() < 0.15:
        agent, screen = device(random)
        return Person(_id(random), replace(visit, agent=agent, screen=screen), person.user)
    return Person(person.visitor, visit, person.user)


def _id(random: Random) -> str:
    return str(UUID(bytes=random.randbytes(16), version=4))
