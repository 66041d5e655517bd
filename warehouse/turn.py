"""A data directory in; the turn to write its lake out: one writer at a time, a command beside the server too.

The loader takes a turn for each load or job and waits while a command has one; its journal waits on disk. The
lock is a flock: it ends with the process that holds it.
"""

from __future__ import annotations

import fcntl
import os
from typing import Self

from collector.datadir import DataDir


class Turn:
    """Use as a context manager; leaving it gives the turn to whoever waits."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def take(cls, data: DataDir) -> Self:
        """Waits until the writer before is done."""
        handle = _open(data)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except BaseException:
            os.close(handle)
            raise
        return cls(handle)

    @classmethod
    def take_now(cls, data: DataDir) -> Self | None:
        """None while another has it."""
        handle = _open(data)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return cls(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)


def _open(data: DataDir) -> int:
    data.run.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(data.run / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
