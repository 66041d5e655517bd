"""How far a replay is: rows in; a bar on the terminal and a small file to resume from out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from warehouse.prompt import cache_dir

LINE_EVERY_S = 5.0
SAVE_EVERY_S = 0.5


Show = Callable[[int], None]


@contextmanager
def progress(total: int, done: int) -> Iterator[Show]:
    """Gives a function to call with the number of rows answered so far."""
    if not sys.stderr.isatty():
        yield _lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("replay"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("replay", total=total, completed=done, speed="")
        started = time.monotonic()

        def show(now: int) -> None:
            rate = (now - done) / max(time.monotonic() - started, 0.001)
            bar.update(task, completed=now, speed=f"{rate:,.0f}/s")

        yield show


def _lines(total: int) -> Show:
    last = time.monotonic()

    def show(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            print(f"replay: {done:,} of {total:,} rows", file=sys.stderr, flush=True)  # noqa: T201

    return show


class Resume:
    """Remembers that every row before `row` is answered; goes when all are (ids make a new run harmless)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved_at = 0.0

    @classmethod
    def default(cls, *identity: str) -> Resume:
        """One file for each (file, server, key, mapping)."""
        name = sha256("\0".join(identity).encode()).hexdigest()[:24]
        return cls(cache_dir() / "replay" / f"{name}.json")

    def load(self) -> int:
        try:
            return int(json.loads(self._path.read_text())["row"])
        except (FileNotFoundError, ValueError, KeyError):
            return 0

    def save(self, row: int, *, now: bool = False) -> None:
        if not now and time.monotonic() - self._saved_at < SAVE_EVERY_S:
            return
        self._saved_at = time.monotonic()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = self._path.with_suffix(".tmp")
        scratch.write_text(json.dumps({"row": row}))
        scratch.replace(self._path)

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)
