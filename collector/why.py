"""Signed links that say why something was shown: a decision in, an address out; the address in, a page out.

A link holds all it says (campaign, revision, codes, language) under an HMAC: nothing is looked up to answer it,
and nobody can have us say what we did not say. The key is a file that all workers of a data directory share.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from contextlib import suppress
from html import escape
from pathlib import Path

import msgspec

from collector.act.why import languages, sentences, spoken
from collector.errors import Refused
from collector.files import locked, replace_file

PATH = "/v1/why/"
LINK_CHARS_MAX = 2000
SIGNATURE_BYTES = 16
STYLE = """
:root { color-scheme: light dark; --ground: #f6f5f2; --panel: #fff; --ink: #1b1c1e; --second: #5c6066; --line: #e4e2dc }
@media (prefers-color-scheme: dark) { :root { --ground: #121417; --panel: #1a1d21; --ink: #eceef0; --second: #a3a8b0; --line: #2b2f35 } }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "Noto Sans", "Noto Sans Devanagari", "Noto Sans Bengali", sans-serif }
main { max-width: 32rem; margin: 8vh auto; padding: 1.5rem; border: 1px solid var(--line); border-radius: 10px; background: var(--panel) }
h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.3 } ul { padding-left: 1.2rem } .second { color: var(--second) } footer { color: var(--second); font-size: .85rem }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept",
}


class Reason(msgspec.Struct, array_like=True, frozen=True):
    """What a link says. `codes`: collector/act/why.py; `lang`: as the reader's page says it."""

    site: str
    campaign: str
    revision: int
    basis: str
    codes: list[str]
    lang: str


class Why(msgspec.Struct):
    """The answer in JSON."""

    campaign: str
    revision: int
    basis: str
    codes: list[str]
    lang: str
    title: str
    reasons: list[str]
    about: str


class Links:
    """Signs and reads. The key is made when it is first needed, and kept from then on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: bytes | None = None

    def sign(self, reason: Reason) -> str:
        """The path of the link, without host. Raises OSError."""
        body = msgspec.json.encode(reason)
        return PATH + _text(body) + "." + _text(self._signature(body))

    def read(self, link: str) -> Reason:
        """What the path says. Raises Refused when we did not sign it, and OSError."""
        body, _, signature = link.removeprefix(PATH).partition(".")
        with suppress(ValueError):  # not base64, or not the list of this version
            said = _bytes(body) if len(link) <= LINK_CHARS_MAX else b""
            if hmac.compare_digest(_bytes(signature), self._signature(said)):
                return msgspec.json.decode(said, type=Reason)
        raise Refused(
            403, "not_signed", "this link is not ours, or was cut off: take it whole from the message"
        )

    def _signature(self, body: bytes) -> bytes:
        if self._key is None:
            self._key = _shared_key(self._path)
        return hmac.digest(self._key, body, "sha256")[:SIGNATURE_BYTES]


def told(reason: Reason) -> Why:
    """In the reader's language, else in English."""
    lang = spoken(reason.lang)
    words = languages()[lang]
    reasons = sentences(reason.codes, lang) or [words["everybody"]]
    about = words.get(reason.basis, "")
    return Why(
        reason.campaign, reason.revision, reason.basis, reason.codes, lang, words["title"], reasons, about
    )


def page(said: Why) -> bytes:
    """HTML without scripts; nothing is fetched for it."""
    words = languages()[said.lang]
    listed = "".join(f"<li>{escape(one)}</li>" for one in said.reasons)
    because = f"<p>{escape(words['because'])}</p><ul>{listed}</ul>"
    if said.reasons == [words["everybody"]]:  # no reason: a sentence of its own
        because = f"<p>{escape(words['everybody'])}</p>"
    return (
        f'<!doctype html><html lang="{said.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(said.title)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(said.title)}</h1>{because}"
        f'<p class="second">{escape(said.about)}</p>'
        f"<footer>{escape(said.campaign)}, r{said.revision}</footer></main></body></html>"
    ).encode()


def _shared_key(path: Path) -> bytes:
    with locked(path.with_suffix(".lock")):
        with suppress(
            FileNotFoundError, ValueError
        ):  # a damaged key is made anew: links from before are refused
            return bytes.fromhex(path.read_text("ascii"))
        key = secrets.token_bytes(32)
        replace_file(path, key.hex().encode())
        return key


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
