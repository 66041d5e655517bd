"""A visit in; what a batch of POST /v1/events says about it out."""

from __future__ import annotations

from typing import Any

from collector.demo.catalog import words
from collector.demo.visits import Visit

LIB = "hetk-demo/1"
CONSENT = {"analytics": True, "personalization": True, "ads": False, "ver": "demo-1"}


def about(visit: Visit) -> dict[str, Any]:
    """The fields of `ctx` that hold for the whole visit."""
    return {
        "mode": "first_party" if visit.agreed else "cookieless",
        "consent": CONSENT if visit.agreed else {},
        "title": f"{words(visit.language)['tagline']} · Teehetk",
        "lang": visit.language,
        "locale": f"{visit.language}-{visit.place[0]}",
        "tz": visit.place[2],
        "screen": visit.screen,
        "viewport": visit.screen,
    }


def page(visit: Visit, shop: str, path: str, number: int) -> dict[str, str]:
    """Where the event with this number happens, and from where one came there."""
    home = f"{shop}/{visit.language}/"
    landing, ref = (visit.arrival.landing, visit.arrival.referrer) if number == 0 else ("", home)
    return {"url": f"{home}{path}{landing}", "ref": ref}
