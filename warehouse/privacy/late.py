"""Events that came of people erased before: refused, but their line goes into the archive like any other. Who
it was is noted until the night, when the archive loses them too.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import msgspec

from collector.datadir import DataDir
from collector.files import replace_file
from warehouse.privacy.journal import take_out
from warehouse.privacy.person import Person


def note(data: DataDir, people: dict[str, Person]) -> None:
    """One file for each, named by tombstone; empties `people`. Raises OSError."""
    for mark, person in people.items():
        _folder(data).mkdir(mode=0o700, exist_ok=True)
        replace_file(_folder(data) / f"{mark}.late", msgspec.json.encode(person))
    people.clear()


def cleaning(data: DataDir, positions: dict[str, int]) -> Generator[None, None, list[Person]]:
    """Takes everybody noted out of the loaded journal, a segment with each `next`; returns who must be found
    nowhere any more.
    """
    people = []
    for path in sorted(_folder(data).glob("*.late")):
        person = msgspec.json.decode(path.read_bytes(), type=Person)
        for _ in take_out(data, positions, person, ()):
            yield
        path.unlink()
        people.append(person)
    return people


def _folder(data: DataDir) -> Path:
    return data.root / "requests"
