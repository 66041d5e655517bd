"""The golden cases are worth something: each bug of mutants.py, planted in the device's engine, changes an answer."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

import pytest

from tests.act import golden
from tests.act.mutants import MUTANTS
from tests.act.random_asked import random_asked
from tests.node import SDK, needs_node

UNTOUCHED = {"file": "", "there": "", "instead": ""}


def unseen(asked: list[golden.Asked]) -> list[str]:
    """The bugs that change no answer; `none` is the engine as it is."""
    needs_node()
    mutants = [UNTOUCHED] + [dict(zip(("file", "there", "instead"), m[1:], strict=True)) for m in MUTANTS]
    told: dict[str, Any] = {
        "mutants": mutants,
        "asked": asked,
        "answers": [golden.answer(one) for one in asked],
    }
    done = subprocess.run(
        ["node", "test/act/mutants.mjs"],
        cwd=SDK,
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    changes = zip(["none", *(m[0] for m in MUTANTS)], json.loads(done.stdout), strict=True)
    return [name for name, changed in changes if not changed]


def test_golden_cases_see_every_planted_bug() -> None:
    assert unseen([golden.asked(case["set"]) for case in golden.cases()]) == ["none"]


@pytest.mark.long
def test_random_questions_see_every_planted_bug() -> None:
    dice = random.Random(18)
    assert unseen([random_asked(dice) for _ in range(5000)]) == ["none"]
