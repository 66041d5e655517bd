"""tiles/NAME.sql in: each a question a tile of the console answers, with the table of facts it reads.

    -- ask: Which countries do visitors come from?
    -- facts: visits started_at
    -- filter: country

`facts` names the table and the column of its time; `lake` in front of them: not one of those that are kept in
memory (mirror.py), so the lake itself is asked. `filter` is what a click on a row filters by. `role` is who may ask:
viewers, unless it says analyst, as where ids of visitors are in the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warehouse.console.view import View
from warehouse.people.roles import Role

ROOT = Path(__file__).parent / "tiles"


@dataclass(frozen=True)
class Tile:
    """One file; `sql` still has the words of View.fill in it."""

    name: str
    ask: str
    facts: str
    column: str
    from_lake: bool
    filter: str | None
    least: Role
    sql: str

    def filled(self, view: View) -> str:
        """The SQL that answers it for this view."""
        return view.fill(self.sql, self.facts, self.column)


@cache
def tiles() -> dict[str, Tile]:
    """All tiles by name."""
    return {path.stem: _read(path) for path in sorted(ROOT.glob("*.sql"))}


def _read(path: Path) -> Tile:
    head: dict[str, str] = {}
    body: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-- ") and not body:
            key, _, value = line.removeprefix("-- ").partition(": ")
            head[key] = value
        else:
            body.append(line)
    words = head["facts"].split()
    facts, column = words[-2:]
    lake = words[0] == "lake"
    least: Role = "analyst" if head.get("role") == "analyst" else "viewer"
    return Tile(
        path.stem, head["ask"], facts, column, lake, head.get("filter"), least, "\n".join(body).strip()
    )
