"""A decision and the reader's language in; the words and the link to show out (sdk_js/src/act/text.ts)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from collector.act.model import Act, Context, Decision

GAP = re.compile(r"\{(.*?)\}")


class Content(Struct, omit_defaults=True):
    """What is shown."""

    title: str
    body: str | None = None
    button: str | None = None
    url: str | None = None


def content(act: Act, decision: Decision, ctx: Context, fill: Mapping[str, str]) -> Content | None:
    """None when the campaign says nothing in the reader's language, or has a gap that `fill` does not fill."""
    one = next(one for one in act.campaigns if one.id == decision.action)
    variant = next(variant for variant in one.vars if variant.k == decision.variant)
    lang = (ctx.lang or act.lang).lower()
    text = variant.text.get(lang) or variant.text.get(lang.split("-")[0])
    if not text or not all(fill.keys() >= set(GAP.findall(said)) for said in text.values()):
        return None
    filled = {part: GAP.sub(lambda gap: fill[gap[1]], said) for part, said in text.items()}
    return Content(filled["title"], filled.get("body"), filled.get("button"), variant.url)
