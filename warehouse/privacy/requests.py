"""A wish to erase somebody in, the answer of the one process that may write the lake out.

A request is a file in `<data>/requests` (0700); the warehouse answers with a file beside it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import duckdb
import msgspec

from collector import logs
from collector.datadir import DataDir
from collector.files import replace_file
from warehouse.errors import WarehouseError
from warehouse.load.loader import Loader
from warehouse.privacy.forget import Request, forgetting
from warehouse.privacy.person import Person

POLL_SECONDS = 0.1
UNREAD_SECONDS = 3600.0
TURN_SECONDS = 0.6  # of pieces in a row: each load between them costs a commit
DONE = object()


class Answer(msgspec.Struct):
    """What was erased, or why it was not."""

    events: int = 0
    lines: int = 0
    person: Person | None = None
    error: str | None = None


def send(data: DataDir, request: Request) -> Path:
    """On disk when this returns: the warehouse does it, whoever waits. Returns where the answer will be."""
    folder = _folder(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.request"
    replace_file(path, msgspec.json.encode(request))
    return path.with_suffix(".answer")


def ask(data: DataDir, request: Request, seconds_max: float) -> Answer | None:
    """Waits for the running warehouse; None when it has not answered in time (the request stays)."""
    answered = send(data, request)
    until = time.monotonic() + seconds_max
    while time.monotonic() < until:
        if (answer := take(answered)) is not None:
            return answer
        time.sleep(POLL_SECONDS)
    return None


def take(answered: Path) -> Answer | None:
    """The answer, once; it names the person. None while there is none."""
    try:
        answer = msgspec.json.decode(answered.read_bytes(), type=Answer)
    except FileNotFoundError:
        return None
    answered.unlink()
    return answer


class Requests:
    """What was asked for, done in pieces by the one writer; a request stays until it is answered."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        data: DataDir,
        loader: Loader,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self._con, self._data, self._loader, self._turn_seconds = con, data, loader, turn_seconds
        self._at_work: Iterator[None] | None = None

    def answer(self) -> bool:
        """Does the next pieces, oldest request first; false when nothing was asked for."""
        if self._at_work is None:
            waiting = sorted(_folder(self._data).glob("*.request"), key=lambda path: path.stat().st_mtime_ns)
            if not waiting:
                _drop_unread(_folder(self._data))
                return False
            self._at_work = self._answering(waiting[0])
        until = time.monotonic() + self._turn_seconds
        while next(self._at_work, DONE) is not DONE:
            if time.monotonic() >= until:
                return True
        self._at_work = None
        return True

    def _answering(self, path: Path) -> Generator[None, None, None]:
        try:
            request = msgspec.json.decode(path.read_bytes(), type=Request)
            done = yield from forgetting(self._con, self._data, self._loader, request)
            answer = Answer(done.events, done.lines, done.person)
        except duckdb.InterruptException:  # the process ends: the next one goes on
            raise
        except (msgspec.DecodeError, WarehouseError, duckdb.Error, OSError) as error:
            answer = Answer(error=str(error))
            logs.warn("erasing failed", error=type(error).__name__)
        replace_file(path.with_suffix(".answer"), msgspec.json.encode(answer))
        path.unlink()


def _drop_unread(folder: Path) -> None:
    """An answer names the person; whoever asked may have been stopped before reading it."""
    for path in folder.glob("*.answer"):
        if time.time() - path.stat().st_mtime > UNREAD_SECONDS:
            path.unlink(missing_ok=True)


def _folder(data: DataDir) -> Path:
    return data.root / "requests"
