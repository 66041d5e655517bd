"""A site that has none in; the six example campaigns, as files of its own and published, out."""

from __future__ import annotations

import time
from pathlib import Path

from collector.datadir import DataDir
from collector.files import replace_file
from warehouse.act import folder
from warehouse.act.published import changing, folder_of, put
from warehouse.act.rules import utc_now

EXAMPLES = Path(__file__).parent / "examples"


def publish_examples(data: DataDir, site: str) -> None:
    """Once: files that are there already, and what was changed or stopped since, are left alone."""
    target = folder_of(data, site)
    if target.exists():
        return
    target.mkdir(mode=0o700, parents=True)
    for path in sorted(EXAMPLES.glob("*.toml")):
        replace_file(target / path.name, path.read_bytes())
    found = folder.read(target, frozenset(), utc_now())
    assert found.site is not None and not found.mistakes  # noqa: S101 - tests/warehouse/act reads them
    with changing(data, site) as published:
        put(published, found.site, found.campaigns, time.time_ns() // 1_000_000, found.stores)
