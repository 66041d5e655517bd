"""Text in; the same text without e-mail addresses, card, phone and other long numbers and URL paths out."""

from __future__ import annotations

import re
import unicodedata

EMAIL, CARD, PHONE, NUMBER = "[email]", "[card]", "[phone]", "[digits]"

_LOCAL = r"[^\s<>@,;:\"]{1,64}"
_EMAIL = re.compile(
    rf"{_LOCAL}@[^\s<>,;:\"']+|{_LOCAL}(?:\s@\s|\s?[\[(]at[\])]\s?)[^\s@.]{{1,63}}(?:\.[^\s@.]{{1,63}})+",
    re.ASCII | re.I,
)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://(?:[^\s/@]*@)?([^\s/?#<>]*)[^\s]*", re.ASCII | re.I)
_SITE_PATH = re.compile(r"\b((?:[a-z0-9-]+\.)+[a-z]{2,12})[/?#:][^\s]*", re.ASCII | re.I)
# Digits that belong together: separators between them are the ones people type inside phone and card numbers.
_DIGITS = re.compile(r"\+?\(?\d(?:[ \t.\-/()\u2010-\u2015]{0,3}\d){6,}", re.ASCII)
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_DATE = re.compile(r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])|"
                   r"(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d\d")  # fmt: skip
_SHORT_NUMBERS = re.compile(r"\d{1,4}(?: \d{1,4}){1,}")


def mask(text: str) -> str:
    """Mask what could name a person. Digits of every script count; applying it twice changes nothing."""
    text = ascii_digits(text)
    if "/" in text or "?" in text or "#" in text or ":" in text:
        text = _SITE_PATH.sub(r"\1", _URL.sub(r"\1", text))
    if "@" in text or "at" in text:
        text = _EMAIL.sub(EMAIL, text)
    return _DIGITS.sub(_mask_digits, text)


def ascii_digits(text: str) -> str:
    """Digits of any script (Devanagari, Bengali, Arabic, full width) as 0-9."""
    if text.isascii():
        return text
    return _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.digit(found.group())), text)


def _mask_digits(found: re.Match[str]) -> str:
    raw = found.group()
    digits = [c for c in raw if c.isdigit()]
    if _DATE.fullmatch(raw):
        return raw
    if len(digits) < 9 and max(map(len, re.findall(r"\d+", raw))) < 7 and _SHORT_NUMBERS.fullmatch(raw):
        return raw  # "iphone 15 128 256": numbers beside each other, not one long number
    if len(digits) <= 19 and luhn(raw):
        return CARD
    dialled = raw[0] in "+0" or not raw.isdigit()
    return PHONE if dialled and len(digits) <= 15 else NUMBER


def luhn(text: str) -> bool:
    """True when the digits of `text` could be a card number."""
    digits = [int(c) for c in text if c.isdecimal()]
    doubled = [d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(reversed(digits), 1)]
    return len(digits) >= 13 and sum(doubled) % 10 == 0
