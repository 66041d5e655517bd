"""Rows in; a markdown table, and a page of docs with the named part replaced, out."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

START, END = "<!-- bench {}: made by a bench, do not edit -->", "<!-- /bench {} -->"
TITLE = "# Benchmarks\n\nRatios to a yardstick of the same run say more than figures of one machine.\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """The median, with the smallest and largest where there are several: 1.32 (1.20-1.40)."""
    middle = f"{statistics.median(values):,.{digits}f}"
    if len(values) < 2:
        return middle
    return f"{middle} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def keep(page: Path, name: str, text: str) -> None:
    """Puts the text between the page's markers of this name; makes both when they are not there."""
    old = page.read_text("utf-8") if page.exists() else TITLE
    start, end = START.format(name), END.format(name)
    part = f"{start}\n{text.strip()}\n{end}"
    if start in old:
        old = old[: old.index(start)] + part + old[old.index(end) + len(end) :]
    else:
        old = f"{old.rstrip()}\n\n{part}\n"
    page.write_text(old, "utf-8")
