"""The wire contract v1: bytes of a batch in, typed structs out. Everything else in hetk follows these names.

`docs/protocol.md` describes the same thing in words, `tests/contract/*.json` holds golden batches that pytest
and the JavaScript tests both read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

# 2000-01-01 .. 2100-01-01 in ms: a clock outside is wrong whatever it says, and int64 arithmetic stays safe.
TIME_MS_MIN = 946_684_800_000
TIME_MS_MAX = 4_102_444_800_000

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=4096)]
Url = Annotated[str, Meta(max_length=8192)]
TIME_MAX, SEQ_MAX, PIXELS_MAX = 2**62, 2**53, 2**31 - 1  # the loader's BIGINT, a double, INTEGER
TimeMs = Annotated[int, Meta(ge=-TIME_MAX, le=TIME_MAX)]
Seq = Annotated[int, Meta(ge=0, le=SEQ_MAX)]
Pixels = Annotated[int, Meta(ge=-PIXELS_MAX - 1, le=PIXELS_MAX)]
IdMode = Literal["cookieless", "first_party", "user"]


class Consent(msgspec.Struct, omit_defaults=True):
    """What the person allowed when the batch was made; None means not asked yet."""

    analytics: bool | None = None
    personalization: bool | None = None
    ads: bool | None = None
    ver: Name | None = None
    gpc: bool | None = None


class Context(msgspec.Struct, omit_defaults=True):
    """What holds for the whole batch: who, with which consent, on which page and device."""

    visitor: Name | None = None
    user: Name | None = None
    session: Name | None = None
    mode: IdMode | None = None
    consent: Consent | None = None
    url: Url | None = None
    ref: Url | None = None
    title: Text | None = None
    lang: Name | None = None
    page_type: Name | None = None
    locale: Name | None = None
    tz: Name | None = None
    screen: tuple[Pixels, Pixels] | None = None
    viewport: tuple[Pixels, Pixels] | None = None
    dpr: Pixels | float | None = None
    conn: Name | None = None


class Event(msgspec.Struct, omit_defaults=True):
    """One micro-moment event. Fields that are also in Context override it for this event alone."""

    id: UUID
    event: Name
    t: TimeMs
    seq: Seq | None = None
    props: dict[str, Any] | None = None
    url: Url | None = None
    ref: Url | None = None
    title: Text | None = None
    page_type: Name | None = None
    # Senders that speak for many people at once (servers, replay) name the person on the event.
    visitor: Name | None = None
    user: Name | None = None
    session: Name | None = None


class Batch(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The body of POST /v1/events. The SDK writes the fields in this order: then a check for oddities is one
    compare.
    """

    v: Literal[1]
    key: Name
    sent: TimeMs
    lib: Name | None = None
    ctx: Context = msgspec.field(default_factory=Context)
    deferred: bool = False  # sent late by design: its `sent` says nothing about the clock's skew
    history: bool = False  # server keys only: original times are kept as they are
    events: list[Event]


class Track(msgspec.Struct, omit_defaults=True):
    """The body of POST /v1/track: one event of a back end or a device; `id` and `t` are made here when
    absent.
    """

    event: Name
    id: UUID | None = None
    t: TimeMs | None = None
    sent: TimeMs | None = None
    seq: Seq | None = None
    props: dict[str, Any] | None = None
    url: Url | None = None
    ref: Url | None = None
    title: Text | None = None
    page_type: Name | None = None
    visitor: Name | None = None
    user: Name | None = None
    session: Name | None = None
    lib: Name | None = None
    ctx: Context = msgspec.field(default_factory=Context)
    deferred: bool = False
    history: bool = False


class Identify(msgspec.Struct, omit_defaults=True):
    """The body of POST /v1/identify: this visitor is that user; `traits` become the props of an identify
    event.
    """

    user: Name
    visitor: Name | None = None
    session: Name | None = None
    traits: dict[str, Any] | None = None
    id: UUID | None = None
    t: TimeMs | None = None
    sent: TimeMs | None = None
    lib: Name | None = None
    ctx: Context = msgspec.field(default_factory=Context)
