"""A name and facts in, one JSON line on stderr out. No addresses, user agents, ids or bodies ever."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec

LINES_PER_SECOND_MAX = 20

log = logging.getLogger("hetk")


class JsonLines(logging.Formatter):
    """{"at": ..., "level": ..., "msg": ..., **facts}; facts come as `extra={"facts": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "msg": record.getMessage()}
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = _where(record.exc_info)
        return msgspec.json.encode(line).decode()


def _where(failed: tuple[Any, ...]) -> str:
    """Kind and place of an unforeseen error, without its message: that may quote what somebody sent."""
    kind, _, trace = failed
    return "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")


def set_up() -> None:
    """All logging of this process goes to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # aiohttp logs malformed requests with their text; the client is answered, and the text is personal data.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)


def info(message: str, **facts: Any) -> None:
    """Something worth knowing happened."""
    log.info(message, extra={"facts": facts})


def warn(message: str, **facts: Any) -> None:
    """Something is wrong that somebody should look at."""
    log.warning(message, extra={"facts": facts})


class Bounded:
    """At most so many lines a second; the next second's first line tells how many were left out."""

    def __init__(self) -> None:
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def info(self, message: str, **facts: Any) -> None:
        """One line, or none when this second has had its share."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._lines = second, 0
        self._lines += 1
        if self._lines > LINES_PER_SECOND_MAX:
            self._left_out += 1
            return
        if self._left_out:
            facts["left_out"], self._left_out = self._left_out, 0
        info(message, **facts)
