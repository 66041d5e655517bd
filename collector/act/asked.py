"""The body of POST /v1/decide in, its answer out: the engine for back ends, which remember for their visitors."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, structs

from collector.act.decide import decide
from collector.act.model import Act, Context, Decision, State
from collector.act.state import note, settle
from collector.act.why import codes
from collector.act.words import Content, content


class Decided(Struct, omit_defaults=True):
    """`state` is what to give with the next question; `content` is there when `decision.chosen`, `because` (why, as
    codes) and `why` (the path of a signed link that says it in words) too.
    """

    decision: Decision
    state: State
    content: Content | None = None
    because: list[str] | None = None
    why: str | None = None


class Asked(Struct, forbid_unknown_fields=True):
    """`ctx.now` and `ctx.age` are the server's own; `fill` is for the gaps in texts, like {store}."""

    ctx: Context
    state: dict[str, Any] = {}
    fill: dict[str, str] = {}

    def answer(self, act: Act | None, now: int) -> Decided:
        """`act` is as fresh as can be: it was read from where it was published."""
        ctx = structs.replace(self.ctx, now=now, age=0)
        state = settle(self.state, now)
        decision = decide(act, ctx, state)
        if act is None or decision.action is None:
            return Decided(decision, state)
        words = content(act, decision, ctx, self.fill)
        if words is None:  # in both arms alike
            return Decided(
                Decision(ctx.place, suppressed_by="no_words", reasons=[(decision.action, "no_words")]), state
            )
        note(state, decision, now, ctx.unit)
        if not decision.chosen:
            return Decided(decision, state)
        one = next(one for one in act.campaigns if one.id == decision.action)
        return Decided(decision, state, words, codes(one, ctx))
