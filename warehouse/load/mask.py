"""Text in, the same text without e-mail addresses, card and phone numbers and long digit runs out.

`SUSPICIOUS` is the cheap test the loader makes in SQL; only what it finds comes here.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from collector.event import PIXELS_MAX, SEQ_MAX, TIME_MAX
from warehouse.intent.mask import CARD as CARD_MASK
from warehouse.intent.mask import EMAIL as EMAIL_MASK
from warehouse.intent.mask import NUMBER as DIGITS_MASK
from warehouse.intent.mask import PHONE as PHONE_MASK
from warehouse.intent.mask import luhn

# Keys whose values are personal whatever they look like: the key goes with its value.
PRIVATE_KEYS = re.compile(
    r"(?i)^(e[-_]?mail(_?address)?|(tele)?phone([-_]?number)?|tel|mobile([-_]?number)?|msisdn|passw(or)?d|pwd"
    r"|(credit_?)?card([-_]?number)?|cc[-_]?number|cvv|cvc|iban|ssn|aadhaar|ip([-_]?addr(ess)?)?|user[-_]?agent)$"
)
# RE2 (DuckDB) syntax: everything the patterns below or the key list could touch, in one pass.
SUSPICIOUS = (
    r"(?i)@|%40|\p{Nd}[\p{Nd} .()+-]{7,}\p{Nd}"
    r'|"(e[-_]?mail|tel|phone|mobile|msisdn|passw|pwd|card|credit|cc[-_]?num|cvv|cvc|iban|ssn|aadhaar|ip|user[-_]?agent)'
)

EMAIL = re.compile(r"[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
CARD = re.compile(r"(?<![\w.])[2-6](?:[ -]?\d){12,18}(?![\w])")
PHONE = re.compile(r"(?<![\w.])(?:\+\d[\d ().-]{6,17}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?!\w)")
NATIONAL_ID = re.compile(r"(?<![\w.-])(?:\d{3}-\d{2}-\d{4}|\d{4} \d{4} \d{4})(?![\w-])")
LONG_DIGITS = re.compile(r"(?<![\w.-])\d{10,}(?![\w-])")
LIMIT = re.compile(rf"(?<=<= )({TIME_MAX}|{SEQ_MAX}|{PIXELS_MAX})(?!\d)")


def mask_detail(text: str) -> str:
    """The same for what hetk says of an event: its own limits are nobody's number."""
    return "".join(part if at % 2 else mask_text(part) for at, part in enumerate(LIMIT.split(text)))


@lru_cache(maxsize=20_000)
def mask_text(text: str) -> str:
    """`mail a@b.de` becomes `mail [email]`; text without anything personal comes back as it is."""
    text = EMAIL.sub(EMAIL_MASK, text)
    text = CARD.sub(lambda found: CARD_MASK if luhn(found.group()) else found.group(), text)
    text = PHONE.sub(PHONE_MASK, text)
    text = NATIONAL_ID.sub(DIGITS_MASK, text)
    return LONG_DIGITS.sub(DIGITS_MASK, text)


def mask_json(text: str) -> str | None:
    """The same inside a JSON document; private keys go. None when nothing is left of an object."""
    masked = _mask_value(json.loads(text))
    return json.dumps(masked, ensure_ascii=False, separators=(",", ":")) if masked else None


def _mask_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {mask_text(k): _mask_value(v) for k, v in value.items() if not PRIVATE_KEYS.match(k)}
    if isinstance(value, list):
        return [_mask_value(item) for item in value]
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and CARD.fullmatch(str(value))
        and luhn(str(value))
    ):
        return CARD_MASK
    return value
