"""Who tries to sign in, and from where, in; how long they must wait out. In memory: a restart forgets.

A try counts when it begins, so that a hundred at once are a hundred; one that was right is taken back.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

SPAN_S = 900.0
KEPT_MAX = 20_000
# So many wrong tries in SPAN_S: of one name from one network, of one network, of one name from everywhere.
PAIR_MAX, SOURCE_MAX, NAME_MAX = 10, 30, 100

Key = tuple[str, str]


class Tries:
    """Of one server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Key, deque[float]] = OrderedDict()

    def count(self, name: str, source: str) -> int:
        """Seconds to wait; 0 = go on, and this one counts."""
        now = self._clock()
        limits = _limits(name, source)
        waits = [self._wait(key, most, now) for key, most in limits.items()]
        if any(waits):
            return math.ceil(max(waits))
        for key in limits:
            self._kept.setdefault(key, deque()).append(now)
            self._kept.move_to_end(key)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        return 0

    def forgive(self, name: str, source: str) -> None:
        """It was right: what this name has tried from there is forgotten."""
        self._kept.pop((name, source), None)
        for key in (("", source), (name, "")):
            if tried := self._kept.get(key):
                tried.pop()

    def _wait(self, key: Key, most: int, now: float) -> float:
        tried = self._kept.get(key)
        while tried and tried[0] <= now - SPAN_S:
            tried.popleft()
        return tried[0] + SPAN_S - now if tried and len(tried) >= most else 0.0


def _limits(name: str, source: str) -> dict[Key, int]:
    limits = {("", source): SOURCE_MAX}
    if name:
        limits |= {(name, source): PAIR_MAX, (name, ""): NAME_MAX}
    return limits
