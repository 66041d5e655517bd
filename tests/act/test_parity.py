"""Random questions by the thousand: the collector's engine and the device's give the same decisions and remember the same."""

from __future__ import annotations

import json
import random
import time
from collections import Counter

import pytest

from tests.act import golden
from tests.act.device import device
from tests.act.random_asked import random_asked


@pytest.mark.parametrize("count", [5000, pytest.param(20_000, marks=pytest.mark.long)])
def test_device_and_collector_decide_alike(count: int) -> None:
    seed = time.time_ns()
    dice = random.Random(seed)
    asked = [random_asked(dice) for _ in range(count)]
    by = Counter[str]()
    for one, theirs in zip(asked, device(asked), strict=True):
        ours = golden.answer(one)
        assert ours == theirs, f"seed {seed}\n{json.dumps(one, ensure_ascii=False)}\n{ours}\n{theirs}"
        by[ours["decision"]["suppressed_by"] or "chosen"] += 1
    assert by["chosen"] + by["holdout"] > count / 3, by
    assert len(by) > 35, by  # nearly every reason there is: some are rare, and 40 were too many once
