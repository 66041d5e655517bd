"""Who did what, when and from where: lines in, the newest ones out. Nothing in it names a visitor."""

from __future__ import annotations

import ipaddress
import sqlite3
from dataclasses import dataclass
from typing import Any, Literal

from warehouse.people.store import People

SHELL = "shell"  # the source of what `hetk user` does
KEEP_MS = 400 * 24 * 3_600_000
LINES_MAX = 200_000
CUT_EVERY = 1_000
What = Literal[
    "user_added", "user_removed", "role_changed", "link_made", "link_used",
    "signed_in", "sign_in_refused", "signed_out", "sessions_ended", "password_changed",
    "token_made", "token_revoked", "queried", "person_exported", "person_forgotten",
    "campaigns_published", "campaign_stopped", "campaign_resumed", "campaigns_killed", "campaigns_resumed",
]  # fmt: skip


@dataclass(frozen=True)
class By:
    """Who does something: a person's name ('' = nobody known), and from where (an address, reduced)."""

    name: str
    source: str


def note(con: sqlite3.Connection, at_ms: int, by: By, what: What, target: str = "") -> None:
    """In the transaction of what is done, so that one is not without the other."""
    row = con.execute(
        "INSERT INTO log (at_ms, who, what, target, source) VALUES (?, ?, ?, ?, ?)",
        (at_ms, by.name, what, target, by.source),
    )
    line = row.lastrowid or 0
    if line % CUT_EVERY == 0:
        con.execute("DELETE FROM log WHERE at_ms < ? OR id <= ?", (at_ms - KEEP_MS, line - LINES_MAX))


def newest(people: People, before: int | None, count: int) -> list[dict[str, Any]]:
    """Lines with an id below `before`, the newest first."""
    with people.look() as con:
        found = con.execute(
            "SELECT * FROM log WHERE id < ? ORDER BY id DESC LIMIT ?", (before or 2**62, count)
        ).fetchall()
    return [dict(row) for row in found]


def reduced(address: str) -> str:
    """The network of an address: enough to see that something is odd, too little to find somebody."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 6 and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if known.is_loopback:
        return str(known)
    return str(ipaddress.ip_network(f"{known}/{24 if known.version == 4 else 48}", strict=False))
