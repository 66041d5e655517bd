"""Names and roles in; people who may see the console out, and the one-time links by which they choose passwords.

There is never a default password: who is new, or has forgotten, gets a link.
"""

from __future__ import annotations

import secrets
import sqlite3
import unicodedata
from dataclasses import dataclass
from typing import Any

from warehouse.errors import LinkGone, PeopleError
from warehouse.people import log
from warehouse.people.log import By
from warehouse.people.roles import ROLES, Role
from warehouse.people.store import People, digest

NAME_CHARS_MAX = 64
USERS_MAX = 1_000
LINK_MS = 48 * 3_600_000
JOINERS = "\u200c\u200d"  # some scripts write names with them; they are not seen
# Somebody who can let others in: a data directory without one is new.
READY = "SELECT count(*) FROM users WHERE role = 'admin' AND password IS NOT NULL"
GONE = (
    "this link was used already, replaced by a newer one, or is older than 48 hours; make one: hetk user link"
)


@dataclass(frozen=True)
class Link:
    """What a link does: gives this person a password; `name` None: makes the first admin."""

    name: str | None
    role: Role


def clean(name: str) -> str:
    """A name as it is kept. Raises PeopleError where it cannot be one."""
    kept = " ".join(unicodedata.normalize("NFKC", name).split())
    shown = kept.translate(dict.fromkeys(map(ord, JOINERS)))
    if not 0 < len(shown) <= len(kept) <= NAME_CHARS_MAX or not shown.isprintable():
        raise PeopleError(f"a name has 1 to {NAME_CHARS_MAX} characters that can be seen")
    return kept


def folded(name: str) -> str:
    """What must differ between two people."""
    shown = unicodedata.normalize("NFKC", name).translate(dict.fromkeys(map(ord, JOINERS)))
    return " ".join(shown.split()).casefold()


def is_new(people: People) -> bool:
    """Whether nobody can let others in yet."""
    with people.look() as con:
        return not con.execute(READY).fetchone()[0]


def first_link(people: People, by: By) -> str | None:
    """The secret of a link that makes the first admin; the one before is void. None when there is an admin."""
    with people.change() as con:
        if con.execute(READY).fetchone()[0]:
            return None
        con.execute("DELETE FROM links WHERE user IS NULL")
        log.note(con, people.now_ms(), by, "link_made")
        return _new_link(con, None, people.now_ms())


def add(people: People, name: str, role: Role, by: By) -> str:
    """A person; returns the secret of the link. Raises PeopleError when the name is taken or cannot be one."""
    kept, now = clean(name), people.now_ms()
    with people.change() as con:
        if con.execute("SELECT count(*) FROM users").fetchone()[0] >= USERS_MAX:
            raise PeopleError(f"there are {USERS_MAX} people already: remove one first")
        if con.execute("SELECT 1 FROM users WHERE folded = ?", (folded(kept),)).fetchone():
            raise PeopleError(f"{kept!r} is there already: choose another name")
        row = con.execute(
            "INSERT INTO users (name, folded, role, created_ms) VALUES (?, ?, ?, ?)",
            (kept, folded(kept), role, now),
        )
        log.note(con, now, by, "user_added", f"{kept} ({role})")
        return _new_link(con, row.lastrowid, now)


def link(people: People, name: str, by: By) -> str:
    """A new link for somebody who is there; the one before is void, the password holds until it is used."""
    with people.change() as con:
        user = _find(con, name)
        con.execute("DELETE FROM links WHERE user = ?", (user["id"],))
        log.note(con, people.now_ms(), by, "link_made", user["name"])
        return _new_link(con, user["id"], people.now_ms())


def read_link(people: People, secret: str) -> Link:
    """What it does, without using it. Raises LinkGone."""
    with people.look() as con:
        return _link(con, secret, people.now_ms())[1]


def use_link(people: People, secret: str, name: str, password: str, source: str) -> int:
    """Gives the person this password (a hash) and ends their sessions; makes the first admin under `name`
    where the link does. Returns the person's id. Raises LinkGone: of two at once one does it.
    """
    now = people.now_ms()
    with people.change() as con:
        user, told = _link(con, secret, now)
        con.execute("DELETE FROM links WHERE hash = ?", (digest(secret),))
        if user is None:
            kept = clean(name)
            con.execute("DELETE FROM users WHERE folded = ? AND password IS NULL", (folded(kept),))
            if con.execute("SELECT 1 FROM users WHERE folded = ?", (folded(kept),)).fetchone():
                raise PeopleError(f"{kept!r} is there already: choose another name")
            row = con.execute(
                "INSERT INTO users (name, folded, role, created_ms) VALUES (?, ?, 'admin', ?)",
                (kept, folded(kept), now),
            )
            user, told = row.lastrowid, Link(kept, "admin")
        con.execute("UPDATE users SET password = ? WHERE id = ?", (password, user))
        con.execute("DELETE FROM sessions WHERE user = ?", (user,))
        log.note(con, now, By(told.name or "", source), "link_used")
    return int(user or 0)


