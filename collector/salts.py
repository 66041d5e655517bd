"""Daily salts of the cookieless visitor id: (site, address, user agent) in, an id that nobody can link to
tomorrow's out.

The salts are a file that all workers of a data directory share. A salt is made on its day and deleted two
hours into the next one; until then ids come under both, so that a visit over midnight is not split.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from collector.files import locked, replace_file

OVERLAP_HOURS = 2
ID_BYTES = 16


class Salts:
    """Salts of today, and of yesterday until 02:00 UTC."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._until_us = 0
        self._today = b""
        self._yesterday: bytes | None = None

    def ids(self, now_us: int, site: str, address: str, agent: str) -> tuple[str, str | None]:
        """The visitor's id, and the one under yesterday's salt while it lives. Raises OSError."""
        if now_us >= self._until_us:
            self._turn(now_us)
        text = "\n".join((site, address, agent)).encode("utf-8", "replace")
        return _hash(self._today, text), _hash(self._yesterday, text) if self._yesterday else None

    def _turn(self, now_us: int) -> None:
        """The clock passed midnight or 02:00: which salts hold now, and until when."""
        now = datetime.fromtimestamp(now_us / 1e6, UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        overlap_ends = midnight + timedelta(hours=OVERLAP_HOURS)
        overlap = now < overlap_ends
        today, yesterday = f"{midnight:%Y-%m-%d}", f"{midnight - timedelta(days=1):%Y-%m-%d}"
        salts = self._shared(today, [today, yesterday] if overlap else [today])
        self._today = bytes.fromhex(salts[today])
        self._yesterday = bytes.fromhex(salts[yesterday]) if overlap and yesterday in salts else None
        self._until_us = int((overlap_ends if overlap else midnight + timedelta(days=1)).timestamp() * 1e6)

    def _shared(self, today: str, keep: list[str]) -> dict[str, str]:
        """The file with today's salt in it and without the salts nobody needs any more."""
        with locked(self._path.with_suffix(".lock")):
            before = _read(self._path)
            salts = {day: salt for day, salt in before.items() if day in keep}
            salts.setdefault(today, secrets.token_hex(32))
            if salts != before:
                replace_file(self._path, msgspec.json.encode(salts))
        return salts


def _read(path: Path) -> dict[str, str]:
    """A damaged file is made anew: ids of this day start over, no request fails for it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def _hash(salt: bytes, text: bytes) -> str:
    return hashlib.blake2b(text, key=salt, digest_size=ID_BYTES).hexdigest()
