"""The models' answers worked out once more in plain Python, from rows of events and without SQL.

Nothing here is shared with the models: the tests compare the two on real files and on generated shops.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import combinations
from typing import Any

Row = dict[str, Any]
GAP = timedelta(minutes=30)
CENT = Decimal("0.01")


@dataclass
class Session:
    """A visitor's events in order."""

    site: str
    visitor: str
    events: list[Row] = field(default_factory=list)
    person: str = ""

    @property
    def id(self) -> Any:
        return self.events[0]["event_id"]

    @property
    def start(self) -> datetime:
        start: datetime = self.events[0]["ts"]
        return start

    def first(self, column: str) -> Any:
        return next((e[column] for e in self.events if e[column] is not None), None)


def people_only(rows: list[Row]) -> list[Row]:
    return [r for r in rows if not r["is_bot"]]


def sessions(rows: list[Row]) -> list[Session]:
    """30 minutes since the visitor's last event, ordered by time, seq and id."""
    by_visitor: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in people_only(rows):
        if row["visitor_id"] is not None:
            by_visitor[row["site_id"], row["visitor_id"]].append(row)
    persons = Persons(rows)
    out: list[Session] = []
    for (site, visitor), events in by_visitor.items():
        last = None
        for event in sorted(events, key=_order):
            if last is None or event["ts"] - last > GAP:
                out.append(Session(site, visitor))
            out[-1].events.append(event)
            last = event["ts"]
    for session in out:
        session.person = persons.of(session.site, session.visitor, session.start)
    return out


def _order(row: Row) -> tuple[Any, ...]:
    seq = row["session_seq"]
    return row["ts"], seq is None, seq or 0, row["event_id"]


class Persons:
    """Whom a visitor id stands for at a time: the last user seen until then, else the first one after."""

    def __init__(self, rows: list[Row]) -> None:
        self.logins: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
        for row in sorted(people_only(rows), key=_order):
            if row["user_id"] is not None and row["visitor_id"] is not None:
                self.logins[row["site_id"], row["visitor_id"]].append((row["ts"], row["user_id"]))

    def of(self, site: str, visitor: str, at: datetime) -> str:
        seen = self.logins.get((site, visitor))
        if not seen:
            return visitor
        before = [user for ts, user in seen if ts <= at]
        return before[-1] if before else seen[0][1]


def orders(rows: list[Row]) -> dict[str, Row]:
    """Order id -> the first purchase with that id."""
    out: dict[str, Row] = {}
    for row in sorted(people_only(rows), key=lambda r: (r["ts"], r["event_id"])):
        if row["event"] == "purchase":
            out.setdefault(row["order_id"] or str(row["event_id"]), row)
    return out


def amount(row: Row) -> Decimal:
    if row["value"] is not None:
        return Decimal(row["value"])
    return Decimal(row["price"] or 0) * (row["quantity"] if row["quantity"] is not None else 1)


def attribution(rows: list[Row]) -> dict[tuple[str, str, str], Decimal]:
    """(model, channel, currency) -> revenue, shared out in whole cents by largest remainder."""
    by_person: dict[str, list[Session]] = defaultdict(list)
    for session in sessions(rows):
        by_person[session.person].append(session)
    persons = Persons(rows)
    out: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for order in orders(rows).values():
        person = order["user_id"] or persons.of(order["site_id"], order["visitor_id"], order["ts"])
        touches = sorted(
            (s for s in by_person[person] if order["ts"] - timedelta(days=30) <= s.start <= order["ts"]),
            key=lambda s: (s.start, s.id),
        )
        n = len(touches)
        ages = [(order["ts"] - s.start).total_seconds() for s in touches]
        weights = {
            "first": [float(i == 0) for i in range(n)],
            "last": [float(i == n - 1) for i in range(n)],
            "linear": [1.0] * n,
            "time_decay": [2 ** (-age / 604800) for age in ages],
        }
        for model, weight in weights.items():
            for session, share in zip(touches, share_out(amount(order), weight), strict=True):
                out[model, session.first("channel") or "unknown", order["currency"]] += share
    return dict(out)


def share_out(total: Decimal, weights: list[float]) -> list[Decimal]:
    """Cents by largest remainder; equal remainders go to the heavier, then to the earlier."""
    exact = [total * Decimal(w) / Decimal(sum(weights)) for w in weights]
    parts = [e.quantize(CENT, ROUND_FLOOR) for e in exact]
    rest = int((total - sum(parts)) / CENT)
    rank = sorted(range(len(parts)), key=lambda i: (-round(exact[i] - parts[i], 9), -weights[i], i))
    for i in rank[:rest]:
        parts[i] += CENT
    return parts


