"""`<data>/console/people.sqlite` in (0600, made when there is none); connections that look or change out.

Every change is one transaction, also between processes: `hetk user` works beside a running server, and two
admins at once see each other's work. Whoever asks reads the file anew, so what is taken away is gone at once.
What lets somebody in (links, sessions, tokens) is stored as its SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from collector.datadir import DataDir
from collector.files import locked
from warehouse.errors import PeopleClosed, PeopleError

VERSION = 1
BUSY_S = 10.0
SCHEMA = """
CREATE TABLE users (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
  password TEXT,             -- an argon2 hash; null until the first link is used
  created_ms INTEGER NOT NULL, seen_ms INTEGER);
CREATE TABLE links (
  hash BLOB PRIMARY KEY,
  user INTEGER UNIQUE REFERENCES users ON DELETE CASCADE,   -- null: makes the first admin
  expires_ms INTEGER NOT NULL);
CREATE TABLE sessions (
  hash BLOB PRIMARY KEY, user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL);
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  name TEXT NOT NULL, role TEXT NOT NULL, created_ms INTEGER NOT NULL, seen_ms INTEGER, expires_ms INTEGER);
CREATE TABLE log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL,
  who TEXT NOT NULL, what TEXT NOT NULL, target TEXT NOT NULL, source TEXT NOT NULL);
"""

TABLES = ("users", "links", "sessions", "tokens", "log")
WAY_OUT = (
    "put it back from a backup (hetk restore FOLDER --data NEW has it), or move it away with its -wal and -shm: "
    "hetk user link then makes a first admin again"
)


def wall_ms() -> int:
    """Now, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class People:
    """Of one data directory. Raises PeopleClosed when the file cannot be used."""

    def __init__(self, data: DataDir, now_ms: Callable[[], int] = wall_ms) -> None:
        self.path = data.root / "console" / "people.sqlite"
        self.now_ms = now_ms

    @contextmanager
    def look(self) -> Iterator[sqlite3.Connection]:
        """For reading; never waits for a writer."""
        with self._translated(), closing(self._connect()) as con:
            yield con

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on disk when the block ends; an exception undoes it."""
        with self._translated(), closing(self._connect()) as con:
            con.execute("BEGIN IMMEDIATE")
            try:
                yield con
            except BaseException:
                con.execute("ROLLBACK")
                raise
            con.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        if not self.path.exists():
            self._create()
        con = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)
        try:
            con.row_factory = sqlite3.Row
            con.execute("PRAGMA foreign_keys = on")
            con.execute("PRAGMA secure_delete = on")
            found = con.execute("PRAGMA user_version").fetchone()[0]
            if found > VERSION:
                raise PeopleClosed(f"a newer hetk wrote {self.path} (format {found}): upgrade hetk")
        except BaseException:
            con.close()
            raise
        return con

    def _create(self) -> None:
        """Made apart and then named: nobody meets half of it, and of two that make it one does."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self.path.with_suffix(".lock")):
            if self.path.exists():
                return
            fresh = self.path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(fresh, isolation_level=None)) as con:
                con.execute("PRAGMA journal_mode = wal")  # who looks never waits
                con.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
            for rest in ("-wal", "-shm"):  # of a file that was taken away: not to be played into this one
                self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
            fresh.replace(self.path)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError):  # the person is gone
                raise PeopleError("somebody else has changed this meanwhile: look again") from error
            fix = "try again" if "locked" in str(error) else "put a backup in its place"
            raise PeopleClosed(f"{self.path} cannot be used: {error}; {fix}") from error


def damage(path: Path) -> list[str]:
    """What is wrong with a file of accounts that is there; every page of it is read. Empty: nothing."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_S)) as con:
            found = [str(line) for (line,) in con.execute("PRAGMA integrity_check(5)")]
            if found == ["ok"]:
                names = {name for (name,) in con.execute("SELECT name FROM sqlite_master")}
                lost = [name for name in TABLES if name not in names]
                found = [f"its table {name} is gone" for name in lost]
    except sqlite3.Error as error:
        return [str(error)]
    return found


def copy(source: Path, target: Path) -> None:
    """For a backup: the file as it is at one instant, without what lets somebody in for now. Raises PeopleClosed."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with closing(sqlite3.connect(source, timeout=BUSY_S)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode = delete")
            new.execute("PRAGMA secure_delete = on")
            new.execute("DELETE FROM sessions")
            new.execute("DELETE FROM links")
            new.commit()
            new.execute("VACUUM")
    except sqlite3.Error as error:
        raise PeopleClosed(f"{source} cannot be read: {error}; {WAY_OUT}") from error


def digest(secret: str) -> bytes:
    """What is stored of something that lets somebody in: it is random and long, so one round is enough."""
    return hashlib.sha256(secret.encode()).digest()
