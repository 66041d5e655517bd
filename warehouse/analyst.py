"""A path in, a read-only DuckDB connection for analysts out, whose cursors find everything by bare names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from collector.datadir import DataDir
from warehouse.errors import LakeMissing
from warehouse.store import open_lake, open_native, renew

if TYPE_CHECKING:
    from types import TracebackType


class Lake:
    """A `duckdb.DuckDBPyConnection` in all but `cursor`: DuckDB's own cursors forget what `USE` said, and
    macros look their tables up where the caller is. `con` is DuckDB's connection, for functions that want it.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, data: DataDir | None, root: Lake | None = None
    ) -> None:
        self.con = con
        self._data = data
        self._root = root or self  # what it is a cursor of: the copy of the catalog goes with that

    def __getattr__(self, name: str) -> Any:
        return getattr(self.con, name)

    def cursor(self) -> Lake:
        """Another connection to the same lake, for another thread or a second result."""
        other = self.con.cursor()
        other.execute("SET TimeZone = 'UTC'")
        if self._data is not None:
            other.execute("USE lake")
        return Lake(other, self._data, self._root)

    def renew(self) -> None:
        """Shows the lake as it is now. A snapshot stays as it is. Raises LakeDamaged or LakeBusy."""
        if self._data is not None:
            renew(self._root.con, self._data)

    def __enter__(self) -> Lake:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.con.close()


def open_for_analyst(path: str | Path) -> Lake:
    """See `warehouse.connect`."""
    path = Path(path)
    if path.is_file():
        return Lake(open_native(path, read_only=True), None)
    if not path.is_dir():
        raise LakeMissing(f"there is no {path}. Name a data directory or a file that hetk snapshot wrote.")
    data = DataDir(path)
    return Lake(open_lake(data, read_only=True), data)
