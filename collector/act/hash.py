"""Words in, a number in [0, n) out: the same one on every device, for ever.

MurmurHash3 x86_32 (Austin Appleby, public domain), seed 0. FNV-1a was biased on names that differ in their end.
"""

from __future__ import annotations

from collections.abc import Iterable

_32 = 0xFFFFFFFF
CHOICES_MAX = 2**21  # above it, hash x n is no exact number in JavaScript


def pick(parts: Iterable[str], n: int) -> int:
    """Uniform in [0, n); n < CHOICES_MAX."""
    # A lone surrogate is what half an emoji becomes in JavaScript, whose encoder writes U+FFFD for it.
    text = "\n".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return murmur3(text.encode()) * n >> 32


def murmur3(data: bytes) -> int:
    """32 bits."""
    h = 0
    whole = len(data) & ~3
    for at in range(0, whole, 4):
        h ^= _scramble(int.from_bytes(data[at : at + 4], "little"))
        h = ((h << 13 | h >> 19) * 5 + 0xE6546B64) & _32
    if tail := data[whole:]:
        h ^= _scramble(int.from_bytes(tail, "little"))
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & _32
    h = (h ^ h >> 13) * 0xC2B2AE35 & _32
    return h ^ h >> 16


def _scramble(k: int) -> int:
    k = k * 0xCC9E2D51 & _32
    return ((k << 15 | k >> 17) & _32) * 0x1B873593 & _32
