"""A password in, its argon2 hash out, and whether one fits: in a thread, few at a time, the same work for
whoever asks.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from warehouse.errors import PeopleError

CHARS_MIN, CHARS_MAX = 10, 256
DIFFERENT_MIN = 5
AT_ONCE = 2  # each takes 64 MiB and a core for some 50 ms
WAITING_MAX = 32
COMMON = ("password", "passwort", "qwerty", "1234567890", "0123456789", "letmein", "hetk")


T = TypeVar("T")


class Busy(Exception):
    """So many are waiting that one more would only make it worse."""


class Passwords:
    """One per server."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = self._hasher.hash("of nobody: checked where there is no such person")

    async def hash(self, password: str) -> str:
        """Raises Busy."""
        return await self._turn(self._hasher.hash, plain(password))

    async def fits(self, hashed: str | None, password: str) -> bool:
        """Takes as long for nobody (None) as for somebody. Raises Busy."""
        fits = await self._turn(self._verify, hashed or self._nobody, plain(password))
        return fits and hashed is not None

    def is_old(self, hashed: str) -> bool:
        """Made with weaker settings than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    async def _turn(self, work: Callable[..., T], *values: str) -> T:
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *values)
        finally:
            self._waiting -= 1


def plain(password: str) -> str:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, name: str) -> None:
    """Raises PeopleError where a password is too easy to guess; the text says what to change."""
    if not CHARS_MIN <= len(plain(password)) <= CHARS_MAX:
        raise PeopleError(f"a password has {CHARS_MIN} to {CHARS_MAX} characters")
    simple = plain(password).casefold()
    without = simple.replace(name.casefold(), "") if name else simple
    for word in COMMON:
        without = without.replace(word, "")
    if len(set(without)) < DIFFERENT_MIN:
        raise PeopleError("this password is easy to guess: take several words, not your name")
