"""The journal: lines in, acknowledged once they are on disk. docs/journal.md gives the format.

Self-clocked group commit: lines gather in the event loop; one thread writes a group and asks the disk for it
(fdatasync) while the next group gathers. No timer: an idle disk is asked at once, a slow disk gets larger
groups. Only that thread touches the files, so a disk that stands still never stops the loop. The journal
decides nothing about what is in a line.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import msgspec

import collector
from collector import logs
from collector.config import JournalSettings
from collector.errors import JournalError, JournalFull
from collector.files import sync_directory

SUFFIX = ".hj"
FORMAT = 1
PART_BYTES_MAX = 2**20  # of one write
REOPEN_SECONDS = 0.5  # after an error the disk is tried again this often, not with every request
Told = Callable[[JournalError | None], None]  # called in the loop: None = the line is on disk


class Journal:
    """One worker's way to disk. Use from one event loop; `open()` first, `close()` last."""

    def __init__(self, directory: Path, worker: str, settings: JournalSettings) -> None:
        self._settings = settings
        self._files = _Files(directory, worker, settings.segment_bytes_max)
        self._groups: SimpleQueue[list[bytes] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lines: list[bytes] = []  # what gathers
        self._waiting: list[Told] = []
        self._with_disk: list[Told] = []  # those of the group the thread has
        self._busy = False
        self._idle: asyncio.Future[None] | None = None  # for `close`
        self._pending_bytes = 0
        self._retry_at = 0.0
        self.error: str | None = None  # what the disk said last, None when well

    @property
    def pending_bytes(self) -> int:
        """Bytes taken and not yet on disk."""
        return self._pending_bytes

    def open(self) -> None:
        """Starts a segment, so that a disk that cannot be written is known at start. Raises JournalError."""
        try:
            self._files.roll()
        except OSError as error:
            raise _named(error) from error

    async def append(self, line: bytes) -> None:
        """Returns when `line` is on disk. Raises JournalFull or JournalError: then it must not be
        acknowledged.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.write(line, partial(_settle, done))
        await done

    def write(self, line: bytes, told: Told) -> None:
        """Takes `line`; `told` is called once it is on disk, or with the error. Raises as `append`."""
        pending = self._pending_bytes + len(line)
        if pending > self._settings.pending_bytes_max:
            raise JournalFull("the disk does not keep up")
        if self.error is not None and time.monotonic() < self._retry_at:
            raise JournalError(self.error)
        self._pending_bytes = pending
        self._lines.append(line)
        self._waiting.append(told)
        if not self._busy:
            self._busy = True
            loop = asyncio.get_running_loop()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, args=[loop], name="fdatasync", daemon=True)
                self._thread.start()
            loop.call_soon(self._hand_over)  # after the requests of this turn of the loop

    async def probe(self) -> None:
        """After an error: makes sure the journal can be written again. Raises JournalError."""
        if self.error is not None:
            await self.append(b"")

    async def close(self) -> None:
        """Everything written is on disk, the lock is let go. The loader may take the segment."""
        if self._busy:
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle
        self._groups.put(None)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._files.close()

    def _hand_over(self) -> None:
        lines, self._lines = self._lines, []
        self._with_disk, self._waiting = self._waiting, []
        self._groups.put(lines)

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """The thread: group after group."""
        while (lines := self._groups.get()) is not None:
            failure: Exception | None = None
            try:
                self._files.commit(lines)
            except Exception as error:  # noqa: BLE001 whatever it is, those who wait must be told
                failure = error
            loop.call_soon_threadsafe(self._committed, sum(map(len, lines)), failure)

    def _committed(self, size: int, failure: Exception | None) -> None:
        """In the loop: the disk has spoken. The next group is on its way before anybody is answered."""
        self._pending_bytes -= size
        told = self._with_disk
        error = None
        if failure is None:
            self.error = None
        else:
            error = _named(failure)
            self.error, self._retry_at = str(error), time.monotonic() + REOPEN_SECONDS
            # What gathered meanwhile would only wait for a disk that has just failed.
            told += self._waiting
            self._pending_bytes -= sum(map(len, self._lines))
            self._lines, self._waiting = [], []
        if self._lines:
            self._hand_over()
        else:
            self._busy = False
            if self._idle is not None:
                self._idle.set_result(None)
        for tell in told:
            try:
                tell(error)
            except Exception:  # noqa: BLE001 one connection's trouble is not the others'
                logs.log.exception("an answer failed, the others go on")


class _Files:
    """The segments of a worker; one thread at a time. After any error a new segment is begun: nobody knows
    what the page cache holds after a failed write or fsync, and a second fsync may say yes to pages that the
    first one lost.
    """

    def __init__(self, directory: Path, worker: str, bytes_max: int) -> None:
        self._directory = directory
        self._worker = worker
        self._bytes_max = bytes_max
        self._segment: _Segment | None = None

    def commit(self, lines: list[bytes]) -> None:
        """Returns when all are on disk. Raises OSError: then none may be acknowledged."""
        try:
            for part in _parts(lines, min(PART_BYTES_MAX, self._bytes_max)):
                segment = self._open()
                segment.write(part)
            segment.sync()
        except BaseException:
            self.close()
            raise

    def roll(self) -> _Segment:
        """A new segment; the one before is on disk and closed. Raises OSError."""
        segment = _Segment.create(self._directory, self._worker)
        before, self._segment = self._segment, segment
        if before is not None:
            try:
                before.sync()
            finally:
                before.close()
        return segment

    def close(self) -> None:
        """Lets the lock go: the loader may take the segment."""
        segment, self._segment = self._segment, None
        if segment is not None:
            segment.close()

    def _open(self) -> _Segment:
        segment = self._segment
        return self.roll() if segment is None or segment.size >= self._bytes_max else segment


class _Segment:
    """One file with its lock. `size` counts whole lines only."""

    __slots__ = ("directory", "handle", "new", "size")

    def __init__(self, handle: int, directory: Path, size: int) -> None:
        self.handle = handle
        self.directory = directory
        self.size = size
        self.new = True  # its name is not on disk yet

    @classmethod
    def create(cls, directory: Path, worker: str) -> _Segment:
        """Locked and with its header before it gets its name: the loader never meets an unlocked half."""
        now_ms = time.time_ns() // 1_000_000
        name = f"{worker}-{now_ms:013d}-{secrets.token_hex(3)}{SUFFIX}"
        temporary = directory / f".{name}.new"
        handle = os.open(temporary, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        segment = cls(handle, directory, 0)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            segment.write(header_line(worker, now_ms))
            temporary.rename(directory / name)
        except OSError:
            os.close(handle)
            temporary.unlink(missing_ok=True)
            raise
        return segment

    def write(self, lines: bytes) -> None:
        """All of it or nothing: what is written of it is cut off again. Raises OSError."""
        try:
            written = os.write(self.handle, lines)
            while written < len(lines):  # a nearly full disk takes a part first
                written += os.write(self.handle, memoryview(lines)[written:])
        except OSError:
            with suppress(OSError):  # what stays behind is a torn tail, which readers skip
                os.ftruncate(self.handle, self.size)
            raise
        self.size += len(lines)

    def sync(self) -> None:
        os.fdatasync(self.handle)
        if self.new:
            sync_directory(self.directory)
            self.new = False

    def close(self) -> None:
        """Lets the lock go."""
        os.close(self.handle)


def _parts(lines: list[bytes], bytes_max: int) -> Iterator[bytes]:
    """The lines, many in one piece: a write for each would cost more than the disk, one for all would hold
    them in memory twice.
    """
    first = size = 0
    for at, line in enumerate(lines):
        if size and size + len(line) > bytes_max:
            yield b"".join(lines[first:at])
            first, size = at, 0
        size += len(line)
    yield b"".join(lines[first:])


def _settle(done: asyncio.Future[None], error: JournalError | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(JournalError(*error.args))


def _named(error: Exception) -> JournalError:
    if isinstance(error, OSError) and error.errno:
        return JournalError(os.strerror(error.errno))
    return JournalError(str(error) or type(error).__name__)


def seal(rest: bytes) -> bytes:
    """A whole line: checksum in front, newline behind. `rest` is the JSON object's inside, closing brace
    included.
    """
    return b'{"c":"%08x",%s\n' % (zlib.crc32(rest), rest)


def header_line(worker: str, created_ms: int) -> bytes:
    """The first line of a segment."""
    header = {"format": FORMAT, "worker": worker, "hetk": collector.__version__, "created_ms": created_ms}
    return seal(b'"h":%s}' % msgspec.json.encode(header))


def batch_line(received_us: int, site: str, events: int, meta: bytes, rejected: bytes, body: bytes) -> bytes:
    """One batch. `meta`, `rejected` (empty when none) and `body` are JSON without raw newlines."""
    rejects = b',"x":%s' % rejected if rejected else b""
    head = b'"r":%d,"k":"%s","n":%d,"m":%s%s,"b":' % (received_us, site.encode(), events, meta, rejects)
    checksum = zlib.crc32(b"}", zlib.crc32(body, zlib.crc32(head)))  # the body is copied only once
    return b"".join((b'{"c":"%08x",' % checksum, head, body, b"}\n"))
