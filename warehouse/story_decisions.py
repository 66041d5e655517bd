"""Steps of visits in; beside those that tell of a decision what was decided and why, as it was stored, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

Row = dict[str, Any]
REASONS_MAX = 16


class Decided(msgspec.Struct):
    """Of the row `decision` (docs/act.md). What a page sends may be anything: other forms say nothing."""

    place: str | None = None
    action: str | None = None
    chosen: bool | None = None
    holdout: bool | None = None
    reasons: list[tuple[str, str]] | None = None
    why: list[str] | None = None


class Suppressed(msgspec.Struct):
    """Of the row `decision_suppressed`: how often each reason kept each campaign back."""

    place: str | None = None
    reasons: dict[str, dict[str, float]] | None = None


class Dismissed(msgspec.Struct):
    """Of the row `decision_dismissed`."""

    how: str | None = None


Form = TypeVar("Form", Decided, Suppressed, Dismissed)


def tell_decisions(steps: Sequence[Row]) -> None:
    """Takes `decision_id`, `props` and `variant` of each step (in order) away. Steps of decisions get `decision`:
    {place, action, variant, chosen, holdout, reasons: [(campaign, code)], why: [code]}, and `how` it was dismissed;
    what was seen or clicked has the one it belongs to, None when that is not known. Where nothing was shown:
    {place, reasons}. `what` names the campaign.
    """
    made: dict[str, Row] = {}
    for step in steps:
        id, props, variant = step.pop("decision_id"), step.pop("props"), step.pop("variant")
        event = step["event"]
        if not event.startswith("decision"):
            continue
        decision: Row | None = made.get(id)
        if event == "decision":
            told = _read(props, Decided)
            decision = made[id] = msgspec.structs.asdict(told) | {"variant": variant}
            decision["reasons"] = (told.reasons or [])[:REASONS_MAX]
        elif event == "decision_suppressed":
            counted = _read(props, Suppressed)
            reasons = [(name, code) for name, codes in (counted.reasons or {}).items() for code in codes]
            decision = {"place": counted.place, "reasons": reasons[:REASONS_MAX]}
        step["decision"] = decision
        step["how"] = _read(props, Dismissed).how if event == "decision_dismissed" else None
        step["what"] = decision.get("action") if decision else None


def _read(props: str | None, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(props or "{}", type=form)
    except msgspec.DecodeError:
        return form()