def set_password(people: People, user: int, password: str, keep: bytes, by: By) -> None:
    """Another password (a hash); their sessions end but for the one that is kept."""
    with people.change() as con:
        con.execute("UPDATE users SET password = ? WHERE id = ?", (password, user))
        con.execute("DELETE FROM sessions WHERE user = ? AND hash <> ?", (user, keep))
        con.execute("DELETE FROM links WHERE user = ?", (user,))
        log.note(con, people.now_ms(), by, "password_changed")


def renew_hash(people: People, user: int, old: str, new: str) -> None:
    """The same password, hashed with today's settings."""
    with people.change() as con:
        con.execute("UPDATE users SET password = ? WHERE id = ? AND password = ?", (new, user, old))


def password_of(people: People, name: str) -> tuple[int, str, str | None] | None:
    """(id, name, hash) of who is called so."""
    with people.look() as con:
        row = con.execute("SELECT id, name, password FROM users WHERE folded = ?", (folded(name),)).fetchone()
    return tuple(row) if row else None


def set_role(people: People, name: str, role: Role, by: By) -> None:
    """Holds from the next request on. Raises PeopleError for the last admin."""
    with people.change() as con:
        user = _find(con, name)
        con.execute("UPDATE users SET role = ? WHERE id = ?", (role, user["id"]))
        _keep_an_admin(con, user)
        log.note(con, people.now_ms(), by, "role_changed", f"{user['name']} ({role})")


def remove(people: People, name: str, by: By) -> None:
    """With sessions, tokens and links. Raises PeopleError for the last admin."""
    with people.change() as con:
        user = _find(con, name)
        con.execute("DELETE FROM users WHERE id = ?", (user["id"],))
        _keep_an_admin(con, user)
        log.note(con, people.now_ms(), by, "user_removed", user["name"])


def everybody(people: People) -> list[dict[str, Any]]:
    """[{name, role, active, created_ms, seen_ms, link_ms, tokens}] by name; `link_ms` is when a link ends."""
    with people.look() as con:
        found = con.execute(
            """SELECT name, role, password IS NOT NULL AS active, u.created_ms, u.seen_ms,
              (SELECT max(expires_ms) FROM links WHERE user = u.id AND expires_ms > ?) AS link_ms,
              (SELECT count(*) FROM tokens WHERE user = u.id) AS tokens
            FROM users AS u ORDER BY folded""",
            (people.now_ms(),),
        ).fetchall()
    return [dict(row) | {"active": bool(row["active"])} for row in found]


def _find(con: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = con.execute(
        "SELECT id, name, role, password FROM users WHERE folded = ?", (folded(name),)
    ).fetchone()
    if row is None:
        raise PeopleError(f"there is nobody called {name!r}: hetk user list names everybody")
    assert isinstance(row, sqlite3.Row)  # noqa: S101 - the row factory of People
    return row


def _keep_an_admin(con: sqlite3.Connection, changed: sqlite3.Row) -> None:
    """Checked after the change and inside its transaction: two admins cannot take the right from each other."""
    was_ready = changed["role"] == "admin" and changed["password"] is not None
    if was_ready and not con.execute(READY).fetchone()[0]:
        raise PeopleError(f"{changed['name']!r} is the last admin: make somebody else one first")


def _new_link(con: sqlite3.Connection, user: int | None, now: int) -> str:
    secret = secrets.token_urlsafe(24)
    con.execute("DELETE FROM links WHERE expires_ms <= ?", (now,))
    con.execute("INSERT INTO links VALUES (?, ?, ?)", (digest(secret), user, now + LINK_MS))
    return secret


def _link(con: sqlite3.Connection, secret: str, now: int) -> tuple[int | None, Link]:
    row = con.execute(
        """SELECT l.user, u.name, u.role FROM links AS l LEFT JOIN users AS u ON u.id = l.user
        WHERE l.hash = ? AND l.expires_ms > ?""",
        (digest(secret), now),
    ).fetchone()
    if row is None or (row["user"] is None and con.execute(READY).fetchone()[0]):
        raise LinkGone(GONE)
    role: Role = row["role"] if row["role"] in ROLES else "admin"
    return row["user"], Link(row["name"], role)
