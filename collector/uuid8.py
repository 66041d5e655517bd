"""A time and what names an event in, a UUIDv8 out: the same id each time the event is sent."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID


def uuid8(time_ms: int, name: bytes) -> UUID:
    """RFC 9562: 48 bits of time in front (ids sort by time), version, variant, the rest a hash of the name."""
    tail = int.from_bytes(blake2b(name, digest_size=10).digest(), "big")
    value = min(max(time_ms, 0), 2**48 - 1) << 80 | tail
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
