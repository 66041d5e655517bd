"""The journal alone, on a real disk: order of commit, errors of the disk, rolling, damage."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from collector.config import JournalSettings
from collector.errors import JournalError, JournalFull
from collector.journal import Journal, batch_line, header_line, seal
from collector.journal_read import (
    NewerJournal,
    is_closed,
    read_header,
    read_lines,
    segments,
    torn_tail,
    verify,
)

LINE = batch_line(1, "shop", 1, b'{"p":"events"}', b"", b'{"v":1}')


def run(directory: Path, work: Callable[[Journal], Coroutine[Any, Any, None]], **settings: Any) -> None:
    async def main() -> None:
        journal = Journal(directory, "w0", JournalSettings(**settings))
        journal.open()
        try:
            await work(journal)
        finally:
            await journal.close()

    asyncio.run(main())


def bodies(directory: Path) -> int:
    """Whole good lines that are no headers."""
    lines = [line for path in segments(directory) for line in read_lines(path)]
    assert all(line.ok for line in lines)
    return sum(b'"h":{' not in line.data[:22] for line in lines)


def test_a_line_is_acknowledged_only_after_its_fdatasync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: dict[int, int] = {}
    real = os.fdatasync

    def fdatasync(handle: int) -> None:
        size = os.fstat(handle).st_size  # what is in the file before the disk is asked
        real(handle)
        synced[os.fstat(handle).st_ino] = size

    monkeypatch.setattr(os, "fdatasync", fdatasync)

    async def work(journal: Journal) -> None:
        async def one(number: int) -> None:
            await asyncio.sleep(random.random() / 50)
            line = batch_line(number, "shop", 1, b"{}", b"", b'{"n":%d}' % number)
            await journal.append(line)
            for path in segments(tmp_path):
                at = path.read_bytes().find(line)
                if at >= 0:
                    assert synced.get(path.stat().st_ino, 0) >= at + len(line)
                    return
            raise AssertionError("acknowledged and not there")

        await asyncio.gather(*(one(number) for number in range(500)))

    run(tmp_path, work, segment_bytes_max=4096)
    assert bodies(tmp_path) == 500
    assert len(segments(tmp_path)) > 5


def test_lines_that_arrive_during_a_sync_share_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    real = os.fdatasync

    def fdatasync(handle: int) -> None:
        calls.append(handle)
        real(handle)

    monkeypatch.setattr(os, "fdatasync", fdatasync)

    async def work(journal: Journal) -> None:
        await asyncio.gather(*(journal.append(LINE) for _ in range(1000)))

    run(tmp_path, work)
    assert len(calls) < 20


@pytest.mark.parametrize("nth", range(1, 13))
@pytest.mark.parametrize("call", ["write", "fdatasync", "fsync"])
def test_an_error_of_the_disk_is_never_acknowledged_and_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, nth: int
) -> None:
    count = 0
    real = getattr(os, call)

    def failing(handle: int, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        if count == nth + 1:  # the first write is the header of the first segment
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(handle, *arguments)

    monkeypatch.setattr(os, call, failing)
    monkeypatch.setattr("collector.journal.REOPEN_SECONDS", 0.001)
    acknowledged, failed = [], []

    async def work(journal: Journal) -> None:
        for number in range(60):
            line = batch_line(number, "shop", 1, b"{}", b"", b'{"n":%d}' % number)
            try:
                await journal.append(line)
                acknowledged.append(line)
            except JournalError:
                failed.append(line)
                await asyncio.sleep(0.003)

    run(tmp_path, work, segment_bytes_max=4096)
    content = b"".join(path.read_bytes() for path in segments(tmp_path))
    assert all(line in content for line in acknowledged)
    if count > nth:
        assert len(failed) >= 1
        assert len(acknowledged) >= 55


def test_a_partial_write_leaves_no_half_line_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    full = False

    def write(handle: int, data: Any) -> int:
        nonlocal full
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if len(data) == len(LINE):
            full = True
            return real(handle, data[:10])
        return real(handle, data)

    async def work(journal: Journal) -> None:
        nonlocal full
        monkeypatch.setattr(os, "write", write)
        with pytest.raises(JournalError, match="No space"):
            await journal.append(LINE)
        with pytest.raises(JournalError, match="No space"):
            await journal.append(LINE)
        monkeypatch.setattr(os, "write", real)
        await asyncio.sleep(0.6)
        await journal.append(LINE)

    run(tmp_path, work)
    assert bodies(tmp_path) == 1
    assert all(torn_tail(path) == 0 for path in segments(tmp_path))


def test_a_sync_that_fails_fails_the_lines_gathered_meanwhile_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second fdatasync may say yes to pages that the first one lost."""
    go = threading.Event()
    real = os.fdatasync

    def fdatasync(handle: int) -> None:
        go.wait(5)
        monkeypatch.setattr(os, "fdatasync", real)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    async def work(journal: Journal) -> None:
        monkeypatch.setattr(os, "fdatasync", fdatasync)
        first = asyncio.ensure_future(journal.append(LINE))
        await asyncio.sleep(0.05)
        second = asyncio.ensure_future(journal.append(LINE))
        await asyncio.sleep(0.05)
        go.set()
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(result) for result in results] == [JournalError, JournalError]
        assert journal.pending_bytes == 0

    run(tmp_path, work)


