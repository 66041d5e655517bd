"""The warehouse: journal in; DuckLake tables, views and the `hetk` command line out. Imports collector only.

For notebooks and scripts: `warehouse.connect("hetk-data")`, see docs/analysts.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.analyst import Lake


def connect(path: str | Path) -> Lake:
    """A read-only DuckDB connection to a data directory, or to a file that `hetk snapshot` wrote.

    Tables, views and macros are found by their bare names, on each cursor too. It sees the lake as it is now,
    until `renew()`. Raises the errors of warehouse.errors, LakeMissing when there is nothing at `path`.
    """
    from warehouse.analyst import open_for_analyst  # DuckDB takes a while to import

    return open_for_analyst(path)
