"""A time in, a UUIDv7 out: for events whose sender made no id."""

from __future__ import annotations

import secrets
from uuid import UUID


def uuid7(time_ms: int) -> UUID:
    """RFC 9562: 48 bits of time, version, variant, the rest random."""
    value = (time_ms & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
