"""One told session (see `warehouse.story`) in; its story in plain English out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import Any

Row = dict[str, Any]
SIGNALS_SHOWN = 3
WHATS_SHOWN = 4
TEXT_CHARS_MAX = 60
# what became of a wish that nothing answered, by what closed its moment
TURNED = {
    "topic": "turned to something else",
    "intent": "then wanted to {next}",
    "idle": "fell silent",
    "span": "stayed for hours",
    "outcome": "ended with something else",
    "end": "left",
}
PLACES = {
    "post": "a post",
    "profile": "a profile",
    "friend": "a friend",
    "group_city": "a city's group",
    "group_topic": "a group for a topic",
}


def text(session: Row) -> str:
    """One session, for people."""
    head = [
        session["site_id"],
        f"{session['started_at']:%Y-%m-%d %H:%M} UTC",
        session["device_type"],
        session["country"],
        _came(session),
        f"{session['n_events']} event{'s' * (session['n_events'] != 1)} in {_span(session['seconds'])}",
    ]
    names = f"visitor {session['visitor_id']}   session {session['session_id']}"
    lines = [" · ".join(str(part) for part in head if part), f"  {names}"]
    for like in _runs(session["moments"]):
        lines += _moment(like)
    if session["between"]:
        where = "outside of moments" if session["moments"] else "no intent became clear"
        lines.append(f"  {where}: {_did(session['between'])}")
    return "\n".join(lines)


def _came(session: Row) -> str | None:
    """A visit that began without a referrer is direct; one that a later event names came after that."""
    channel, kind = (session["channel"] or "").replace("_", " "), session["social_kind"]
    place = PLACES.get(kind, kind.replace("_", " ")) if kind else None
    named = " on ".join(
        part for part in (place, session["social_network"] or session["referrer_domain"]) if part
    )
    if channel == "direct" and named:
        return f"direct, then from {named}"
    parts = (
        "the site itself" if channel == "internal" else ", ".join(part for part in (channel, named) if part)
    )
    return f"from {parts}" if parts else None


def _runs(moments: Sequence[Row]) -> Iterator[list[Row]]:
    """Moments of one step each that tell the same, one after the other, are told as one."""
    previous: list[Row] = []
    for moment, after in zip_longest(moments, moments[1:]):
        moment = {**moment, "next": after["intent"] if after else None}
        if previous and not (_alike(previous[-1]) == _alike(moment) and len(moment["steps"]) == 1):
            yield previous
            previous = []
        previous.append(moment)
    if previous:
        yield previous


def _alike(moment: Row) -> tuple[Any, ...]:
    return *(moment[name] for name in ("intent", "topic", "state", "outcome")), len(moment["steps"])


def _moment(like: Sequence[Row]) -> list[str]:
    first = like[0]
    said = ", ".join(_said(e) for e in first["evidence"][:SIGNALS_SHOWN])
    topic = f"{_short(first['topic'])}: " if first["topic"] else ""
    often = f"{len(like)} times until {like[-1]['ended_at']:%H:%M:%S}: " if len(like) > 1 else ""
    head = f"  {first['started_at']:%H:%M:%S}  {first['intent']:<4} {first['confidence']:.2f}  "
    return [
        f"{head}{topic}{often}{_end(first)}",
        f"            {_did([step for moment in like for step in moment['steps']])}",
        f"            because {said or 'of the answer alone'}{' each' if often else ''}",
    ]


def _end(moment: Row) -> str:
    """How it ended, in the words of the columns `state` and `outcome`, and where the person turned."""
    state, after = moment["state"], _after(moment["seconds_to_outcome"])
    if state in ("converted", "satisfied"):
        return f"{state} by {moment['outcome']} {after}"
    if state == "open":
        return f"open, {moment['outcome']} {after}" if moment["outcome"] else "open"
    turned = TURNED[moment["closed_by"]].format_map(moment)
    if state == "abandoned":
        return f"abandoned, {moment['outcome']} {after}, then {turned.removeprefix('then ')}"
    return f"expired, {turned}{' without an answer' if moment['closed_by'] == 'end' else ''}"


def _after(seconds: float | None) -> str:
    return f"after {_span(seconds)}" if seconds else "at once"


def _said(evidence: Row) -> str:
    """view_item x3 +1.50: weights are stored in thousandths."""
    times = f" x{evidence['n']}" if evidence["n"] > 1 else ""
    return f"{evidence['signal']}{times} {evidence['weight'] / 1000:+.2f}"


def _did(steps: Sequence[Row]) -> str:
    """Runs of one event as one: view_item x4 (A1, A2, A1)."""
    runs = [(event, list(run)) for event, run in groupby(steps, key=lambda step: step["event"])]
    return ", ".join(_run(event, run) for event, run in runs)


def _run(event: str, run: Sequence[Row]) -> str:
    whats = list(dict.fromkeys(step["what"] for step in run if step["what"]))
    shown = ", ".join(_short(what) for what in whats[:WHATS_SHOWN]) + (", …" if whats[WHATS_SHOWN:] else "")
    return event + (f" x{len(run)}" if len(run) > 1 else "") + (f" ({shown})" if shown else "")


def _short(words: str) -> str:
    return words if len(words) <= TEXT_CHARS_MAX else words[: TEXT_CHARS_MAX - 1] + "…"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
