"""Lists and patterns of channel.py and social.py in; sdk_js/dist/lang/arrivals.json, the same for pages, out.

python -m warehouse.load.arrivals sdk_js/dist/lang
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from warehouse.load import channel, social
from warehouse.load.tables import lines

FILE = "arrivals.json"


def arrivals() -> str:
    """Lists as the lines of their files, patterns as both sides' regular expressions take them."""
    words: dict[str, list[str]] = {}
    for word, kind in social.WORDS.items():
        words.setdefault(kind, []).append(word)
    patterns = {
        "paid": channel.PAID, "display": channel.DISPLAY, "social": channel.SOCIAL, "email": channel.EMAIL,
        "messaging": channel.MESSAGING, "affiliate": channel.AFFILIATE,
    }  # fmt: skip
    told = {
        "sources": _listed("sources.tsv"),
        "kinds": _listed("social_kinds.tsv"),
        "clicks": _listed("click_ids.tsv"),
        "networks": channel.CLICK_NETWORKS,
        "words": {kind: " ".join(listed) for kind, listed in words.items()},
        "tags": social.TAGS,
        "topical": sorted(social.TOPICAL),
        "personal": sorted(social.PERSONAL),
        **{name: pattern.pattern for name, pattern in patterns.items()},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _listed(name: str) -> str:
    return "\n".join("\t".join(row) for row in lines(name, 3))


if __name__ == "__main__":
    (Path(sys.argv[1]) / FILE).write_text(arrivals(), encoding="utf-8")
