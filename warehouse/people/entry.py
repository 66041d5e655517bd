"""A cookie's or a token's secret in, who it lets in out: sessions that end by themselves, tokens for programs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Literal

from warehouse.errors import PeopleError
from warehouse.people import log
from warehouse.people.log import By
from warehouse.people.roles import Role, lesser
from warehouse.people.store import People, digest

DAY_MS = 24 * 3_600_000
IDLE_MS = 7 * DAY_MS  # a session ends when it is not used for so long
WHOLE_MS = 30 * DAY_MS  # and after so long at the latest
SEEN_EVERY_MS = 300_000
SESSIONS_MAX = 50  # of one person; the oldest goes
TOKENS_MAX = 50
TOKEN_NAME_CHARS_MAX = 64
TOKEN_DAYS_MAX = 3_650
PREFIX = "ht_"


@dataclass(frozen=True)
class Who:
    """Somebody who may be here. `key` is what is stored of the secret; `demo`: nobody, on a demo's page."""

    id: int
    name: str
    role: Role
    by: Literal["session", "token", "demo"]
    key: bytes = b""
    seen_ms: int = 0


def begin(people: People, user: int, password: str, by: By) -> str:
    """A session of who has this password (a hash) still; returns its secret. Raises PeopleError."""
    secret, now = secrets.token_urlsafe(32), people.now_ms()
    with people.change() as con:
        if not con.execute("SELECT 1 FROM users WHERE id = ? AND password = ?", (user, password)).fetchone():
            raise PeopleError("your password was changed just now: sign in again")
        con.execute(
            "DELETE FROM sessions WHERE seen_ms < ? OR created_ms < ?", (now - IDLE_MS, now - WHOLE_MS)
        )
        con.execute(
            "DELETE FROM sessions WHERE user = ? AND hash NOT IN "
            "(SELECT hash FROM sessions WHERE user = ? ORDER BY created_ms DESC LIMIT ?)",
            (user, user, SESSIONS_MAX - 1),
        )
        con.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (digest(secret), user, now, now))
        con.execute("UPDATE users SET seen_ms = ? WHERE id = ?", (now, user))
        log.note(con, now, by, "signed_in")
    return secret


def by_session(people: People, key: bytes) -> Who | None:
    """Whose session it is, while it lasts."""
    now = people.now_ms()
    with people.look() as con:
        row = con.execute(
            """SELECT u.id, u.name, u.role, s.seen_ms FROM sessions AS s JOIN users AS u ON u.id = s.user
            WHERE s.hash = ? AND s.seen_ms >= ? AND s.created_ms >= ?""",
            (key, now - IDLE_MS, now - WHOLE_MS),
        ).fetchone()
    return Who(row["id"], row["name"], row["role"], "session", key, row["seen_ms"]) if row else None


def by_token(people: People, key: bytes) -> Who | None:
    """Who made it, with the lesser role of the two."""
    with people.look() as con:
        row = con.execute(
            """SELECT u.id, u.name, u.role AS own, t.role, coalesce(t.seen_ms, 0) AS seen_ms
            FROM tokens AS t JOIN users AS u ON u.id = t.user
            WHERE t.hash = ? AND coalesce(t.expires_ms > ?, true)""",
            (key, people.now_ms()),
        ).fetchone()
    return (
        Who(row["id"], row["name"], lesser(row["role"], row["own"]), "token", key, row["seen_ms"])
        if row
        else None
    )


def again(people: People, who: Who) -> bool:
    """Whether somebody who was let in still may be here, with the same role."""
    if who.by == "demo":
        return True
    now = (by_session if who.by == "session" else by_token)(people, who.key)
    return now is not None and now.role == who.role


def is_stale(people: People, who: Who) -> bool:
    """Whether `seen` is due: not with each request."""
    return who.by != "demo" and people.now_ms() - who.seen_ms > SEEN_EVERY_MS


def seen(people: People, who: Who) -> None:
    """Keeps a session alive."""
    table = "sessions" if who.by == "session" else "tokens"
    with people.change() as con:
        con.execute(f"UPDATE {table} SET seen_ms = ? WHERE hash = ?", (people.now_ms(), who.key))
        con.execute("UPDATE users SET seen_ms = ? WHERE id = ?", (people.now_ms(), who.id))


def end(people: People, who: Who, by: By) -> None:
    """This session."""
    with people.change() as con:
        con.execute("DELETE FROM sessions WHERE hash = ?", (who.key,))
        log.note(con, people.now_ms(), by, "signed_out")


def end_others(people: People, who: Who, by: By) -> None:
    """Every session of this person but this one."""
    with people.change() as con:
        con.execute("DELETE FROM sessions WHERE user = ? AND hash <> ?", (who.id, who.key))
        log.note(con, people.now_ms(), by, "sessions_ended")


def make_token(people: People, who: Who, name: str, role: Role, days: int, by: By) -> str:
    """A token for a program; `days` 0 = until it is revoked. Returns its secret. Raises PeopleError."""
    name, now = " ".join(name.split()), people.now_ms()
    if not 0 < len(name) <= TOKEN_NAME_CHARS_MAX or not name.isprintable():
        raise PeopleError(f"say in 1 to {TOKEN_NAME_CHARS_MAX} characters what the token is for")
    if role == "admin" or lesser(role, who.role) != role:
        raise PeopleError(f"a token of yours may be {' or '.join(offered(who.role))}")
    if not 0 <= days <= TOKEN_DAYS_MAX:
        raise PeopleError(f"a token lasts up to {TOKEN_DAYS_MAX:,} days; 0 is until it is revoked")
    secret = PREFIX + secrets.token_urlsafe(32)
    with people.change() as con:
        if con.execute("SELECT count(*) FROM tokens WHERE user = ?", (who.id,)).fetchone()[0] >= TOKENS_MAX:
            raise PeopleError(f"you have {TOKENS_MAX} tokens: revoke one first")
        con.execute(
            "INSERT INTO tokens (hash, user, name, role, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)",
            (digest(secret), who.id, name, role, now, now + days * DAY_MS if days else None),
        )
        log.note(con, now, by, "token_made", f"{name} ({role})")
    return secret


def offered(role: Role) -> tuple[Role, ...]:
    """Roles a token of such a person may have: never to let others in."""
    return ("viewer",) if role == "viewer" else ("viewer", "analyst")


def revoke_token(people: People, who: Who, id: int, by: By) -> None:
    """Raises PeopleError when it is not theirs."""
    with people.change() as con:
        row = con.execute("SELECT name FROM tokens WHERE id = ? AND user = ?", (id, who.id)).fetchone()
        if row is None:
            raise PeopleError("there is no such token any more")
        con.execute("DELETE FROM tokens WHERE id = ?", (id,))
        log.note(con, people.now_ms(), by, "token_revoked", row["name"])


def own(people: People, who: Who) -> dict[str, Any]:
    """{sessions: how many, tokens: [{id, name, role, created_ms, seen_ms, expires_ms}]}"""
    now = people.now_ms()
    with people.look() as con:
        count = con.execute(
            "SELECT count(*) FROM sessions WHERE user = ? AND seen_ms >= ? AND created_ms >= ?",
            (who.id, now - IDLE_MS, now - WHOLE_MS),
        ).fetchone()[0]
        tokens = con.execute(
            "SELECT id, name, role, created_ms, seen_ms, expires_ms FROM tokens WHERE user = ? ORDER BY id DESC",
            (who.id,),
        ).fetchall()
    return {"sessions": count, "tokens": [dict(row) for row in tokens]}
