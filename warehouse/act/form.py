"""The form of a campaign file: its fields with their types and defaults. What they may say together: rules.py."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[int, Meta(ge=1, le=1000)]


class Money(Struct):
    """`amount` as text: "49.00"; a float would lose cents."""

    amount: str
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class Conditions(Struct):
    """[when]: all of them must hold; a list holds when one of its entries does."""

    lang: list[str] | None = None
    channel: list[str] | None = None
    page_type: list[str] | None = None
    hour: list[str] | None = None
    intent: list[str] | None = None
    confidence: Share | None = None
    category: list[str] | None = None
    words: list[str] | None = None
    segment: list[str] | None = None
    cart: list[str] | None = None
    cart_min: Money | None = None
    stock: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    distance: str | None = None

    def used(self) -> list[str]:
        """The conditions that were written."""
        return [name for name in self.__struct_fields__ if getattr(self, name) is not None]


class Caps(Struct):
    """[caps]: how often a day."""

    day: Annotated[int, Meta(ge=1, le=3)] = 3


class Why(Struct):
    """[why]: the conditions that the person is told; all that were used unless it is said."""

    because: list[str] | None = None


class VariantForm(Struct):
    """[[variant]]: one way to say it."""

    key: Annotated[str, Meta(pattern="^[a-z0-9-]{1,20}$")]
    text: dict[str, dict[str, str]]
    weight: Weight = 1
    url: str | None = None


class CampaignForm(Struct):
    """One file."""

    title: Annotated[str, Meta(min_length=1)]
    kind: str
    goal: Annotated[str, Meta(min_length=1)]
    when: Conditions
    variant: list[VariantForm]
    place: str | None = None
    trigger: str | None = None
    basis: Literal["personal", "contextual"] = "personal"
    purposes: list[str] | UnsetType = UNSET
    sensitive: bool = False
    offline: bool = False
    priority: Annotated[int, Meta(ge=-100, le=100)] = 0
    weight: Weight = 100
    since: datetime | None = field(default=None, name="from")
    until: datetime | None = None
    holdout: Annotated[float, Meta(ge=0, le=0.5)] = 0.10
    goal_within: str = "7d"
    caps: Caps = field(default_factory=Caps)
    why: Why = field(default_factory=Why)


class Placement(Struct):
    """[[placements]]: a place on the pages that campaigns may fill."""

    name: Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$")]
    about: str = ""


class SiteForm(Struct):
    """`_site.toml`: the language every campaign speaks, sensitive categories (none said: not known), places."""

    lang: Annotated[str, Meta(pattern="^[a-z]{2,3}(-[a-z0-9]{2,8})*$")]
    placements: Annotated[list[Placement], Meta(min_length=1)]
    sensitive: list[str] | None = None
