"""Raw query in; the normalised text to store, and the keys that word lists are looked up by, out."""

from __future__ import annotations

import re
import unicodedata

from warehouse.intent.mask import CARD, EMAIL, NUMBER, PHONE, mask

NORM_CHARS_MAX = 300
READ_CHARS_MAX = 2_000
EMAIL_KEY, NUMBER_KEY = "\ue000", "\ue001"  # what a masked e-mail or number looks like among the keys

# Zero-width, direction and variation marks, tags, lone surrogates: nobody sees them, so they go first.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\ue000\ue001\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# Everything that is not part of a word; currency and percent signs are words of their own (see _SIGN).
_SEPARATOR = re.compile(
    "[\\s!-#&-/:-@\\[-`{-\u0080\u00a0-\u00a2\u00a4\u00a6-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    "\u02c2-\u02df\u055a-\u055f\u0589\u05be\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f"
    "\u2100-\u214f\u2190-\u2bff\u3000-\u3004\u3007-\u3020\u3030-\u303f\u30fb\ufd3e\ufd3f\ufe10-\ufe1f\ufe30-\ufe6f"
    "\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufffc-\ufffd\U0001f000-\U0001faff]+"
)
_SIGN = re.compile("([$%\u00a3\u00a5\u20a0-\u20cf\u09f2\u09f3])")
_ACCENT = re.compile("[\u0300-\u036f]+")
_DIGIT = re.compile(r"[0-9]")
_THOUSANDS = re.compile(r"([0-9])[.,](?=[0-9])")
_WORD_NUMBER = re.compile(r"([a-z]{3})([0-9])")
_NUMBER_UNIT = re.compile(r"([0-9])([a-z]{2}|[^\x00-\x7f\s])")
_SCRIPT_NUMBER = re.compile(r"([^\x00-\x7f\s])([0-9])")
_DOUBLE = re.compile(r"([a-z])\1+")


def normalise(text: str) -> str:
    """Lower case, one form of each character, ASCII digits, personal data masked, at most 300 characters."""
    return " ".join(mask(one_form(text[:READ_CHARS_MAX]))[:NORM_CHARS_MAX].split())


def one_form(text: str) -> str:
    """Lower case, compatibility forms as one, invisible characters gone, single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text.lower()))
    else:
        text = text.lower()
    return " ".join((text if text.isprintable() else _CONTROL.sub(" ", text)).split())


def plain(norm: str) -> str:
    """Normalised text without accents and punctuation, words and numbers set apart: ` iphone 15 preco `."""
    text = norm
    if "[" in text:
        text = text.replace(EMAIL, f" {EMAIL_KEY} ")
        for name in (PHONE, CARD, NUMBER):
            text = text.replace(name, f" {NUMBER_KEY} ")
    if not text.isascii():
        text = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text)))
    if text.isascii() and text.replace(" ", "").isalpha():
        return f" {text} "  # words and blanks, as most queries are
    if _DIGIT.search(text):
        text = _THOUSANDS.sub(r"\1", text)
        text = _WORD_NUMBER.sub(r"\1 \2", text)
        text = _NUMBER_UNIT.sub(r"\1 \2", text)
        text = _SCRIPT_NUMBER.sub(r"\1 \2", text)
    text = _SIGN.sub(r" \1 ", text) if _SIGN.search(text) else text
    return f" {_SEPARATOR.sub(' ', text).strip()} "


class Fold:
    """A language's spelling variants: `aa>a`, `an$>a` (at a word's end), `double>` (aa, bb ... once)."""

    def __init__(self, rules: list[str]) -> None:
        pairs = [rule.partition(">")[::2] for rule in rules if rule != "double>"]
        self.pairs = [(a.replace("$", " "), b + (" " if a.endswith("$") else "")) for a, b in pairs]
        self.double = "double>" in rules

    def __call__(self, plain_text: str) -> str:
        for old, new in self.pairs:
            if old in plain_text:
                plain_text = plain_text.replace(old, new)
        return _DOUBLE.sub(r"\1", plain_text) if self.double else plain_text
