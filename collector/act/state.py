"""What a device remembers of its decisions: anything in, a state the engine can trust out; and what is added to it."""

from __future__ import annotations

from typing import Any

from collector.act.model import DAY, LEAVING, WEEK, Decision, State

MEMORY = 90 * DAY  # of what a person pressed; the longest window of all


def settle(raw: Any, now: int) -> State:
    """A state without what is damaged, with stamps of a clock that was ahead set to `now`, and none that no
    window reaches any more.
    """
    raw = raw if isinstance(raw, dict) else {}

    def table(name: str) -> dict[Any, Any]:
        found = raw.get(name)
        return found if isinstance(found, dict) else {}

    def times(found: Any, window: int) -> list[int]:
        stamps = found if isinstance(found, list) else []
        return [at for t in stamps if _is_time(t) and now - (at := min(t, now)) < window]

    def lists(name: str, window: int) -> dict[str, list[int]]:
        kept = {key: times(found, window) for key, found in table(name).items()}
        return {key: stamps for key, stamps in kept.items() if stamps}

    def stamps(name: str) -> dict[str, int]:
        kept = {key: times([t], MEMORY) for key, t in table(name).items()}
        return {key: one[0] for key, one in kept.items() if one}

    return State(
        shown=lists("shown", DAY),
        kind=lists("kind", WEEK),
        reach=times(raw.get("reach"), WEEK),
        dis=stamps("dis"),
        bad=stamps("bad"),
        place=stamps("place"),
        fewer=stamps("fewer"),
        arm={key: held for key, held in table("arm").items() if isinstance(held, bool)},
    )


def note(state: State, decision: Decision, now: int, unit: str | None) -> None:
    """Remembers what was shown or held back; both count in the caps, so that the arms stay alike."""
    action, kind = decision.action, decision.kind
    if action is None or kind is None:
        return
    state.shown.setdefault(action, []).append(now)
    state.kind.setdefault(kind, []).append(now)
    if kind in LEAVING:
        state.reach.append(now)
    if unit is not None:
        state.arm[action] = decision.holdout


def _is_time(t: Any) -> bool:
    return isinstance(t, int) and not isinstance(t, bool) and 0 <= t < 2**53
