"""Batches in, answered batches out: several in flight, gzip, retried until the server says yes or no."""

from __future__ import annotations

import asyncio
import gzip
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import click
from click import ClickException

from collector.steps.enrich import VISITOR_AGENT
from warehouse.replay.batches import Batch

IN_FLIGHT_MAX = 4
TIMEOUT_S = 30
BACKOFF_FIRST_S = 0.1
BACKOFF_MAX_S = 5.0
PATIENCE_S = 300  # without one answer in all this time the replay stops; running it again resumes
REFUSED_S = 3  # a port that nobody has listened on yet is a typo, or a server that is not started
GZIP_LEVEL = 1
RETRY_STATUS = frozenset((408, 429, 500, 502, 503, 504))


@dataclass
class Tally:
    """What the server said so far, in events."""

    sent: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    retries: int = 0

    def reject(self, reason: str, count: int = 1) -> None:
        self.rejected[reason] += count


class Sender:
    """One run against one server. `on_done(batch)` is called for each batch that is answered for good."""

    def __init__(self, url: str, key: str, tally: Tally) -> None:
        self._url = url.rstrip("/") + "/v1/events"
        self._key = key
        self._tally = tally
        self._began = self._last_answer = time.monotonic()
        self._met = False  # somebody has listened there

    async def run(
        self, batches: Iterable[Batch], on_sent: Callable[[Batch], None], on_done: Callable[[Batch], None]
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        tasks: set[asyncio.Task[None]] = set()
        async with aiohttp.ClientSession(timeout=timeout) as http:
            try:
                for batch in batches:
                    on_sent(batch)
                    tasks.add(asyncio.create_task(self._deliver(http, batch, on_done)))
                    if len(tasks) >= IN_FLIGHT_MAX:
                        tasks = await _settle(tasks, asyncio.FIRST_COMPLETED)
                await _settle(tasks, asyncio.ALL_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(
        self, http: aiohttp.ClientSession, batch: Batch, on_done: Callable[[Batch], None]
    ) -> None:
        await self._send(http, batch)
        on_done(batch)

    async def _send(self, http: aiohttp.ClientSession, batch: Batch) -> None:
        """Returns when the server has said yes or no to every event of the batch."""
        body = await asyncio.to_thread(gzip.compress, batch.body(self._key), GZIP_LEVEL)
        pause = BACKOFF_FIRST_S
        while True:
            status, answer, wait = await self._post(http, body, batch.user_agent)
            if status is not None and status not in RETRY_STATUS:
                self._last_answer = time.monotonic()
                return await self._settle_answer(http, batch, status, answer)
            self._check_patience(status, answer)
            if not self._tally.retries:
                patience = PATIENCE_S if self._met else REFUSED_S
                click.echo(f"{_silence(self._url, status, answer)}; trying again for {patience} s", err=True)
            self._tally.retries += 1
            await asyncio.sleep(max(wait, pause * random.uniform(0.5, 1.0)))  # noqa: S311 - jitter
            pause = min(pause * 2, BACKOFF_MAX_S)

    async def _post(
        self, http: aiohttp.ClientSession, body: bytes, user_agent: str | None
    ) -> tuple[int | None, Any, float]:
        """(status or None when there was no answer, answer, seconds the server asked us to wait)"""
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        if user_agent is not None:
            headers[VISITOR_AGENT] = user_agent.encode("latin-1", "replace").decode("latin-1")
        try:
            async with http.post(self._url, data=body, headers=headers) as response:
                self._met = True
                answer = await _json(response)
                return response.status, answer, _retry_after(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._met = self._met or not isinstance(error, aiohttp.ClientConnectorError)
            return None, {"detail": str(error) or type(error).__name__}, 0.0

    def _check_patience(self, status: int | None, answer: Any) -> None:
        if not self._met and time.monotonic() - self._began > REFUSED_S:
            raise ClickException(
                f"nobody listens there: {_silence(self._url, status, answer)}. Start the server (hetk serve), or"
                " give --to the public address that its `ready` line prints."
            )
        if time.monotonic() - self._last_answer > PATIENCE_S:
            raise ClickException(
                f"{_silence(self._url, status, answer)}, for {PATIENCE_S} s."
                " See that the server runs, then run the same command again: it resumes."
            )

    async def _settle_answer(
        self, http: aiohttp.ClientSession, batch: Batch, status: int, answer: Any
    ) -> None:
        count = len(batch.events)
        if status == 413 and count > 1:
            for half in batch.halves():
                await self._send(http, half)
            return
        rejected = answer.get("rejected", []) if isinstance(answer, dict) else []
        if status == 200:
            self._tally.accepted += int(answer["accepted"])
        elif status in (400, 413):
            if not rejected:
                self._tally.reject(str(answer.get("error", status)), count)
        else:
            raise ClickException(_refusal(status, answer, self._url))
        self._tally.sent += count
        for entry in rejected:
            self._tally.reject(str(entry.get("reason")))


async def _settle(tasks: set[asyncio.Task[None]], when: str) -> set[asyncio.Task[None]]:
    if not tasks:
        return tasks
    done, rest = await asyncio.wait(tasks, return_when=when)
    for task in done:
        task.result()
    return rest


async def _json(response: aiohttp.ClientResponse) -> Any:
    try:
        return await response.json(content_type=None)
    except ValueError:
        return {"detail": (await response.text())[:200]}


def _silence(url: str, status: int | None, answer: Any) -> str:
    if status is None:
        return f"no answer from {url}: {_detail(answer)}"
    return f"{url} answered {status} {_detail(answer)}".rstrip()


def _detail(answer: Any) -> str:
    if not isinstance(answer, dict):
        return ""
    return " ".join(str(answer[name]) for name in ("error", "detail") if answer.get(name))


def _retry_after(response: aiohttp.ClientResponse) -> float:
    value = response.headers.get("Retry-After", "")
    return min(float(value), BACKOFF_MAX_S) if value.isdigit() else 0.0


def _refusal(status: int, answer: Any, url: str) -> str:
    said = _silence(url, status, answer)
    if status == 401:
        return f"{said}. The key is unknown there: print it with `hetk site key NAME --server`."
    if status == 403:
        return f"{said}. Replay needs the server key: `hetk site key NAME --server`."
    if status in (404, 405):
        return f"{said}. Is --to the address of a hetk collector (its public port)?"
    return f"{said}."
