"""Answers of three tiles in, what changed against the period before out: sentences by key, the loudest first.

A change is told when chance would bring one as large in fewer than one period of a hundred (z of 2.6 for
shares, 3 for counts, of which many are looked at), and from 30 cases on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

TILES = ("answered_by_lang", "searches_moved", "channels_moved")
TOLD_MAX = 3
CASES_MIN = 30
SHARE_Z, COUNT_Z = 2.6, 3.0
EMPTY_SHARE, EMPTY_MIN = 0.2, 20

Change = dict[str, Any]


def changes(answers: Mapping[str, Mapping[str, Any]]) -> list[Change]:
    """[{"key", "tile", "z", "words": {name: value}}]: `key` names a sentence of the message files."""
    found = [*_shares(_rows(answers, "answered_by_lang")), *_searches(_rows(answers, "searches_moved"))]
    found += _counts("channel", "channels_moved", _rows(answers, "channels_moved"))
    found.sort(key=lambda change: -abs(change["z"]))
    return found[:TOLD_MAX]


def _rows(answers: Mapping[str, Mapping[str, Any]], tile: str) -> Sequence[dict[str, Any]]:
    answer = answers.get(tile, {})
    return [dict(zip(answer["columns"], row, strict=True)) for row in answer.get("rows", ())]


def _shares(rows: Sequence[dict[str, Any]]) -> list[Change]:
    groups: dict[tuple[str, str | None], dict[str, dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["intent"], row["topic_lang"]), {})[row["period"]] = row
    found = []
    for (intent, lang), by_period in groups.items():
        now, before = by_period.get("now"), by_period.get("before")
        if not now or not before or min(now["moments"], before["moments"]) < CASES_MIN:
            continue
        share, was = now["answered"] / now["moments"], before["answered"] / before["moments"]
        pooled = (now["answered"] + before["answered"]) / (now["moments"] + before["moments"])
        spread = sqrt(pooled * (1 - pooled) * (1 / now["moments"] + 1 / before["moments"]))
        z = (share - was) / spread if spread else 0.0
        if abs(z) >= SHARE_Z:
            words = {
                "intent": intent,
                "lang": lang or "",
                "points": round(abs(share - was) * 100, 1),
                "count": now["moments"],
            }
            found.append(_change("answered_more" if z > 0 else "answered_less", "answered_by_lang", z, words))
    return found


def _searches(rows: Sequence[dict[str, Any]]) -> list[Change]:
    found = _counts("search", "searches_moved", rows)
    for row in rows:
        if row["now"] >= EMPTY_MIN and row["not_found"] / row["now"] >= EMPTY_SHARE:
            words = {
                "name": row["name"],
                "intent": row["intent"],
                "count": row["now"],
                "share": row["not_found"] / row["now"],
            }
            found.append(_change("search_empty", "searches_moved", sqrt(row["not_found"]), words))
    return found


def _counts(what: str, tile: str, rows: Sequence[dict[str, Any]]) -> list[Change]:
    found = []
    for row in rows:
        now, before = row["now"], row["before"]
        if before < CASES_MIN and now < CASES_MIN:
            continue
        z = (now - before) / sqrt(now + before)
        if abs(z) < COUNT_Z:
            continue
        words = {"name": row["name"] or "", "intent": row.get("intent"), "count": now, "before": before}
        if before:
            words["share"] = abs(now - before) / before
            found.append(_change(f"{what}_{'more' if z > 0 else 'less'}", tile, z, words))
        else:
            found.append(_change(f"{what}_new", tile, z, words))
    return found


def _change(key: str, tile: str, z: float, words: dict[str, Any]) -> Change:
    return {"key": key, "tile": tile, "z": round(z, 1), "words": words}
