"""Reading segments: a path and an offset in, verified lines with their place out. The loader, `hetk doctor`
and tests use it.

Damage never raises: a line whose checksum is wrong comes out with `ok` False, bytes after the last newline of
a segment are not a line yet (or never will be, see `torn_tail`).
"""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from collector.errors import HetkError
from collector.journal import FORMAT, SUFFIX

CHECKSUM_BYTES = 16  # `{"c":"89ab12cd",`
READ_BYTES = 4 * 1024 * 1024


class NewerJournal(HetkError):
    """The segment was written by a newer hetk; nothing of it is touched."""


class Line(NamedTuple):
    """One line without its newline. `end` is the offset after the newline: where reading goes on."""

    offset: int
    end: int
    ok: bool
    data: bytes


class Header(msgspec.Struct):
    """The first line's `h`."""

    format: int
    worker: str = ""
    hetk: str = ""
    created_ms: int = 0


class _HeaderLine(msgspec.Struct):
    h: Header


def segments(directory: Path) -> list[Path]:
    """All segments, per worker from old to new."""
    return sorted(directory.glob(f"*{SUFFIX}"))


def is_closed(path: Path) -> bool:
    """True when nobody will append to this segment any more. Ask BEFORE reading to the end, not after."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def verify(line: bytes) -> bool:
    """True when the checksum fits. `line` comes without its newline."""
    if len(line) < CHECKSUM_BYTES or line[:6] != b'{"c":"' or line[14:CHECKSUM_BYTES] != b'",':
        return False
    return line[6:14] == b"%08x" % zlib.crc32(memoryview(line)[CHECKSUM_BYTES:])


def read_header(path: Path) -> Header | None:
    """The segment's header, None when it is damaged or not there yet. Raises NewerJournal."""
    with path.open("rb") as file:
        line = file.readline(READ_BYTES)
    if not line.endswith(b"\n") or not verify(line[:-1]):
        return None
    try:
        header = msgspec.json.decode(line, type=_HeaderLine).h
    except msgspec.DecodeError:
        return None
    if header.format > FORMAT:
        raise NewerJournal(
            f"{path} has journal format {header.format}, this hetk reads up to {FORMAT}: update hetk"
        )
    return header


def read_lines(path: Path, offset: int = 0) -> Iterator[Line]:
    """Whole lines from `offset` (0, or a Line's `end`), header included. Raises OSError and NewerJournal."""
    read_header(path)
    with path.open("rb", buffering=0) as file:
        file.seek(offset)
        rest = b""
        while block := file.read(READ_BYTES):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                end = offset + len(line) + 1
                yield Line(offset, end, verify(line), line)
                offset = end


def torn_tail(path: Path) -> int:
    """Bytes after the last newline. In a closed segment: written, never acknowledged, to be skipped."""
    size = path.stat().st_size
    with path.open("rb", buffering=0) as file:
        end = size
        while end > 0:
            start = max(0, end - READ_BYTES)
            block = os.pread(file.fileno(), end - start, start)
            if (found := block.rfind(b"\n")) >= 0:
                return size - (start + found + 1)
            end = start
    return size
