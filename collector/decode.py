"""The bytes of a body in, a checked batch out: what the loader's JSON reader could choke on ends here.

msgspec and DuckDB do not accept quite the same JSON. What is accepted verbatim must be readable by both,
everything else is decoded event by event and written again; tests/collector/test_decode_fuzz.py holds the two
together.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta

from collector.config import Limits
from collector.errors import Reason, Refused
from collector.event import Batch, Consent, Context, Event, Name, TimeMs

T = TypeVar("T")
EVENT = msgspec.json.Decoder(Event)
ENCODER = msgspec.json.Encoder()
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_EVENT_LEVEL = 2  # an event stands in a list in the batch
_BOM = b"\xef\xbb\xbf"
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ONE_KIND = bytes.maketrans(b"[]", b"{}")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE_SURROGATE = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_NAMES = sorted(
    {name for kind in (Batch, Context, Consent, Event) for name in kind.__struct_fields__}, key=len
)
_NAME = re.compile(b'"(?:%s)"' % "|".join(reversed(_NAMES)).encode())


class Rejected(msgspec.Struct, omit_defaults=True):
    """An event that does not go on, as the journal's `x` has it."""

    i: int
    reason: Reason
    detail: str
    id: str | None = None
    raw: str | None = None


class Parsed(NamedTuple):
    """`body` is verbatim when `rejected` is empty and nothing had to be mended."""

    batch: Batch
    body: bytes
    received: int
    rejected: list[Rejected]


class _RawBatch(msgspec.Struct):
    """A batch whose events are not looked at yet."""

    v: Literal[1]
    key: Name
    sent: TimeMs
    events: list[msgspec.Raw]
    lib: Name | None = None
    ctx: Context = msgspec.field(default_factory=Context)
    deferred: bool = False
    history: bool = False


class _Id(msgspec.Struct):
    id: Any = None


RAW_BATCH = msgspec.json.Decoder(_RawBatch)
ANY_ID = msgspec.json.Decoder(_Id)


def parse(body: bytes, limits: Limits) -> Parsed:
    """Raises Refused (400, 413) when the batch as a whole cannot be read; single bad events come out as
    rejected.
    """
    try:
        batch = _within(limits).decode(body)
    except UNREADABLE:
        return _salvage(_clean(body), limits)
    # What hetk itself would write holds no oddities: no name twice, unknown or in disguise, no raw newline.
    plain = ENCODER.encode(batch)
    if plain != body:
        body = _clean(body)
        if not _is_but_for_blanks(body, plain):
            return _with_care(body, batch, limits)
    if _has_size(body, batch, limits):
        return Parsed(batch, body, len(batch.events), [])
    return _salvage(body, limits)


def _is_but_for_blanks(body: bytes, plain: bytes) -> bool:
    """Most libraries write blanks behind colons and commas: that is no reason to look at each event."""
    try:
        return msgspec.json.format(body, indent=-1) == plain
    except UNREADABLE:
        return False


def get_ready(limits: Limits) -> None:
    """Builds the decoder, for which the first batches would wait."""
    _within(limits)


@lru_cache(8)
def _within(limits: Limits) -> msgspec.json.Decoder[Batch]:
    """A decoder to which what exceeds the limits of depth and of props is a wrong type: that costs
    nothing.
    """
    scalar = None | bool | int | float | str
    value: Any = scalar
    for _ in range(limits.depth_max - 2):  # the event and its props are levels themselves
        value = scalar | list[value] | dict[str, value]
    props = Annotated[dict[str, value], Meta(max_length=limits.props_max)]
    event: Any = msgspec.defstruct(
        "Event", [("props", props | None, None)], bases=(Event,), kw_only=True, omit_defaults=True
    )
    batch = msgspec.defstruct(
        "Batch", [("events", list[event])], bases=(Batch,), kw_only=True, omit_defaults=True
    )
    return msgspec.json.Decoder(batch)


def _with_care(body: bytes, batch: Batch, limits: Limits) -> Parsed:
    """A batch in another order, with unknown names or numbers spelled in another way."""
    if _is_plain(body, batch, limits):
        return Parsed(batch, body, len(batch.events), [])
    return _salvage(body, limits)