def funnel(rows: list[Row], steps: list[str], days: int) -> list[int]:
    """People per step, by trying every start."""
    walks: dict[str, list[tuple[datetime, Any, str]]] = defaultdict(list)
    persons = Persons(rows)
    for row in people_only(rows):
        if row["event"] in steps and row["visitor_id"] is not None:
            person = persons.of(row["site_id"], row["visitor_id"], row["ts"])
            walks[person].append((row["ts"], row["event_id"], row["event"]))
    counts = [0] * len(steps)
    for walk in walks.values():
        walk.sort()
        for step in range(_furthest(walk, steps, timedelta(days=days))):
            counts[step] += 1
    return counts


def _furthest(walk: list[tuple[datetime, Any, str]], steps: list[str], window: timedelta) -> int:
    best = 0
    for i, (start, _, event) in enumerate(walk):
        if event != steps[0]:
            continue
        reached = 1
        for ts, _, later in walk[i + 1 :]:
            if reached < len(steps) and later == steps[reached] and ts - start <= window:
                reached += 1
        best = max(best, reached)
    return best


def retention(rows: list[Row]) -> dict[tuple[date, int], int]:
    """(Monday of the first week, age in weeks) -> people."""
    weeks: dict[str, set[date]] = defaultdict(set)
    for session in sessions(rows):
        day = session.start.date()
        weeks[session.person].add(day - timedelta(days=day.weekday()))
    return dict(Counter((min(w), (one - min(w)).days // 7) for w in weeks.values() for one in w))


def clicked_searches(rows: list[Row]) -> dict[str, tuple[int, int]]:
    """Normalised query -> (searches, clicked ones)."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    by_visitor: dict[Any, list[Row]] = defaultdict(list)
    for row in people_only(rows):
        by_visitor[row["site_id"], row["visitor_id"]].append(row)
    for events in by_visitor.values():
        asked: Row | None = None
        done = False
        for row in sorted(events, key=lambda r: r["ts"]):
            if row["event"] == "search" and row["search_query"] is not None:
                asked, done = row, False
                found[_norm(row)][0] += 1
            elif row["event"] in ("view_item", "select_item") and asked and not done:
                if row["ts"] - asked["ts"] <= GAP:
                    found[_norm(asked)][1] += 1
                done = True
    return {norm: (n, clicked) for norm, (n, clicked) in found.items()}


def _norm(row: Row) -> str:
    return str(row["search_norm"] or row["search_query"].strip().lower())


def carts(rows: list[Row]) -> dict[Any, tuple[Decimal, bool]]:
    """Session id or cart id -> (value, bought)."""
    bought = defaultdict(list)
    for order in orders(rows).values():
        bought[order["visitor_id"]].append(order["ts"])
    out: dict[Any, tuple[Decimal, bool]] = {}
    for session in sessions(rows):
        touched = [e for e in session.events if e["event"] in ("add_to_cart", "remove_from_cart")]
        if touched:
            value = sum(
                (amount_of_item(e) * (1 if e["event"] == "add_to_cart" else -1) for e in touched), Decimal(0)
            )
            after = [ts for ts in bought[session.visitor] if ts >= touched[0]["ts"]]
            in_time = bool(after) and min(after) <= touched[-1]["ts"] + timedelta(days=1)
            out[str(session.id)] = (max(value, Decimal(0)), in_time)
    return out


def amount_of_item(row: Row) -> Decimal:
    return Decimal(row["price"] or 0) * (row["quantity"] if row["quantity"] is not None else 1)


def compared(rows: list[Row]) -> Counter[tuple[str, str]]:
    """Pairs of products of one category -> sessions that viewed both."""
    category: dict[str, Any] = {}
    for row in sorted(people_only(rows), key=lambda r: r["ts"]):
        if row["product_id"] is not None and row["category"] is not None:
            category[row["product_id"]] = row["category"]
    pairs: Counter[tuple[str, str]] = Counter()
    for session in sessions(rows):
        viewed = {e["product_id"] for e in session.events if e["event"] == "view_item" and e["product_id"]}
        for a, b in combinations(sorted(viewed)[:20], 2):
            if category.get(a) == category.get(b):
                pairs[a, b] += 1
    return pairs
