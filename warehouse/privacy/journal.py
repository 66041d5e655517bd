"""A person in; the loaded journal lines, archived segments too, without that person out."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from collector.datadir import DataDir
from collector.journal_read import Line, read_lines, segments, torn_tail
from warehouse.load.tail import LINE_MARK, pieces
from warehouse.privacy.line import without
from warehouse.privacy.person import Person


def take_out(
    data: DataDir, positions: dict[str, int], person: Person, erased: Collection[str]
) -> Iterator[int]:
    """Writes loaded lines that name the person anew, in their place and length; `erased` are the ids of the
    events that the lake had of them. Yields the number of lines of each segment.

    The collector only appends to its segment, and lines before `positions` are never read again, so this is
    safe beside both. A segment that is archived meanwhile is met in the archive.
    """
    for path in segments(data.journal):
        with suppress(FileNotFoundError):
            yield _take_out(path, positions.get(path.name, 0), person, erased)
    for path in segments(data.root / "archive"):
        yield _take_out(path, path.stat().st_size, person, erased)


def _take_out(path: Path, until: int, person: Person, erased: Collection[str]) -> int:
    count = 0
    with path.open("r+b", buffering=0) as file:
        for line in read_lines(path):
            if line.end > until:
                break
            for offset, part in _parts(line, person, erased):
                os.pwrite(file.fileno(), part, offset)
                count += 1
        tail = torn_tail(path) if until == path.stat().st_size else 0
        if tail and person.is_in_bytes(os.pread(file.fileno(), tail, until - tail)):
            os.pwrite(file.fileno(), b" " * tail, until - tail)
        os.fsync(file.fileno())
    return count


def _parts(line: Line, person: Person, erased: Collection[str]) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes) of what is to be written."""
    if line.ok:
        if (new := without(line.data, person, erased)) is not None:
            yield line.offset, new
        return
    for at, part, ok in pieces(line.data):
        if ok:
            new = without(part, person, erased)
            if new is not None:
                yield line.offset + at, new[:-1]
        elif person.is_in_bytes(part):
            mark = LINE_MARK if part.startswith(LINE_MARK) else b""
            yield line.offset + at, mark.ljust(len(part))
