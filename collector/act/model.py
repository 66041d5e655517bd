"""The words of the engine: published campaigns, the context of one decision, what a device remembers, the decision.

All numbers are whole: times in ms, confidence in thousandths, money x 10,000, distance in metres, shares in
basis points, times of day in minutes. None = not known.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Ms = Annotated[int, Meta(ge=0, le=2**53 - 1)]
DAY = 86_400_000
WEEK = 7 * DAY
LEAVING = frozenset(("push", "mail", "webhook"))  # kinds that reach a person who is not on the page

Basis = Literal["personal", "contextual"]


class When(Struct, omit_defaults=True, frozen=True, forbid_unknown_fields=True):
    """Conditions of a campaign, all of which must hold; a list holds when one of its entries does.

    One that this version does not know is an error: dropped, it would show more than was meant.
    """

    lang: list[str] | None = None
    channel: list[str] | None = None
    page_type: list[str] | None = None
    hour: tuple[int, int] | None = None  # from inclusive, to exclusive; may wrap around midnight
    intent: list[str] | None = None
    confidence: int | None = None  # at least
    category: list[str] | None = None  # paths that begin so
    words: list[str] | None = None  # of the moment's last search
    segment: list[str] | None = None
    cart: list[str] | None = None  # none, open, abandoned
    cart_min: tuple[int, str] | None = None  # at least so much, in this currency
    stock: int | None = None  # at least
    distance: int | None = None  # at most


class Variant(Struct, omit_defaults=True, frozen=True):
    """One way to say it. `text`: title, body, button, each per language; checked where they are used."""

    k: str
    w: int
    url: str | None = None
    text: dict[str, dict[str, str]] = {}


class Campaign(Struct, omit_defaults=True):
    """One campaign as published."""

    id: str
    rev: int
    place: str
    kind: str
    basis: Basis
    pri: int
    w: int
    hold: int
    cap: int
    cool: tuple[int, int]  # after a dismissal, after "not useful"
    vars: list[Variant]
    need: list[str] = []  # purposes that must have been agreed to
    when: When = When()
    since: int | None = field(default=None, name="from")  # inclusive
    until: int | None = None  # exclusive
    sensitive: bool = False
    offline: bool = False  # may be shown from a config that is stale
    stopped: bool = False
    because: list[str] = []  # the conditions that "Why am I seeing this?" names


class Act(Struct, omit_defaults=True):
    """The key `act` of /v1/config; `list` by priority descending, then id."""

    v: Literal[1]
    rev: int
    salt: str
    kill: bool
    fresh: int
    quiet: tuple[int, int]
    reach_day: int
    reach_week: int
    place_cool: int
    fewer_for: int
    campaigns: list[Campaign] = field(name="list")
    lang: str = "en"  # every campaign speaks it


class Consent(Struct, omit_defaults=True, frozen=True):
    """What the person agreed to; only a plain yes counts."""

    analytics: bool | None = None
    personalization: bool | None = None
    ads: bool | None = None


class Moment(Struct, omit_defaults=True, frozen=True):
    """The moment that is going on."""

    intent: str | None = None
    conf: int | None = None
    category: str | None = None
    words: list[str] | None = None


class Cart(Struct, omit_defaults=True, frozen=True):
    """`state`: none, open, abandoned."""

    state: str | None = None
    value: int | None = None
    currency: str | None = None


class Context(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """Everything that one decision looks at."""

    place: str
    draw: str  # the session's id: the same content through a session
    now: Ms = 0
    age: int | None = None  # ms since the config came; None = stale
    unit: str | None = None  # u:<user>, else v:<visitor>; None = nobody who is known again
    tz_off: Annotated[int, Meta(ge=-1440, le=1440)] | None = None  # minutes east of UTC
    consent: Consent = Consent()
    sensitive: bool | None = None
    moment: Moment = Moment()
    lang: str | None = None
    channel: str | None = None
    page_type: str | None = None
    segments: list[str] | None = None
    cart: Cart = Cart()
    stock: int | None = None
    distance: int | None = None


class State(Struct):
    """What the device remembers of its decisions; times in ms. Comes from `settle`."""

    shown: dict[str, list[int]]  # by campaign, also those held back
    kind: dict[str, list[int]]
    reach: list[int]  # messages that left the page
    dis: dict[str, int]  # dismissed, by campaign
    bad: dict[str, int]  # "not useful", by campaign
    place: dict[str, int]  # dismissed there
    fewer: dict[str, int]  # "fewer like this", by kind
    arm: dict[str, bool]  # held back, by campaign


class Decision(Struct):
    """`chosen`: show it; `holdout`: it would have been shown and is held back, to measure it."""

    place: str
    chosen: bool = False
    holdout: bool = False
    action: str | None = None  # the campaign
    revision: int | None = None
    kind: str | None = None
    variant: str | None = None
    basis: str | None = None
    weight: int | None = None  # the choice's chance is weight / weight_total
    weight_total: int | None = None
    hold: int | None = None
    suppressed_by: str | None = None
    reasons: list[tuple[str, str]] = []  # of the others, in list order
