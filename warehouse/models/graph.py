"""Models in, their dependency graph as an SVG picture out: data flows from left to right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from warehouse.models.model import Model

BOX_W, BOX_H, GAP_X, GAP_Y, PAD = 160, 26, 70, 12, 24
COLORS = {
    "facts": "#d9dde3",
    "10_base": "#cfe3f7",
    "20_sessions": "#cdeee0",
    "30_moments": "#fbe3c4",
    "40_journeys": "#e6d9f5",
    "50_commerce": "#fad7da",
    "60_marts": "#f4efc3",
    "70_console": "#eeeeee",
}


def svg(models: Sequence[Model]) -> str:
    """A box per fact table, view and macro; a line from what is read to what reads it."""
    folder = {m.name: m.folder for m in models}
    reads = {m.name: sorted(m.references) for m in models}
    facts = sorted({name for names in reads.values() for name in names} - folder.keys())
    column = dict.fromkeys(facts, 0)
    for model in models:  # each comes after what it reads
        column[model.name] = 1 + max((column[name] for name in reads[model.name]), default=0)
    place = _places(column, reads)
    lines = [_line(place[name], place[m]) for m, names in reads.items() for name in names]
    boxes = [_box(name, folder.get(name, "facts"), *place[name]) for name in place]
    width = max(x for x, _ in place.values()) + BOX_W + PAD
    height = max(y for _, y in place.values()) + BOX_H + PAD + 30
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *sorted(lines), *boxes, *_legend(height), "</svg>", "",
    ])  # fmt: skip


def _places(column: dict[str, int], reads: dict[str, list[str]]) -> dict[str, tuple[int, int]]:
    """Within a column, a box stands at the mean height of what it reads."""
    columns = defaultdict(list)
    for name, number in column.items():
        columns[number].append(name)
    tallest = max(map(len, columns.values()))
    place: dict[str, tuple[int, int]] = {}
    for number in sorted(columns):

        def height(name: str) -> tuple[float, str]:
            read = reads.get(name, [])
            return (sum(place[r][1] for r in read) / len(read) if read else 0.0, name)

        top = PAD + (tallest - len(columns[number])) * (BOX_H + GAP_Y) // 2
        for row, name in enumerate(sorted(columns[number], key=height)):
            place[name] = (PAD + number * (BOX_W + GAP_X), top + row * (BOX_H + GAP_Y))
    return place


def _box(name: str, folder: str, x: int, y: int) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{BOX_W}" height="{BOX_H}" rx="5" fill="{COLORS[folder]}" '
        'stroke="#667"/>'
        f'<text x="{x + BOX_W // 2}" y="{y + 17}" text-anchor="middle">{escape(name)}</text>'
    )


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1, x2, y2 = start[0] + BOX_W, start[1] + BOX_H // 2, end[0], end[1] + BOX_H // 2
    bend = (x2 - x1) // 2
    curve = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return f'<path d="{curve}" fill="none" stroke="#99a" opacity=".6"/>'


def _legend(height: int) -> list[str]:
    return [
        f'<rect x="{PAD + i * 120}" y="{height - 26}" width="14" height="14" fill="{color}" stroke="#667"/>'
        f'<text x="{PAD + i * 120 + 20}" y="{height - 15}">{name}</text>'
        for i, (name, color) in enumerate(COLORS.items())
    ]
