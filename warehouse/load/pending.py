"""The journal and what is loaded of it in, the number of events of each site that still wait out."""

from __future__ import annotations

import re
from pathlib import Path

from collector.journal_read import read_lines, segments

# The key order of a line is ours (docs/journal.md): n stands before anything a sender wrote.
EVENTS = re.compile(rb'^\{"c":"[0-9a-f]{8}","r":\d+,"k":"((?:[^"\\]|\\.)*)","n":(\d+)')


def pending_events(journal: Path, positions: dict[str, int]) -> dict[str, int]:
    """Events acknowledged and not yet in the lake."""
    waiting: dict[str, int] = {}
    for path in segments(journal):
        try:
            for line in read_lines(path, positions.get(path.name, 0)):
                found = EVENTS.match(line.data)
                if line.ok and found:
                    site = found.group(1).decode()
                    waiting[site] = waiting.get(site, 0) + int(found.group(2))
        except FileNotFoundError:
            continue  # loaded and removed meanwhile
    return waiting
