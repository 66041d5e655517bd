"""What the worker counts, for Prometheus. The books of hetk come from the journal and the lake, not from
here.

The request path adds to plain numbers; once a second they go to prometheus_client's files, which the
warehouse process serves for all workers.
"""

from __future__ import annotations

import os
from collections import Counter as Tally
from pathlib import Path
from typing import Any


def use_directory(path: Path) -> None:
    """Must run before prometheus_client is imported anywhere in this process: it looks once."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(path)


class Counts:
    """Numbers since the last flush."""

    def __init__(self) -> None:
        self.requests: Tally[tuple[str, int]] = Tally()  # (door, status)
        self.received: Tally[str] = Tally()  # site
        self.accepted: Tally[str] = Tally()  # site
        self.rejected: Tally[tuple[str, str]] = Tally()  # (site, reason)
        self.refused: Tally[str] = Tally()  # error: whole requests, nothing stored
        self._exported: _Exported | None = None

    def flush(self, pending_bytes: int) -> None:
        """Hands everything to prometheus_client."""
        if self._exported is None:
            self._exported = _exported()
        exported = self._exported
        for (door, status), number in _take(self.requests):
            exported.requests.labels(door, str(status)).inc(number)
        for site, number in _take(self.received):
            exported.received.labels(site).inc(number)
        for site, number in _take(self.accepted):
            exported.accepted.labels(site).inc(number)
        for (site, reason), number in _take(self.rejected):
            exported.rejected.labels(site, reason).inc(number)
        for error, number in _take(self.refused):
            exported.refused.labels(error).inc(number)
        exported.pending_bytes.set(pending_bytes)


class _Exported:
    def __init__(self) -> None:
        from prometheus_client import Counter, Gauge  # here: see use_directory

        self.requests = Counter("hetk_requests", "Requests answered.", ["door", "status"])
        self.received = Counter(
            "hetk_events_received", "Events of batches that reached the journal.", ["site"]
        )
        self.accepted = Counter("hetk_events_accepted", "Events acknowledged.", ["site"])
        self.rejected = Counter("hetk_events_rejected", "Events journaled as rejected.", ["site", "reason"])
        self.refused = Counter("hetk_requests_refused", "Requests of which nothing was stored.", ["error"])
        self.pending_bytes = Gauge(
            "hetk_journal_pending_bytes", "Bytes written, not yet on disk.", multiprocess_mode="livesum"
        )


_one: list[_Exported] = []


def _exported() -> _Exported:
    """One per process: prometheus_client refuses the same name twice."""
    if not _one:
        _one.append(_Exported())
    return _one[0]


def _take(tally: Tally[Any]) -> list[tuple[Any, int]]:
    items = list(tally.items())
    tally.clear()
    return items
