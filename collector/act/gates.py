"""A campaign and a context in, the first reason against showing it out. The order of the gates is the order of
what people care about: is it still true, may we, is it kind, is it the moment, is it too often.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collector.act.model import DAY, LEAVING, WEEK, Act, Campaign, Context, State

Gate = Callable[[Act, Campaign, Context, State], str | None]


def is_fresh(act: Act, one: Campaign, ctx: Context, state: State) -> str | None:
    """Gate 1: an old config may hold what was stopped since."""
    if (ctx.age is None or ctx.age > act.fresh) and not one.offline:
        return "stale"
    return "kill" if one.stopped else None


def is_allowed(act: Act, one: Campaign, ctx: Context, state: State) -> str | None:
    """Gate 2: nothing but a plain yes is consent."""
    for purpose in one.need:
        if getattr(ctx.consent, purpose, None) is not True:
            return f"consent:{purpose}"
    return None


def is_harmless(act: Act, one: Campaign, ctx: Context, state: State) -> str | None:
    """Gate 3: nothing personal where health, faith, debts ... may be the topic."""
    if one.basis != "personal":
        return None
    if one.sensitive or ctx.sensitive is True:
        return "sensitive"
    return None if ctx.sensitive is False else "sensitive:unknown"


def is_meant(act: Act, one: Campaign, ctx: Context, state: State) -> str | None:
    """Gate 4: its time, its people, its moment."""
    if (one.since is not None and ctx.now < one.since) or (one.until is not None and ctx.now >= one.until):
        return "schedule"
    for name, read, holds in CONDITIONS:
        wanted = getattr(one.when, name)
        if wanted is None:
            continue
        found = read(ctx)
        if found is None:
            return f"unknown:{name}"
        if not holds(wanted, found):
            return f"no:{name}"
    return None


def is_rested(act: Act, one: Campaign, ctx: Context, state: State) -> str | None:
    """Gate 5: what was dismissed stays away, what was shown is not shown all day. Windows roll."""

    def within(window: int, times: list[int]) -> int:
        return sum(ctx.now - t < window for t in times)

    def lately(window: int, stamps: dict[str, int], name: str) -> bool:
        return name in stamps and ctx.now - stamps[name] < window

    if lately(one.cool[1], state.bad, one.id):
        return "cool:not_useful"
    if lately(one.cool[0], state.dis, one.id):
        return "cool:dismissed"
    if lately(act.place_cool, state.place, ctx.place):
        return "cool:place"
    if lately(act.fewer_for, state.fewer, one.kind) and within(WEEK, state.kind.get(one.kind, [])):
        return "cap:fewer"
    if within(DAY, state.shown.get(one.id, [])) >= one.cap:
        return "cap:day"
    if one.kind not in LEAVING:
        return None
    if within(DAY, state.reach) >= act.reach_day:
        return "cap:reach_day"
    if within(WEEK, state.reach) >= act.reach_week:
        return "cap:reach_week"
    minute = _minute(ctx)
    if minute is None:
        return "quiet:unknown"
    return "quiet" if _between(act.quiet, minute) else None


GATES: tuple[Gate, ...] = (is_fresh, is_allowed, is_harmless, is_meant, is_rested)


def reason_against(act: Act, one: Campaign, ctx: Context, state: State) -> tuple[int, str] | None:
    """The number of the gate that stays shut, and why; None when all are open."""
    for number, gate in enumerate(GATES, start=1):
        if reason := gate(act, one, ctx, state):
            return number, reason
    return None


def _minute(ctx: Context) -> int | None:
    """Of the visitor's day."""
    return None if ctx.tz_off is None else (ctx.now // 60_000 + ctx.tz_off) % 1440


def _between(span: tuple[int, int], minute: int) -> bool:
    start, end = span
    return start <= minute < end if start < end else minute >= start or minute < end


def _cart_value(ctx: Context) -> tuple[int, str] | None:
    cart = ctx.cart
    return None if cart.value is None or cart.currency is None else (cart.value, cart.currency)


def _one_of(wanted: list[str], found: str) -> bool:
    return found in wanted


def _one_in_common(wanted: list[str], found: list[str]) -> bool:
    return any(one in wanted for one in found)


# Name, what the context says about it, when it holds; in the order in which they are asked.
CONDITIONS: tuple[tuple[str, Callable[[Context], Any], Callable[[Any, Any], bool]], ...] = (
    ("lang", lambda ctx: ctx.lang, lambda wanted, lang: lang in wanted or lang.split("-")[0] in wanted),
    ("channel", lambda ctx: ctx.channel, _one_of),
    ("page_type", lambda ctx: ctx.page_type, _one_of),
    ("hour", _minute, _between),
    ("intent", lambda ctx: ctx.moment.intent, _one_of),
    ("confidence", lambda ctx: ctx.moment.conf, lambda least, sure: sure >= least),
    ("category", lambda ctx: ctx.moment.category,
     lambda wanted, path: any(path == one or path.startswith(one + "/") for one in wanted)),
    ("words", lambda ctx: ctx.moment.words, _one_in_common),
    ("segment", lambda ctx: ctx.segments, _one_in_common),
    ("cart", lambda ctx: ctx.cart.state, _one_of),
    ("cart_min", _cart_value, lambda least, has: has[1] == least[1] and has[0] >= least[0]),
    ("stock", lambda ctx: ctx.stock, lambda least, has: has >= least),
    ("distance", lambda ctx: ctx.distance, lambda most, away: away <= most),
)  # fmt: skip
