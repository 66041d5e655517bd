"""A site's name as typed in; an error with the nearest name out, when neither sites.json nor the lake has it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from click import ClickException

from collector.datadir import DataDir
from collector.sites import list_sites

if TYPE_CHECKING:
    import duckdb


def check_site(data: DataDir, con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Raises ClickException. A site that was removed still has its events."""
    known = {site.name for site in list_sites(data.sites)}
    for table in ("loads", "events"):  # the books are small, and know all that was loaded
        if name in known:
            return
        known |= {site for (site,) in con.execute(f"SELECT DISTINCT site_id FROM {table}").fetchall() if site}
    if name not in known:
        near = get_close_matches(name.lower(), known, n=1)
        hint = f"The nearest is {near[0]}." if near else f"It has {', '.join(sorted(known)) or 'none yet'}."
        raise ClickException(f"there is no site {name!r} in {data.root}. {hint}")
