"""Labelled queries in, macro-F1, calibration and the table of scores per language out."""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from warehouse.intent.classify import classify
from warehouse.intent.model import INTENTS

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("HETK_TEST_DATA", HERE.parents[3] / "shared" / "data")) / "intent"


@dataclass(frozen=True)
class Answer:
    lang: str
    label: str
    said: str
    confidence: float
    hard: bool

    @property
    def right(self) -> bool:
        return self.label == self.said


def answers(path: Path, slip: random.Random | None = None) -> list[Answer]:
    """Each query classified without a hint, `slip` makes one typo in it; the alternative label counts as right."""
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        row = dict(zip(head.split("\t"), line.split("\t"), strict=True))
        verdict = classify(slipped(row["query"], slip) if slip else row["query"])
        said = row["label"] if verdict.intent == row["alt"] else verdict.intent
        found.append(Answer(row["lang"], row["label"], said, verdict.confidence, row["hard"] == "1"))
    return found


def slipped(query: str, rng: random.Random) -> str:
    """One letter of a word of four or more left out, doubled, swapped with the next or taken for another one."""
    words = [found.span() for found in re.finditer(r"[^\s\d]{4,}", query)]
    if not words:
        return query
    start, end = rng.choice(words)
    at = rng.randrange(start + 1, end)  # people get the first letter right
    letter, after = query[at], query[at + 1 : at + 2]
    typed = rng.choice(("", letter * 2, after + letter, rng.choice(query[start:end])))
    return query[:at] + typed + query[at + 1 + (typed == after + letter) :]


def macro_f1(given: list[Answer]) -> float:
    scores = []
    for intent in INTENTS:
        hit = sum(a.label == a.said == intent for a in given)
        miss = sum((a.label == intent) != (a.said == intent) for a in given)
        if hit + miss:
            scores.append(2 * hit / (2 * hit + miss))
    return sum(scores) / len(scores)


def calibration_error(given: list[Answer]) -> float:
    """Expected calibration error over ten bins of confidence."""
    bins: dict[int, list[Answer]] = {}
    for answer in given:
        bins.setdefault(min(int(answer.confidence * 10), 9), []).append(answer)
    return sum(abs(sum(a.confidence - a.right for a in one)) for one in bins.values()) / len(given)


def upper_end(given: list[Answer]) -> float:
    """Upper end of the 90 % Wilson interval of accuracy."""
    n, z = len(given), 1.645
    p = sum(a.right for a in given) / n
    return (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def by_language(given: list[Answer]) -> dict[str, list[Answer]]:
    return {lang: [a for a in given if a.lang == lang] for lang in sorted({a.lang for a in given})}


def table(given: list[Answer]) -> str:
    lines = [f"{'':8} {'n':>4} {'F1':>6} {'right':>6} {'hard':>6} {'sure':>6}"]
    for name, some in [*by_language(given).items(), ("all", given)]:
        hard = [a for a in some if a.hard]
        right, sure = (sum(x) / len(some) for x in ([a.right for a in some], [a.confidence for a in some]))
        hard_f1 = f"{macro_f1(hard):6.2f}" if hard else "     -"
        lines.append(f"{name:8} {len(some):4} {macro_f1(some):6.2f} {right:6.2f} {hard_f1} {sure:6.2f}")
    return "\n".join([*lines, f"calibration error {calibration_error(given):.3f}"])