def test_bytes_that_wait_for_the_disk_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    real = os.fdatasync

    def fdatasync(handle: int) -> None:
        go.wait(5)
        real(handle)

    monkeypatch.setattr(os, "fdatasync", fdatasync)

    async def work(journal: Journal) -> None:
        taken = 0
        answers: list[JournalError | None] = []
        with pytest.raises(JournalFull):
            while taken < 1000:
                journal.write(LINE, answers.append)
                taken += 1
        assert journal.pending_bytes <= 2000
        assert taken == 2000 // len(LINE)
        go.set()
        await journal.append(b"")
        assert answers == [None] * taken
        assert journal.pending_bytes == 0
        await journal.append(LINE)

    run(tmp_path, work, pending_bytes_max=2000)


def test_a_segment_is_locked_until_it_is_closed_and_never_seen_without_its_lock(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        for _ in range(200):
            await journal.append(LINE)
            *old, newest = segments(tmp_path)
            assert not is_closed(newest)
            assert all(is_closed(path) for path in old[:-1])

    run(tmp_path, work, segment_bytes_max=4096)
    assert all(is_closed(path) for path in segments(tmp_path))
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".hj"] == []
    assert {path.stat().st_mode & 0o777 for path in segments(tmp_path)} == {0o600}


def test_a_journal_cut_at_every_byte_of_its_tail_loses_at_most_the_cut_line(tmp_path: Path) -> None:
    path = tmp_path / "w0-1-a.hj"
    lines = [header_line("w0", 1), *(batch_line(n, "shop", 1, b"{}", b"", b'{"n":%d}' % n) for n in range(5))]
    whole = b"".join(lines)
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        found = list(read_lines(path))
        expected = [line for n, line in enumerate(lines) if sum(map(len, lines[: n + 1])) <= size]
        assert [line.data + b"\n" for line in found] == expected
        assert all(line.ok for line in found)
        assert torn_tail(path) == size - sum(map(len, expected))


def test_500_bit_flips_cost_at_most_the_lines_they_hit(tmp_path: Path) -> None:
    path = tmp_path / "w0-1-a.hj"
    lines = [
        header_line("w0", 1),
        *(batch_line(n, "shop", 1, b"{}", b"", b'{"n":%d}' % n) for n in range(20)),
    ]
    whole = b"".join(lines)
    chance = random.Random(7)
    for _ in range(500):
        damaged = bytearray(whole)
        bit = chance.randrange(len(whole) * 8)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            good = [line.data + b"\n" for line in read_lines(path) if line.ok]
        except NewerJournal:
            raise AssertionError("a flipped bit is damage, not a newer format") from None
        assert len([line for line in lines if line not in good]) <= 2  # a lost newline joins two
        assert all(line in lines for line in good)


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "w0-1-a.hj"
    path.write_bytes(header_line("w0", 1) + LINE * 3)
    first = [line for line, _ in zip(read_lines(path), range(2), strict=False)]
    rest = list(read_lines(path, first[-1].end))
    assert [line.data for line in rest] == [LINE[:-1]] * 2
    assert rest[0].offset == first[-1].end


def test_a_newer_format_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "w0-1-a.hj"
    path.write_bytes(seal(b'"h":{"format":2,"worker":"w0"}}') + LINE)
    with pytest.raises(NewerJournal, match=r"format 2.*update hetk"):
        list(read_lines(path))
    path.write_bytes(header_line("w7", 5))
    header = read_header(path)
    assert header is not None
    assert (header.format, header.worker, header.created_ms) == (1, "w7", 5)


def test_verify_refuses_what_is_not_a_line() -> None:
    assert verify(LINE[:-1])
    for data in (b"", b"{}", LINE[1:-1], LINE[:-2], LINE.upper()[:-1], b'{"c":"zzzzzzzz",}'):
        assert not verify(data)
