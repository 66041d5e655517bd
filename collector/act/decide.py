"""Published campaigns, a context and what the device remembers in, one decision out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from collector.act.gates import reason_against
from collector.act.hash import pick
from collector.act.model import Act, Campaign, Context, Decision, State, Variant

SHARE = 10_000  # the holdout is in basis points

One = TypeVar("One", Campaign, Variant)


def decide(act: Act | None, ctx: Context, state: State) -> Decision:
    """Changes nothing; whoever carries it out calls `note`. `state` comes from `settle`."""
    if act is None or act.kill:
        return Decision(ctx.place, suppressed_by="kill" if act else "no_config")
    against: dict[str, str] = {}
    open_: list[Campaign] = []
    highest, by = 0, "none"
    for one in act.campaigns:
        if one.place != ctx.place:
            continue
        shut = reason_against(act, one, ctx, state)
        if shut is None:
            open_.append(one)
            continue
        gate, against[one.id] = shut
        if gate > highest:
            highest, by = gate, against[one.id]
    if not open_:
        return Decision(ctx.place, suppressed_by=by, reasons=list(against.items()))

    top = [one for one in open_ if one.pri == open_[0].pri]
    chosen = _walk(top, pick([act.salt, f"choice\n{ctx.place}", ctx.draw], _sum(top)))
    variant = _walk(chosen.vars, pick([act.salt, f"variant\n{chosen.id}", ctx.draw], _sum(chosen.vars)))
    others = (one for one in open_ if one is not chosen)
    against |= {one.id: "lost" if one.pri == chosen.pri else "outranked" for one in others}
    held = _is_held(act, chosen, ctx, state)
    return Decision(
        place=ctx.place,
        chosen=not held,
        holdout=held,
        action=chosen.id,
        revision=chosen.rev,
        kind=chosen.kind,
        variant=variant.k,
        basis=chosen.basis,
        weight=chosen.w * variant.w,
        weight_total=_sum(top) * _sum(chosen.vars),
        hold=chosen.hold,
        suppressed_by="holdout" if held else None,
        reasons=[(one.id, against[one.id]) for one in act.campaigns if one.id in against],
    )


def _is_held(act: Act, one: Campaign, ctx: Context, state: State) -> bool:
    """After the choice: only then those held back are the same people as those who were shown it."""
    if ctx.unit is None:
        return False
    if one.id in state.arm:
        return state.arm[one.id]
    return pick([act.salt, f"holdout\n{one.id}", ctx.unit], SHARE) < one.hold


def _sum(ones: Sequence[Campaign] | Sequence[Variant]) -> int:
    return sum(one.w for one in ones)


def _walk(ones: Sequence[One], left: int) -> One:
    """The one at whose weight the number falls."""
    for one in ones:
        if left < one.w:
            return one
        left -= one.w
    raise AssertionError("a pick below the sum of the weights falls on one of them")
