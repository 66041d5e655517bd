"""The loader's small data files: a name in, its tab-separated lines out."""

from __future__ import annotations

from importlib import resources


def lines(name: str, columns: int) -> list[tuple[str, ...]]:
    """Each line as a tuple of exactly `columns` texts; what is missing at the end is empty."""
    text = resources.files("warehouse.load").joinpath("data", name).read_text(encoding="utf-8")
    rows = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            fields = line.split("\t")
            rows.append(tuple(fields + [""] * (columns - len(fields))))
    return rows