def parse_as(body: bytes, decoder: msgspec.json.Decoder[T], limits: Limits) -> T:
    """One event of a server. Raises Refused (400) naming the field."""
    body = _mend(_clean(body))
    if len(body) > limits.event_bytes_max:
        raise Refused(
            413,
            Reason.EVENT_TOO_LARGE,
            f"one event may have {limits.event_bytes_max} bytes, this has {len(body)}",
        )
    if depth(body) > limits.depth_max:
        raise Refused(
            400,
            Reason.TOO_DEEP,
            f"an event may be nested {limits.depth_max} deep, itself included: flatten props",
        )
    try:
        return decoder.decode(body)
    except UNREADABLE as error:
        raise unreadable(error) from None


def depth(text: bytes) -> int:
    """How deep lists and objects are nested. Exact for well-formed JSON."""
    deepest = level = 0
    for byte in _STRING.sub(b"", text).translate(None, _NOT_BRACKETS):
        if byte in b"[{":
            level += 1
            deepest = max(deepest, level)
        else:
            level -= 1
    return deepest


def unreadable(error: Exception) -> Refused:
    """The answer to a body that cannot be read, in words a sender can act on."""
    if isinstance(error, msgspec.ValidationError):
        text, _, place = str(error).partition(" - at ")
        return Refused(
            400,
            "bad_batch",
            f"{place.strip('`').removeprefix('$.') or 'body'}: {text}; docs/protocol.md has the fields",
        )
    if isinstance(error, UnicodeDecodeError):
        return Refused(400, "bad_json", "the body is not UTF-8: encode it as UTF-8 before sending")
    if isinstance(error, RecursionError):
        return Refused(400, "bad_json", "lists and objects are nested too deep: flatten props")
    return Refused(400, "bad_json", f"{error}; send one JSON object as docs/protocol.md shows")


def _clean(body: bytes) -> bytes:
    """A raw newline would end the journal's line; outside of strings a blank means the same, inside JSON
    forbids both.
    """
    body = body.removeprefix(_BOM)
    if not body.isascii():
        try:
            body.decode()  # the decoder does not look into strings it skips
        except UnicodeDecodeError as error:
            raise unreadable(error) from None
    if b"\n" in body or b"\r" in body:
        body = body.replace(b"\n", b" ").replace(b"\r", b" ")
    return body


def _mend(body: bytes) -> bytes:
    """Half an emoji (a title cut in the middle by JavaScript) becomes U+FFFD instead of costing the batch."""
    return _LONE_SURROGATE.sub(rb"\1\\ufffd", body) if _SURROGATE.search(body) else body


def _has_size(body: bytes, batch: Batch, limits: Limits) -> bool:
    if not 0 < len(batch.events) <= limits.batch_events_max:
        return False
    return len(body) <= limits.event_bytes_max or _largest(body) <= limits.event_bytes_max


def _is_plain(body: bytes, batch: Batch, limits: Limits) -> bool:
    """True when the batch may go to the journal as it is. Cheap, and wrong only to the careful side."""
    if not _has_size(body, batch, limits) or not _is_flat(body, limits.depth_max + _EVENT_LEVEL):
        return False
    if any(event.props is not None and len(event.props) > limits.props_max for event in batch.events):
        return False
    if b"\\u00" in body:
        return False
    known = _fields_set(batch)
    return _has_only(body, batch, known) or len(_NAME.findall(body)) == known


def _has_only(body: bytes, batch: Batch, known: int) -> bool:
    """True when the body has no more names than were decoded, so none twice and none unknown. Every name
    ends in `":` unless a blank stands before the colon; the same bytes inside a string only make it say no.
    """
    if b" :" in body or b"\t:" in body:
        return False
    return body.count(b'":') == known + sum(len(event.props) for event in batch.events if event.props)


def _is_flat(body: bytes, depth_max: int) -> bool:
    """Takes away the innermost pairs, level by level. Brackets inside strings can only make it say no."""
    brackets = body.translate(_ONE_KIND, _NOT_BRACKETS)
    for _ in range(depth_max):
        brackets = brackets.replace(b"{}", b"")
        if not brackets:
            return True
    return False


def _is_deeper(text: bytes, levels: int) -> bool:
    """As `depth(text) > levels`, of well-formed JSON however long: a loop over half a million brackets would
    hold up all other requests for 0.2 s.
    """
    return not _is_flat(text, levels) and not _is_flat(_STRING.sub(b"", text), levels)


