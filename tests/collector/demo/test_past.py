"""The shop's past: the same each time it is made, and what a shop of this kind would have seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from collector.config import Limits
from collector.decode import parse
from collector.demo import past
from collector.event import Batch, Event

UNTIL = datetime(2026, 11, 18, 15, 20, tzinfo=UTC)  # a Wednesday
UNTIL_MS = round(UNTIL.timestamp() * 1000)


def bodies() -> list[tuple[str, bytes]]:
    return list(past.batches(UNTIL_MS, "http://127.0.0.1:8081/shop", "sk_demo"))


@pytest.fixture(scope="module")
def sent() -> list[tuple[str, bytes]]:
    return bodies()


@pytest.fixture(scope="module")
def visits(sent: list[tuple[str, bytes]]) -> list[Batch]:
    return [msgspec.json.decode(body, type=Batch) for _, body in sent]


def events_of(visits: list[Batch], name: str) -> list[Event]:
    return [event for visit in visits for event in visit.events if event.event == name]


def day_of(visit: Batch) -> int:
    """Days before the last one."""
    return (UNTIL.date() - datetime.fromtimestamp(visit.events[0].t / 1000, UTC).date()).days


def props(event: Event) -> dict[str, Any]:
    assert event.props is not None
    return event.props


def test_the_same_start_has_the_same_past_to_the_byte(sent: list[tuple[str, bytes]]) -> None:
    assert bodies() == sent


def test_every_batch_is_one_that_the_collector_takes_as_it_is(sent: list[tuple[str, bytes]]) -> None:
    for _, body in sent:
        parsed = parse(body, Limits())
        assert (parsed.body, parsed.rejected) == (body, [])


def test_ids_are_all_different_and_have_their_time_in_front(visits: list[Batch]) -> None:
    events = [event for visit in visits for event in visit.events]
    assert len({event.id for event in events}) == len(events)
    assert all(event.id.int >> 80 == event.t for event in events)


def test_it_is_eight_weeks_long_and_ends_where_the_live_visitors_begin(visits: list[Batch]) -> None:
    last = max(event.t for visit in visits for event in visit.events)
    assert timedelta(0) <= UNTIL - datetime.fromtimestamp(last / 1000, UTC) < timedelta(minutes=15)
    assert {day_of(visit) for visit in visits} >= set(range(past.DAYS + 1))
    days = [day_of(visit) for visit in visits]
    assert all(then - ago <= 1 for ago, then in pairwise(days)), "oldest first"
    assert 6_000 <= len(visits) <= 8_000


def test_evenings_and_weekends_are_busy_and_nights_are_quiet(visits: list[Batch]) -> None:
    hours: Counter[int] = Counter()
    weekdays: Counter[int] = Counter()
    for visit in visits:
        zone = timedelta(hours=past.HOURS_FROM_UTC[visit.ctx.tz or ""])
        local = datetime.fromtimestamp(visit.events[0].t / 1000, UTC) + zone
        hours[local.hour] += 1
        weekdays[local.weekday()] += 1
    assert sum(hours[hour] for hour in (19, 20, 21)) > 8 * sum(hours[hour] for hour in (1, 2, 3, 4))
    assert min(weekdays[5], weekdays[6]) > max(weekdays[day] for day in range(5))


def test_the_shop_grows_and_one_campaign_can_be_seen(visits: list[Batch]) -> None:
    weeks = Counter(day_of(visit) // 28 for visit in visits if day_of(visit) < 56)
    assert 1.1 < weeks[0] / weeks[1] < 1.4
    glow = Counter(
        day_of(visit) in past.CAMPAIGN_DAYS_AGO
        for visit in visits
        if "autumn-glow" in (visit.events[0].url or "")
    )
    usual = glow[False] / (past.DAYS + 1 - len(past.CAMPAIGN_DAYS_AGO))
    assert glow[True] / len(past.CAMPAIGN_DAYS_AGO) > 3 * usual


def test_some_come_again_and_buy_more_often(visits: list[Batch]) -> None:
    by_visitor: defaultdict[str, list[Batch]] = defaultdict(list)
    for visit in visits:
        by_visitor[visit.events[0].visitor or ""].append(visit)
    once = [seen[0] for seen in by_visitor.values() if len(seen) == 1]
    again = [visit for seen in by_visitor.values() for visit in seen[1:]]
    assert len(again) > 0.15 * len(visits)
    assert share_bought(again) > 1.5 * share_bought(once)
    assert all(
        seen[0].ctx.consent and seen[0].ctx.consent.analytics for seen in by_visitor.values() if seen[1:]
    )


def share_bought(visits: list[Batch]) -> float:
    return sum(bool(events_of([visit], "purchase")) for visit in visits) / len(visits)


def test_customers_are_known_from_their_first_order_on_and_some_have_two_devices(visits: list[Batch]) -> None:
    devices: defaultdict[str, set[str]] = defaultdict(set)
    for visit in visits:
        for event in visit.events:
            if event.user:
                devices[event.user].add(event.visitor or "")
    assert len(devices) > 150
    assert sum(len(ids) > 1 for ids in devices.values()) > 10
    for visit in visits:
        users = [event.user for event in visit.events]
        names = [event.event for event in visit.events]
        if "identify" in names:
            at = names.index("identify")
            assert set(users[:at]) <= {None}
            assert None not in users[at:]


def test_orders_have_numbers_of_their_own_and_totals_that_add_up(visits: list[Batch]) -> None:
    orders = [props(event) for event in events_of(visits, "purchase")]
    assert len(orders) > 300
    assert len({order["order_id"] for order in orders}) == len(orders)
    assert {order["currency"] for order in orders} == {"EUR", "INR", "BDT"}
    for order in orders:
        total = sum(item["price"] * item["quantity"] for item in order["items"])
        assert order["value"] == pytest.approx(total)


def test_channels_differ_in_how_often_they_sell(visits: list[Batch]) -> None:
    def came_by(part: str) -> list[Batch]:
        return [visit for visit in visits if part in f"{visit.events[0].url} {visit.events[0].ref}"]

    assert share_bought(came_by("newsletter")) > 1.5 * share_bought(came_by("instagram"))
    assert all(came_by(name) for name in ("chatgpt.com", "perplexity.ai", "claude.ai", "reddit.com"))
