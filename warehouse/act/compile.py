"""A checked campaign in; whole numbers and plain lists, as devices read them (collector/act/model.py), out."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import UNSET

from collector.act.model import DAY
from warehouse.act.form import CampaignForm, VariantForm
from warehouse.intent.text import normalise

COOL = [DAY, 30 * DAY]  # after a dismissal, after "not useful"


def campaign(name: str, one: CampaignForm) -> dict[str, Any]:
    """Without its revision, which publishing gives. Titles, goals and questions stay here."""
    when = conditions(one)
    optional = {
        "from": _ms(one.since),
        "until": _ms(one.until),
        "sensitive": one.sensitive or None,
        "offline": one.offline or None,
        "need": purposes(one) or None,
        "when": when or None,
        "because": (one.why.because if one.why.because is not None else list(when)) or None,
    }
    return {
        "id": name,
        "place": one.place or "",
        "kind": one.kind,
        "basis": one.basis,
        "pri": one.priority,
        "w": one.weight,
        "hold": round(one.holdout * 10_000),
        "cap": one.caps.day,
        "cool": COOL,
        "vars": [_variant(variant) for variant in one.variant],
    } | {key: value for key, value in optional.items() if value is not None}


def conditions(one: CampaignForm) -> dict[str, Any]:
    """[when] in the device's numbers, in the order in which it is asked."""
    when = one.when
    found = {name: getattr(when, name) for name in when.used()}
    if when.lang is not None:
        found["lang"] = [lang.lower() for lang in when.lang]
    if when.hour is not None:
        found["hour"] = hours(when.hour)
    if when.confidence is not None:
        found["confidence"] = round(when.confidence * 1000)
    if when.words is not None:
        found["words"] = [word for entry in when.words for word in words(entry)]
    if when.cart_min is not None:
        found["cart_min"] = [money(when.cart_min.amount), when.cart_min.currency]
    if when.distance is not None:
        found["distance"] = metres(when.distance)
    return found


def purposes(one: CampaignForm) -> list[str]:
    """What the person must have agreed to."""
    if one.purposes is not UNSET:
        return one.purposes
    return [] if one.basis == "contextual" else ["personalization"]


def spoken(variant: VariantForm) -> set[str]:
    """The languages of a variant."""
    return {lang.lower() for lang in variant.text}


def days(text: str) -> int | None:
    """ "7d" -> 7; None when it is no such time."""
    found = re.fullmatch(r"(\d{1,3})d", text)
    return int(found[1]) if found else None


def hours(span: list[str]) -> list[int] | None:
    """["08:00", "20:30"] -> minutes of the day; None when it is no such span."""
    found = [re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", text) for text in span]
    if len(found) != 2 or not all(found):
        return None
    minutes = [int(one[1]) * 60 + int(one[2]) for one in found if one]
    return [minutes[0], minutes[1]] if minutes[0] < 1440 >= minutes[1] else None


def metres(text: str) -> int | None:
    """ "25 km" -> 25000; None when it is no such distance."""
    found = re.fullmatch(r"(\d{1,5})(?:\.(\d))? ?(km|m)", text)
    if not found:
        return None
    tenths = int(found[1]) * 10 + int(found[2] or 0)
    return tenths * 100 if found[3] == "km" else tenths // 10


def money(text: str) -> int | None:
    """ "49.00" -> 490000; None when it is no amount of at most four decimals."""
    try:
        scaled = Decimal(text) * 10_000
    except InvalidOperation:
        return None
    if not re.fullmatch(r"\d{1,12}(\.\d{1,4})?", text) or scaled != int(scaled) or scaled <= 0:
        return None
    return int(scaled)


def words(text: str) -> list[str]:
    """As the page takes a search apart: letters, numbers and their marks (sdk_js/src/act/context.ts)."""
    kept = (char if unicodedata.category(char)[0] in "LNM" else " " for char in normalise(text))
    return "".join(kept).split()


def _variant(one: VariantForm) -> dict[str, Any]:
    text = {lang.lower(): said for lang, said in one.text.items()}
    return {"k": one.key, "w": one.weight} | ({"url": one.url} if one.url else {}) | {"text": text}


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)
