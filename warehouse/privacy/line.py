"""A journal line and a person in; the line without that person, to be written in its place, out.

Everybody else's events stay as the bytes they were sent as, and load into the same rows: only ids of the
person go from what the batch says about all of them. So does the time of a shared device's batch whose events
all go: its other batches correct their clock by it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from collector.event import Batch, Context, Event
from collector.journal import seal
from collector.journal_read import CHECKSUM_BYTES
from warehouse.privacy.person import Person, ids, read

Fields = dict[str, msgspec.Raw]
REFUSED_FIELDS = ("id", "event", "t")  # all that becomes of an event without consent
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _Line(msgspec.Struct):
    r: int
    k: str
    n: int
    m: Fields
    b: Fields
    x: list[msgspec.Raw] = []


class _Facts(msgspec.Struct):
    a: str = ""
    v: str | None = None
    v2: str | None = None


class _Consent(msgspec.Struct):
    analytics: bool | None = None


class _Who(msgspec.Struct):
    visitor: str | None = None
    user: str | None = None
    mode: str | None = None
    consent: _Consent | None = None


class _Event(msgspec.Struct):
    id: str
    event: str
    visitor: str | None = None
    user: str | None = None


class _Sender:
    """Whose events a batch holds, as the loader reads it (load/sql/batches.sql and events.sql)."""

    def __init__(self, line: _Line, person: Person, erased: Collection[str]) -> None:
        self._person = person
        self._erased = erased
        self._facts = msgspec.convert({name: _plain(raw) for name, raw in line.m.items()}, _Facts)
        self._who = msgspec.json.decode(line.b.get("ctx", b"{}"), type=_Who)
        self.many = self._facts.a == "server"
        self.denied = self._who.consent is not None and self._who.consent.analytics is False
        self._deferred = _plain(line.b.get("deferred", msgspec.Raw(b"false")))
        self._hashed = self._who.mode == "cookieless" or self._who.visitor is None

    @property
    def is_person(self) -> bool:
        """What the batch says of all its events is the person's."""
        return self._is_theirs(None, self._who.user)

    @property
    def clock(self) -> tuple[str, ...]:
        """Of the context: what says whose times this batch corrects, when these are not the person's alone."""
        if self.many or self._deferred:
            return ()
        if self.denied:
            return ("session",)
        theirs = any(one in self._person.visitors for one in self._visitors())
        return () if theirs else ("visitor", "session", "mode")

    def has_sent(self, event: _Event) -> bool:
        """The event is the person's."""
        if self.denied:
            return False  # it was stored without an id, if at all
        visitor, user = (event.visitor, event.user or self._who.user) if self.many else (None, self._who.user)
        return self._is_theirs(visitor, user, event.id)

    def _is_theirs(self, visitor: str | None, user: str | None, event_id: str = "") -> bool:
        if user is not None and user in self._person.users:
            return True
        if visitor is not None:
            return visitor in self._person.visitors
        named = [one in self._person.visitors for one in self._visitors()]
        if all(named):
            return bool(named)
        return any(named) and event_id.lower() in self._erased  # under which hash, the lake alone knows

    def _visitors(self) -> list[str]:
        """Both hashes where the collector made two."""
        told = [self._facts.v, self._facts.v2] if self._hashed else [self._who.visitor]
        return [one for one in told if one is not None]


def without(data: bytes, person: Person, erased: Collection[str]) -> bytes | None:
    """The sealed line of the same length; None when it holds nothing of the person. `erased`: the ids of the
    events that the lake had of them. What cannot be decoded goes as a whole.
    """
    if not person.is_named_in(data):
        return None
    try:
        line = msgspec.json.decode(data, type=_Line)
        if line.k != person.site:
            return None
        inside = _inside(line, person, erased)
    except UNREADABLE:
        return seal(b" " * (len(data) - CHECKSUM_BYTES)) if person.is_in_bytes(data) else None
    room = len(data) - CHECKSUM_BYTES - 1 - len(inside)
    if room < 0:
        raise AssertionError("a line cannot grow by what is taken from it")
    return seal(inside + b" " * room + b"}")


