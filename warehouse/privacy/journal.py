"""A person's ids in; the loaded journal lines that name them emptied, archived segments too, out."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from collector.datadir import DataDir
from collector.journal import seal
from collector.journal_read import read_lines, segments

WHOLE_BELOW = 8  # characters


def blank_lines(data: DataDir, positions: dict[str, int], site: str, identities: tuple[str, ...]) -> int:
    """Overwrites loaded lines of `site` that hold one of the texts with empty batches of the same length.

    The collector only appends to its segment, and lines before `positions` are never read again, so this is
    safe beside both. Returns the number of lines.
    """
    needles = [needle(identity) for identity in identities]
    count = 0
    for path in segments(data.journal):
        count += _blank(path, positions.get(path.name, 0), site, needles)
    for path in segments(data.root / "archive"):
        count += _blank(path, path.stat().st_size, site, needles)
    return count


def needle(identity: str) -> bytes:
    """What to look for in JSON text: short ids only as a whole value, else `v1` would be in every address."""
    quoted = msgspec.json.encode(identity)
    return quoted if len(identity) < WHOLE_BELOW else quoted[1:-1]


def _blank(path: Path, until: int, site: str, needles: list[bytes]) -> int:
    count = 0
    with path.open("r+b", buffering=0) as file:
        for line in read_lines(path):
            if line.end > until:
                break
            if any(needle in line.data for needle in needles):
                os.pwrite(file.fileno(), _empty_line(site, len(line.data)), line.offset)
                count += 1
        os.fsync(file.fileno())
    return count


def _empty_line(site: str, length: int) -> bytes:
    """A batch without events, padded with spaces, its newline included."""
    start = b'"r":0,"k":%s,"n":0,"m":{},"b":{"sent":0,"events":[]}' % msgspec.json.encode(site)
    room = length - len(start) - 17
    return seal(start + b" " * room + b"}")
