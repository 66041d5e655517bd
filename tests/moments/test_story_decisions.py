"""What was decided for a visit is told from what was stored, whatever was sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from warehouse.story_decisions import REASONS_MAX, tell_decisions

SHOWN = {
    "place": "hero", "action": "tea", "chosen": True, "holdout": False, "reasons": [["pot", "no:page_type"]],
    "why": ["intent:go"],
}  # fmt: skip


def step(event: str, props: Any = None, decision_id: str | None = None, variant: str | None = None) -> dict[str, Any]:  # fmt: skip
    text = props if isinstance(props, str | None) else json.dumps(props)
    return {"event": event, "what": None, "decision_id": decision_id, "props": text, "variant": variant}


def test_what_became_of_a_decision_is_told_with_it() -> None:
    steps = [
        step("page_view"),
        step("decision", SHOWN, "d1", "a"),
        step("decision_shown", {}, "d1"),
        step("decision_dismissed", {"how": "not_useful"}, "d1"),
        step("decision_clicked", {}, "of another visit"),
    ]
    tell_decisions(steps)
    view, made, shown, dismissed, other = steps
    assert view == {"event": "page_view", "what": None}
    assert made["decision"] == SHOWN | {"reasons": [("pot", "no:page_type")], "variant": "a"}
    assert shown["decision"] is dismissed["decision"] is made["decision"]
    assert [one["what"] for one in (made, shown, dismissed, other)] == ["tea", "tea", "tea", None]
    assert (dismissed["how"], shown["how"], other["decision"]) == ("not_useful", None, None)


def test_why_nothing_was_shown_is_told() -> None:
    reasons = {"tea": {"no:cart_min": 2, "consent:ads": 1}, "pot": {"late": 1}}
    steps = [step("decision_suppressed", {"place": "hero", "reasons": reasons})]
    tell_decisions(steps)
    assert steps[0]["decision"] == {
        "place": "hero",
        "reasons": [("tea", "no:cart_min"), ("tea", "consent:ads"), ("pot", "late")],
    }


@pytest.mark.parametrize(
    "props", [None, "[]", '{"reasons": 7}', '{"reasons": [["a"]]}', '{"action": {}}', '{"why": [1]}', '"x"']
)
@pytest.mark.parametrize("event", ["decision", "decision_suppressed", "decision_dismissed", "decision_x"])
def test_what_has_another_form_says_nothing(event: str, props: str | None) -> None:
    steps = [step(event, props, "d1")]
    tell_decisions(steps)
    assert steps[0]["what"] is None


def test_many_reasons_are_cut() -> None:
    steps = [step("decision", SHOWN | {"reasons": [["a", "lost"]] * 99}, "d1")]
    tell_decisions(steps)
    assert len(steps[0]["decision"]["reasons"]) == REASONS_MAX
