"""The models' answers worked out once more in plain Python, from rows of events and without SQL.

Nothing here is shared with the models: the tests compare the two on real files and on generated shops.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
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
        users = [e["user_id"] for e in session.events if e["user_id"] is not None]
        session.person = persons.of(session.site, session.visitor, users[-1] if users else None)
    return out


def _order(row: Row) -> tuple[Any, ...]:
    seq = row["session_seq"]
    return row["ts"], seq is None, seq or 0, row["event_id"]


class Persons:
    """Who is who: the signed-in user; else the one user of the visitor; else nobody but the visitor."""

    def __init__(self, rows: list[Row]) -> None:
        self.users: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in people_only(rows):
            if row["user_id"] is not None and row["visitor_id"] is not None:
                self.users[row["site_id"], row["visitor_id"]].add(row["user_id"])

    def of(self, site: str, visitor: str, user: str | None) -> str:
        users = self.users.get((site, visitor), set())
        return user or (next(iter(users)) if len(users) == 1 else f"v:{visitor}")


def orders(rows: list[Row]) -> dict[str, Row]:
    """Order id -> the first purchase with that id."""
    out: dict[str, Row] = {}
    for row in sorted(people_only(rows), key=_order):
        if row["event"] == "purchase":
            out.setdefault(row["order_id"] or str(row["event_id"]), row)
    return out


def amount(row: Row) -> Decimal:
    if row["value"] is not None:
        return Decimal(row["value"])
    return Decimal(row["price"] or 0) * (row["quantity"] if row["quantity"] is not None else 1)


def attribution(rows: list[Row]) -> dict[tuple[str, str, str], Decimal]:
    """(model, channel, currency) -> revenue, in whole cents; what is left over goes to later touches."""
    by_person: dict[str, list[Session]] = defaultdict(list)
    of_event: dict[Any, str] = {}
    for session in sessions(rows):
        by_person[session.person].append(session)
        of_event |= dict.fromkeys((e["event_id"] for e in session.events), session.person)
    out: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for order in orders(rows).values():
        person = order["user_id"] or of_event[order["event_id"]]
        touches = sorted(
            (s for s in by_person[person] if order["ts"] - timedelta(days=30) <= s.start <= order["ts"]),
            key=lambda s: (s.start, s.id),
        )
        n = len(touches)
        ages = [(order["ts"] - s.start).total_seconds() for s in touches]
        weights = {
            "first_touch": [int(i == 0) for i in range(n)],
            "last_touch": [int(i == n - 1) for i in range(n)],
            "linear": [1] * n,
            "time_decay": [max(1, round(1_000_000 * 2 ** (-age / 604800))) for age in ages],
        }
        for model, weight in weights.items():
            for session, share in zip(touches, share_out(amount(order), weight), strict=True):
                out[model, session.first("channel") or "unknown", order["currency"]] += share
    return dict(out)


def share_out(total: Decimal, weights: list[int]) -> list[Decimal]:
    """Cents: what all touches up to one get, rounded towards nothing, less what those before it got."""
    cents = int(total / CENT)
    parts, before = [], 0
    for i in range(len(weights)):
        upto = int(Decimal(cents * sum(weights[: i + 1])) / sum(weights))
        parts.append((upto - before) * CENT)
        before = upto
    return parts


def funnel(rows: list[Row], steps: list[str], days: int) -> list[int]:
    """People per step, by trying every start."""
    walks: dict[str, list[tuple[datetime, Any, str]]] = defaultdict(list)
    persons = Persons(rows)
    for row in people_only(rows):
        if row["event"] in steps and row["visitor_id"] is not None:
            person = persons.of(row["site_id"], row["visitor_id"], row["user_id"])
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
    """Event id of the first change -> (value, bought): until a purchase or 24 hours without a change."""
    by_visitor: dict[Any, list[Row]] = defaultdict(list)
    for row in people_only(rows):
        if row["visitor_id"] and row["event"] in ("add_to_cart", "remove_from_cart", "purchase"):
            by_visitor[row["site_id"], row["visitor_id"]].append(row)
    out: dict[Any, tuple[Decimal, bool]] = {}
    for events in by_visitor.values():
        cart: list[Row] = []
        for row in sorted(events, key=lambda r: (r["ts"], r["event"] == "purchase", r["event_id"])):
            if cart and row["ts"] - cart[-1]["ts"] > timedelta(days=1):
                out |= _cart(cart, bought=False)
                cart = []
            if row["event"] == "purchase":
                out |= _cart(cart, bought=True)
                cart = []
            else:
                cart.append(row)
        out |= _cart(cart, bought=False)
    return out


def _cart(changes: list[Row], *, bought: bool) -> dict[Any, tuple[Decimal, bool]]:
    if not changes:
        return {}
    signed = (amount_of_item(e) * (1 if e["event"] == "add_to_cart" else -1) for e in changes)
    first = str(min(e["event_id"] for e in changes))
    return {first: (max(sum(signed, Decimal(0)), Decimal(0)), bought)}


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