def _inside(line: _Line, person: Person, erased: Collection[str]) -> bytes:
    """What follows the checksum, its closing brace excluded."""
    sender = _Sender(line, person, erased)
    events = msgspec.json.decode(line.b.get("events", b"[]"), type=list[msgspec.Raw])
    kept = [one for raw in events if (one := _event(raw, sender, person)) is not None]
    refused = [_refused(raw, sender, person) for raw in line.x]
    body, facts = _known(line.b, Batch.__struct_fields__), _facts(line.m, person)
    context = _nameless(msgspec.json.decode(line.b.get("ctx", b"{}"), type=Fields), person, Context)
    if not kept or (sender.denied and not any(b"consent_changed" in bytes(one) for one in kept)):
        context = _known(context, (*sender.clock, "consent"))
        facts = _known(facts, ("p", "a", "v", "v2") if sender.clock else ("p",))
        body = _known(body, ("sent", "ctx")) if sender.clock else {"sent": msgspec.Raw(b"0")}
        if not (kept or refused or sender.clock):
            line.r, facts, context = 0, {}, {}
    if context or "ctx" in body:
        body["ctx"] = _raw(context)
    body["events"] = _raw(kept)
    rejects = b',"x":%s' % msgspec.json.encode(refused) if refused else b""
    numbers = (line.r, msgspec.json.encode(line.k), len(kept) + len(refused))
    head = b'"r":%d,"k":%s,"n":%d,' % numbers
    return head + b'"m":%s%s,"b":%s' % (msgspec.json.encode(facts), rejects, msgspec.json.encode(body))


def _event(raw: msgspec.Raw, sender: _Sender, person: Person) -> msgspec.Raw | None:
    try:
        event = msgspec.json.decode(raw, type=_Event)
    except UNREADABLE:
        return None if sender.is_person or person.is_named_in(bytes(raw)) else raw
    if sender.has_sent(event):
        return None
    fields = msgspec.json.decode(raw, type=Fields)
    if sender.denied and event.event != "consent_changed":
        return _raw(_known(fields, REFUSED_FIELDS))
    return _raw(_nameless(fields, person, Event)) if person.is_named_in(bytes(raw)) else raw


def _refused(raw: msgspec.Raw, sender: _Sender, person: Person) -> msgspec.Raw:
    """The person's: that there was one, and why it was refused."""
    fields = msgspec.json.decode(raw, type=Fields)
    sent = _plain(fields.get("raw", msgspec.Raw(b"null")))
    text = sent.encode() if isinstance(sent, str) else b""
    theirs = sender.is_person and not (sender.many and _names_somebody(text))
    if theirs or sender.denied or person.is_named_in(bytes(raw)) or person.is_named_in(text):
        return _raw(_known(fields, ("i", "reason")))
    return raw


def _names_somebody(text: bytes) -> bool:
    try:
        return any(value not in (None, "") for _, value in ids(read(text)))
    except (ValueError, RecursionError):
        return False


def _nameless(fields: Fields, person: Person, kind: type[Context | Event]) -> Fields:
    """Without the person's ids, and without names that the loader does not read."""
    named = {"visitor": person.visitors, "user": person.users}
    return {
        name: raw
        for name, raw in _known(fields, kind.__struct_fields__).items()
        if _plain(raw) not in named.get(name, ())
    }


def _facts(fields: Fields, person: Person) -> Fields:
    """Without the person's hashes; of two the other one holds."""
    out = {name: raw for name, raw in fields.items() if not _is_hash(name, raw, person)}
    if "v2" in out and "v" not in out:
        out["v"] = out.pop("v2")
    return out


def _is_hash(name: str, raw: msgspec.Raw, person: Person) -> bool:
    return name in ("v", "v2") and _plain(raw) in person.visitors


def _known(fields: Fields, names: Collection[str]) -> Fields:
    return {name: raw for name, raw in fields.items() if name in names}


def _plain(raw: msgspec.Raw) -> Any:
    return msgspec.json.decode(raw)


def _raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
