"""A filled form in, what its fields may not say, alone or together, out: one small check per rule.

Each yields (field, what, fix). A campaign that passes can be shown to somebody, and says nothing it should not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from collector.act.model import LEAVING
from warehouse.act import compile as made
from warehouse.act.form import CampaignForm, SiteForm
from warehouse.act.toml import near
from warehouse.act.words import (
    ABOUT_A_PERSON,
    CARTS,
    INTENTS,
    KINDS,
    LANG,
    LINK,
    NEAR_METRES_MIN,
    NOT_OFFLINE,
    ON_PAGE,
    PARTS,
    PLACEHOLDERS,
    PURPOSES,
)

Found = Iterator[tuple[str, str, str]]
VARIANTS_MAX = 8


class World(NamedTuple):
    """What a campaign is checked against."""

    site: SiteForm
    queries: frozenset[str]  # named questions, for `trigger`
    now: datetime


def kind_is_known(one: CampaignForm, world: World) -> Found:
    if one.kind not in KINDS:
        yield "kind", f"there is no kind {one.kind!r}", near(one.kind, KINDS)


def has_its_place(one: CampaignForm, world: World) -> Found:
    names = [placement.name for placement in world.site.placements]
    if one.kind in LEAVING:
        if one.place is not None:
            yield "place", f"a {one.kind} has no place on the page", "take the line out; `trigger` says when"
        if one.trigger is None:
            fix = 'trigger = "carts_abandoned"; `hetk ask --list` has the names'
            yield "trigger", f"a {one.kind} needs the question that says who gets it", fix
        elif one.trigger not in world.queries:
            listed = near(one.trigger, sorted(world.queries), "`hetk ask --list` has the names")
            yield "trigger", f"there is no question {one.trigger!r}", listed
    elif one.kind in ON_PAGE:
        if one.trigger is not None:
            yield "trigger", f"a {one.kind} is decided on the page", "take the line out; [when] says when"
        if one.place is None:
            yield "place", "is missing", f'place = "{names[0]}", or another one of _site.toml'
        elif one.place not in names:
            fix = near(one.place, names) + " A new one: [[placements]] in _site.toml"
            yield "place", f"there is no place {one.place!r} on this site", fix


def basis_is_kept(one: CampaignForm, world: World) -> Found:
    if one.basis == "contextual":
        for name in ABOUT_A_PERSON:
            if getattr(one.when, name) is not None:
                fix = 'take it out, or basis = "personal", which needs consent'
                yield f"when.{name}", "is about the person, and the campaign is contextual", fix
    purposes = made.purposes(one)
    for n, purpose in enumerate(purposes):
        if purpose not in PURPOSES:
            yield f"purposes.{n}", f"there is no purpose {purpose!r}", near(purpose, PURPOSES)
    if one.basis == "personal" and "personalization" not in purposes:
        fix = 'add "personalization", or basis = "contextual"'
        yield "purposes", "a personal campaign needs the consent to personalization", fix
    if one.basis == "personal" and one.kind in ("offer", "banner") and "ads" not in purposes:
        yield (
            "purposes",
            f"a personal {one.kind} needs the consent to ads",
            'purposes = ["personalization", "ads"]',
        )


def may_be_offline(one: CampaignForm, world: World) -> Found:
    if one.offline and one.kind in NOT_OFFLINE:
        yield "offline", f"a {one.kind} may be over when the device is online again", "offline = false"


def has_a_time(one: CampaignForm, world: World) -> Found:
    for name, at in (("from", one.since), ("until", one.until)):
        if at is not None and at.tzinfo is None:
            yield (
                name,
                "has no offset from UTC: it would begin at another hour in each zone",
                f"{name} = {at.isoformat()}+02:00",
            )
            return
    if one.until is not None and one.since is not None and one.since >= one.until:
        yield "until", "is not after `from`: it would never be shown", "swap them"
    elif one.until is not None and one.until <= world.now:
        yield "until", "is over: it would never be shown", "move it, or take the file out of the folder"


def goal_has_a_window(one: CampaignForm, world: World) -> Found:
    if not re.fullmatch(r"[a-z0-9_.:-]{1,64}", one.goal):
        yield "goal", f"no event is named {one.goal!r}", 'goal = "purchase"'
    days = made.days(one.goal_within)
    if days is None or not 1 <= days <= 90:
        yield "goal_within", f"{one.goal_within!r} is no time from 1 to 90 days", 'goal_within = "7d"'


def lists_say_something(one: CampaignForm, world: World) -> Found:
    for name in one.when.used():
        wanted = getattr(one.when, name)
        if not isinstance(wanted, list):
            continue
        if not wanted:
            yield f"when.{name}", "is empty: it would never hold", "fill it, or take the line out"
        for entry in {entry for entry in wanted if wanted.count(entry) > 1 and name != "hour"}:
            yield f"when.{name}", f"{entry!r} stands twice", "take one out"
        if any(not entry.strip() for entry in wanted):
            yield f"when.{name}", "has an entry without letters", "take it out"


def conditions_use_known_words(one: CampaignForm, world: World) -> Found:
    for name, known in (("intent", INTENTS), ("cart", CARTS)):
        for entry in getattr(one.when, name) or []:
            if entry not in known:
                yield f"when.{name}", f"there is no {name} {entry!r}", near(entry, known)
    for entry in one.when.lang or []:
        if not LANG.fullmatch(entry.lower()):
            yield "when.lang", f"{entry!r} is no language tag", 'lang = ["en", "hi", "pt-br"]'
    for entry in one.when.category or []:
        if entry != entry.strip("/") or "//" in entry:
            yield (
                "when.category",
                f"{entry!r} is no path of categories",
                f"write {'/'.join(filter(None, entry.split('/')))!r}",
            )
    for entry in one.when.words or []:
        if len(made.words(entry)) != 1:
            yield "when.words", f"{entry!r} is not one word", "one word an entry, without spaces and signs"


def conditions_are_measures(one: CampaignForm, world: World) -> Found:
    if one.when.hour is not None and one.when.hour:
        span = made.hours(one.when.hour)
        if span is None:
            yield (
                "when.hour",
                "is no span of a day",
                'hour = ["08:00", "20:30"], from inclusive, to exclusive',
            )
        elif span[0] == span[1]:
            yield (
                "when.hour",
                "begins when it ends: it would never hold",
                "take the line out for the whole day",
            )
    if one.when.distance is not None:
        metres = made.metres(one.when.distance)
        if metres is None:
            yield "when.distance", f"{one.when.distance!r} is no distance", 'distance = "25 km"'
        elif metres < NEAR_METRES_MIN:
            yield "when.distance", "nearer than 5 km tells where somebody lives", 'distance = "5 km" or more'
    if one.when.cart_min is not None and made.money(one.when.cart_min.amount) is None:
        fix = 'amount = "49.00": at most four decimals, a point before them'
        yield "when.cart_min", f"{one.when.cart_min.amount!r} is no amount", fix


def conditions_can_hold(one: CampaignForm, world: World) -> Found:
    when = one.when
    if when.cart == ["none"] and when.cart_min is not None:
        yield (
            "when.cart_min",
            "there is nothing in a cart that is none: it would never hold",
            'cart = ["open"]',
        )
    if when.confidence == 0:
        yield "when.confidence", "0 always holds", "take the line out, or confidence = 0.55"
    spoken = [made.spoken(variant) for variant in one.variant]
    for lang in when.lang or []:
        primary = lang.lower().split("-")[0]
        for n, langs in enumerate(spoken):
            if LANG.fullmatch(lang.lower()) and not {lang.lower(), primary} & langs:
                yield (
                    f"variant.{n}.text",
                    f"says nothing in {lang}, which [when] asks for",
                    f"text.{lang} = {{ title = ... }}",
                )


def reasons_are_conditions(one: CampaignForm, world: World) -> Found:
    for reason in one.why.because or []:
        if reason not in one.when.used():
            fix = f"take some of {', '.join(one.when.used())}" if one.when.used() else "take the line out"
            yield "why.because", f"{reason!r} is no condition of [when]", fix


def variants_differ(one: CampaignForm, world: World) -> Found:
    if not 1 <= len(one.variant) <= VARIANTS_MAX:
        yield "variant", f"there are {len(one.variant)}", f"1 to {VARIANTS_MAX} of [[variant]]"
    keys = [variant.key for variant in one.variant]
    for n, key in enumerate(keys):
        if key in keys[:n]:
            yield f"variant.{n}.key", f"{key!r} stands twice", "each variant has a key of its own"


def links_lead_to_pages(one: CampaignForm, world: World) -> Found:
    for n, variant in enumerate(one.variant):
        if variant.url is not None and not LINK.fullmatch(variant.url):
            yield (
                f"variant.{n}.url",
                f"{variant.url!r} is no page",
                'url = "/sale" or "https://shop.example/sale"',
            )


def texts_can_be_shown(one: CampaignForm, world: World) -> Found:
    for n, variant in enumerate(one.variant):
        at = f"variant.{n}.text"
        if world.site.lang not in made.spoken(variant):
            what = f"says nothing in {world.site.lang}, the language of the site"
            yield at, what, f'text.{world.site.lang} = {{ title = "..." }}'
        for lang, text in variant.text.items():
            if not LANG.fullmatch(lang.lower()):
                yield f"{at}.{lang}", f"{lang!r} is no language tag", "text.en, text.hi, text.pt-br"
            if not text.get("title", "").strip():
                yield f"{at}.{lang}", "has no title", 'title = "..."'
            for part, said in text.items():
                yield from _part(f"{at}.{lang}", part, said, one.kind)


def _part(at: str, part: str, said: str, kind: str) -> Found:
    if part not in PARTS:
        yield at, f"there is no {part!r} in a text", near(part, list(PARTS))
        return
    if len(said) > PARTS[part]:
        yield at, f"the {part} has {len(said)} characters", f"at most {PARTS[part]}"
    if re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", said):
        yield at, f"the {part} holds invisible characters", "write it anew by hand"
    allowed = PLACEHOLDERS.get(kind, ())
    for name in re.findall(r"\{(.*?)\}", said):
        if name not in allowed:
            known = ", ".join(f"{{{one}}}" for one in allowed)
            yield (
                at,
                f"nothing is put in for {{{name}}}",
                f"a {kind} knows {known}" if known else "write it out",
            )


Rule = Callable[[CampaignForm, World], Found]
RULES: tuple[Rule, ...] = (
    kind_is_known, has_its_place, basis_is_kept, may_be_offline, has_a_time, goal_has_a_window, lists_say_something,
    conditions_use_known_words, conditions_are_measures, conditions_can_hold, reasons_are_conditions, variants_differ,
    links_lead_to_pages, texts_can_be_shown,
)  # fmt: skip


def utc_now() -> datetime:
    """With its zone."""
    return datetime.now(UTC)
