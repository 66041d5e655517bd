"""A program of the console in; its answers out, within a time, whatever becomes of it.

A child that does not answer in time or dies is killed; the next question starts another one.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from contextlib import suppress

from collector import logs
from collector.datadir import DataDir
from warehouse.console.pipe import Message, receive, send
from warehouse.store import COPY

GOODBYE_S = 1.0


class ChildFailed(Exception):
    """The child did not answer; the text is for people."""


class Child:
    """`python -m warehouse.console.PROGRAM --data DIR`, started when first asked."""

    def __init__(self, program: str, data: DataDir) -> None:
        self._program = program
        self._data = data
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> asyncio.subprocess.Process:
        """Starts it where it does not run; ahead of its first question, too."""
        if self._process is None or self._process.returncode is not None:
            command = [
                sys.executable,
                "-m",
                f"warehouse.console.{self._program}",
                "--data",
                str(self._data.root),
            ]
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        return self._process

    async def ask(self, message: Message, timeout_s: float) -> bytes:
        """JSON of the answer; questions wait for each other. Raises ChildFailed."""
        async with self._turn:
            process = await self.start()
            try:
                return await asyncio.wait_for(_exchange(process, message), timeout_s)
            except TimeoutError:
                await self._end()
                raise ChildFailed(f"no answer within {timeout_s:g} s: ask for fewer days") from None
            except (asyncio.IncompleteReadError, ConnectionError):
                await self._end()
                logs.warn("a console process ended", program=self._program, exit_code=process.returncode)
                raise ChildFailed(
                    "the process that answers ended; it starts again with the next question"
                ) from None
            except asyncio.CancelledError:
                await self._end()  # its answer would be taken for the next one's
                raise

    async def close(self) -> None:
        """Ends it."""
        await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            for folder in self._data.run.glob(f"{COPY}{process.pid}-*"):  # its copy of the catalog
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _exchange(process: asyncio.subprocess.Process, message: Message) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise ConnectionError("no pipes")
    send(process.stdin, message)
    await process.stdin.drain()
    return await receive(process.stdout)
