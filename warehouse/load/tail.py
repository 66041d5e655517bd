"""The journal directory and what is already loaded in; the next bounded slice of verified lines out.

Order matters: a segment's lock is looked at before its end is read, so "closed" is never said too early.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from collector.journal_read import NewerJournal, is_closed, read_header, segments, verify

LINE_MARK = b'{"c":"'
HEADER_MARK = b'"h":'
CHECKSUM_BYTES = 16


@dataclass(frozen=True)
class Damaged:
    """A line whose checksum does not fit."""

    segment: str
    offset: int
    data: bytes


@dataclass
class Slice:
    """Verified batch lines, and where each segment stands once they are loaded."""

    lines: list[bytes] = field(default_factory=list)
    damaged: list[Damaged] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    finished: list[Path] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    torn_bytes: int = 0
    read_bytes: int = 0

    @property
    def empty(self) -> bool:
        """Nothing to write: no batch and no damage."""
        return not self.lines and not self.damaged


def next_slice(journal: Path, positions: dict[str, int], bytes_max: int) -> Slice:
    """Reads on from `positions`, oldest segments first, about `bytes_max` in all."""
    taken = Slice(positions=dict(positions))
    for path in sorted(segments(journal), key=_created):
        room = bytes_max - taken.read_bytes
        if room <= 0:
            break
        try:
            closed = is_closed(path)
            if path.name not in positions:
                read_header(path)
            _take(taken, path, closed, room)
        except NewerJournal as error:
            taken.refused.append(str(error))
        except FileNotFoundError:
            continue
    return taken


def remove_finished(finished: list[Path], positions: dict[str, int], archive: Path | None) -> list[str]:
    """Removes (or archives) segments that are loaded and synced; the lock is held, so nobody appends."""
    gone = []
    for path in finished:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if archive is None:
                path.unlink()
            else:
                archive.mkdir(mode=0o700, exist_ok=True)
                path.rename(archive / path.name)
        positions.pop(path.name, None)
        gone.append(path.name)
    return gone


def _take(taken: Slice, path: Path, closed: bool, room: int) -> None:
    start = taken.positions.get(path.name, 0)
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        block = os.pread(file.fileno(), room, start)
        cut = block.rfind(b"\n") + 1
        while cut == 0 and start + len(block) < size:
            # One line longer than the slice: read on until it ends.
            block += os.pread(file.fileno(), room, start + len(block))
            cut = block.rfind(b"\n") + 1
    end = start + cut
    if cut:
        _sort_lines(taken, path.name, start, block[: cut - 1].split(b"\n"))
        taken.positions[path.name] = end
        taken.read_bytes += cut
    if closed and start + len(block) >= size:
        taken.torn_bytes += size - end
        taken.finished.append(path)


def _sort_lines(taken: Slice, segment: str, offset: int, lines: list[bytes]) -> None:
    for line in lines:
        if verify(line):
            _keep(taken, line)
        else:
            _salvage(taken, segment, offset, line)
        offset += len(line) + 1


def _keep(taken: Slice, line: bytes) -> None:
    if line[CHECKSUM_BYTES : CHECKSUM_BYTES + 4] != HEADER_MARK:
        taken.lines.append(line)


def _salvage(taken: Slice, segment: str, offset: int, line: bytes) -> None:
    for at, part, ok in pieces(line):
        if ok:
            _keep(taken, part)
        else:
            taken.damaged.append(Damaged(segment, offset + at, part))


def pieces(line: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """(offset, bytes, whether its checksum fits) of each part of a line that does not verify: a damaged newline
    glues two lines together, and what still has a good checksum inside is kept.
    """
    start = 0
    while start < len(line):
        following = line.find(LINE_MARK, start + 1)
        end = len(line) if following < 0 else following
        part = line[start:end]
        whole = next((piece for piece in (part, part[:-1]) if verify(piece)), None)
        yield start, part if whole is None else whole, whole is not None
        start = end


def _created(path: Path) -> tuple[str, str]:
    """Oldest first over all workers: `w0-1795000000123-9f3c2a.hj`."""
    parts = path.stem.rsplit("-", 2)
    return (parts[1].zfill(20), path.name) if len(parts) == 3 else ("", path.name)