def _largest(body: bytes) -> int:
    return max(map(len, RAW_BATCH.decode(body).events))


def _fields_set(batch: Batch) -> int:
    """How many known names the body must hold when none is there twice. A null, or a ctx or consent
    that is empty, makes it differ: fine.
    """
    in_ctx = _set(batch.ctx)
    count = 4 + (in_ctx > 0) + (batch.lib is not None) + batch.deferred + batch.history + in_ctx
    if batch.ctx.consent is not None:
        count += _set(batch.ctx.consent)
    return count + sum(map(_set, batch.events))


def _set(struct: msgspec.Struct) -> int:
    values = msgspec.structs.astuple(struct)
    return len(values) - values.count(None)


def _salvage(body: bytes, limits: Limits) -> Parsed:
    """Event by event. The body stays verbatim when all are good after all and no name is there twice."""
    mended = _mend(body)
    try:
        raw_batch = RAW_BATCH.decode(mended)
    except UNREADABLE as error:
        raise unreadable(error) from None
    received = len(raw_batch.events)
    if received == 0:
        raise Refused(400, "no_events", "events is empty: send at least one event")
    if received > limits.batch_events_max:
        raise Refused(
            413,
            "too_many_events",
            f"a batch may have {limits.batch_events_max} events, this has {received}: split it",
        )
    good: list[Event] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(raw_batch.events):
        event = _one(index, bytes(raw), limits)
        if isinstance(event, Rejected):
            rejected.append(event)
        else:
            good.append(event)
    batch = Batch(
        v=1,
        key=raw_batch.key,
        sent=raw_batch.sent,
        events=good,
        lib=raw_batch.lib,
        ctx=raw_batch.ctx,
        deferred=raw_batch.deferred,
        history=raw_batch.history,
    )
    verbatim = not rejected and mended is body and not _has_twice(body)
    return Parsed(batch, body if verbatim else ENCODER.encode(batch), received, rejected)


def _one(index: int, raw: bytes, limits: Limits) -> Event | Rejected:
    if len(raw) > limits.event_bytes_max:
        return _reject(
            index,
            raw,
            Reason.EVENT_TOO_LARGE,
            f"{len(raw)} bytes, allowed are {limits.event_bytes_max}: send less",
            limits,
        )
    if _is_deeper(raw, limits.depth_max):
        return _reject(
            index,
            raw,
            Reason.TOO_DEEP,
            f"an event may be nested {limits.depth_max} deep, itself included: flatten props",
            limits,
        )
    try:
        event = EVENT.decode(raw)
    except UNREADABLE as error:
        text = unreadable(error).detail
        bad_id = text.startswith("id:")
        return _reject(index, raw, Reason.BAD_ID if bad_id else Reason.BAD_EVENT, text, limits)
    if event.props is not None and len(event.props) > limits.props_max:
        return _reject(index, raw, Reason.TOO_MANY_PROPS, _too_many_props(event.props, limits), limits)
    return event


def _reject(index: int, raw: bytes, reason: Reason, detail: str, limits: Limits) -> Rejected:
    text = raw[: limits.event_bytes_max].decode("utf-8", "replace")
    return Rejected(index, reason, detail, _id_of(raw), text)


def _id_of(raw: bytes) -> str | None:
    """The event's id when it is a real one; nothing else of the event is echoed to the sender."""
    try:
        return str(UUID(ANY_ID.decode(raw).id))
    except (*UNREADABLE, ValueError, AttributeError, TypeError):
        return None


def _has_twice(body: bytes) -> bool:
    """True when an object has a name twice: readers disagree on which one counts."""
    found = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len({name for name, _ in pairs}) != len(pairs)

    json.loads(body, object_pairs_hook=look, parse_int=str, parse_float=str)
    return found


def encode_batch(batch: Batch) -> bytes:
    """A batch as the journal keeps it when its sender's bytes are not used."""
    return ENCODER.encode(batch)


def check_props(batch: Batch, limits: Limits) -> None:
    """For batches of one event. Raises Refused (400) when its props have too many names."""
    for event in batch.events:
        if event.props is not None and len(event.props) > limits.props_max:
            raise Refused(400, Reason.TOO_MANY_PROPS, _too_many_props(event.props, limits))


def _too_many_props(props: dict[str, Any], limits: Limits) -> str:
    return f"props has {len(props)} names, allowed are {limits.props_max}: nest them or send less"
