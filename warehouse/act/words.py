"""The words a campaign file may use: kinds, purposes, conditions and places of the page they speak of."""

from __future__ import annotations

import re

from collector.act.model import LEAVING

ON_PAGE = ("content", "offer", "banner", "nearby", "size_guide", "comparison", "support")
KINDS = (*ON_PAGE, *sorted(LEAVING))
PURPOSES = ("analytics", "personalization", "ads")
INTENTS = ("know", "go", "do", "buy")
CARTS = ("none", "open", "abandoned")
PARTS = {"title": 80, "body": 200, "button": 30}  # of a text; characters at most
ABOUT_A_PERSON = ("segment", "cart", "cart_min", "distance")  # what a contextual campaign may not ask for
NOT_OFFLINE = ("offer", "banner", "nearby")
NEAR_METRES_MIN = 5000
ACTIVE_MAX = 50
PUBLISHED_BYTES_MAX = 32 * 1024  # gzipped
PLACEHOLDERS = {"nearby": ("store", "distance", "until")}  # per kind; filled in on the page
ID = re.compile(r"[a-z0-9-]{1,40}")
LANG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
LINK = re.compile(r"(https://[^\s/]+\S*|/(?!/)\S*)")
END = "# end"
