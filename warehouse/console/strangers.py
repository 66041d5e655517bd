"""People's SQL in, each query answered by a process of its own (sandbox.py) within a time, out.

The next process is started ahead, so that a query waits for no start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import orjson

from collector.datadir import DataDir
from warehouse.console.child import Child
from warehouse.console.pipe import Message

ANSWER_S = 10.0
AT_ONCE = 2
SPARE_S = 120.0  # a process that nobody asks goes


class Strangers:
    """Of one data directory."""

    def __init__(self, data: DataDir) -> None:
        self._data = data
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._spare: Child | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    async def ask(self, message: Message, timeout_s: float = ANSWER_S) -> tuple[Message, bytes]:
        """The answer (see sandbox.py), and the file that it names. Raises ChildFailed."""
        async with self._turns:
            child, self._spare = self._spare or Child("sandbox", self._data), None
            try:
                answer: Message = orjson.loads(await child.ask(message, timeout_s))
                return answer, await asyncio.to_thread(
                    Path(answer["file"]).read_bytes
                ) if "file" in answer else b""
            finally:
                await child.close()
                self.prepare()

    def prepare(self) -> None:
        """Starts the next process, for a while."""
        if self._spare is None:
            self._spare = Child("sandbox", self._data)
            self._later(self._spare.start())
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(SPARE_S, lambda: self._later(self.close()))

    async def close(self) -> None:
        """Ends the spare process."""
        spare, self._spare = self._spare, None
        if self._timer is not None:
            self._timer.cancel()
        if spare is not None:
            await spare.close()

    def _later(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
