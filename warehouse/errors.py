"""What can go wrong with the lake, as one tree: foreign errors come in, an error with its next step goes out.

WarehouseError
├── DataDirInUse      another process holds the lock; names its pid
├── ExtensionMissing  a DuckDB extension can be loaded from nowhere
├── LakeMissing       there is no lake in this data directory yet
├── LakeNewer         a newer hetk wrote this lake or this journal
├── LakeDamaged       the catalog or a Parquet file cannot be read
├── LakeBusy          another writer kept the catalog locked for too long
├── DiskFull          no room left where the lake lives
├── ModelError        a model file cannot be used; names the file
└── PeopleError       an account of the console cannot be made, changed or used
    ├── LinkGone      a link was used, replaced, or is too old
    └── PeopleClosed  the file of accounts cannot be read or written
"""

from __future__ import annotations

import re

VARIES = re.compile(r"[0-9a-f]*\d[0-9a-f-]*")  # numbers, and the names that new files get


class WarehouseError(Exception):
    """`str()` is a line for a person: what happened and, after a colon or in a next sentence, what to do."""


class DataDirInUse(WarehouseError):
    """Another process holds the lock of this data directory."""

    def __init__(self, root: object, what: str, pid: int | None) -> None:
        self.pid = pid
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            f"data directory {root} is in use: {holder} already runs its {what}. "
            f"Stop that process or choose another directory with --data."
        )


class ExtensionMissing(WarehouseError):
    """A DuckDB extension could be loaded neither from its wheel nor by INSTALL."""


class LakeMissing(WarehouseError):
    """No lake has been made in this data directory yet."""


class LakeNewer(WarehouseError):
    """A newer hetk wrote this; this one refuses to touch it."""


class LakeDamaged(WarehouseError):
    """The catalog or a data file is missing or unreadable."""


class LakeBusy(WarehouseError):
    """The catalog stayed locked longer than the busy timeout."""


class DiskFull(WarehouseError):
    """The disk of the data directory has no room left; nothing was written."""


class ModelError(WarehouseError):
    """A model file that cannot be used; the text names the file and what to change."""


class PeopleError(WarehouseError):
    """A person, role, password or token of the console cannot be used; the text says what to do."""


class LinkGone(PeopleError):
    """The link was used, replaced by a newer one, or is too old."""


class PeopleClosed(PeopleError):
    """The file of accounts cannot be read or written; nobody gets in meanwhile."""


def same_error(one: str | None, other: str) -> bool:
    """Whether two messages tell the same but for names of new files and numbers."""
    return one is not None and VARIES.sub("", one) == VARIES.sub("", other)
