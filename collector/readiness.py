"""The warehouse's heartbeat file in, the reason why it is not ready out."""

from __future__ import annotations

from pathlib import Path

import msgspec

HEARTBEAT_MS_MAX = 5000


class Heartbeat(msgspec.Struct):
    """What /readyz needs of `run/warehouse.json`."""

    at_ms: int
    loader: str = ""


def why_not_ready(path: Path, now_ms: int) -> str | None:
    """None when the loader runs."""
    try:
        heartbeat = msgspec.json.decode(path.read_bytes(), type=Heartbeat)
    except (OSError, msgspec.DecodeError):
        return "the warehouse has not started: run `hetk serve` or `hetk warehouse`"
    if now_ms - heartbeat.at_ms > HEARTBEAT_MS_MAX:
        return f"the warehouse was last alive {(now_ms - heartbeat.at_ms) / 1000:.0f} s ago: see its log"
    if heartbeat.loader != "running":
        return (
            f"the loader is {heartbeat.loader or 'not there'}: `hetk doctor` says what is ill and the way out"
        )
    return None
