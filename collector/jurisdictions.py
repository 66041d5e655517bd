"""A country in, the jurisdiction whose law holds there out; and the table that /v1/config ships."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, TypedDict


class Jurisdiction(TypedDict):
    """One entry of jurisdictions.toml, its lists as lists."""

    before: Literal["cookieless", "opt_in"]
    gpc: bool
    countries: list[str]
    zones: list[str]


def _load() -> dict[str, Jurisdiction]:
    tree = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {
        name: Jurisdiction(
            before=entry["before"],
            gpc=entry["gpc"],
            countries=entry["countries"].split(),
            zones=entry["zones"].split(),
        )
        for name, entry in tree.items()
    }


TABLE = _load()
_BY_COUNTRY = {country: name for name, entry in TABLE.items() for country in entry["countries"]}


def jurisdiction_of(country: str | None) -> str | None:
    """None when the country is unknown, "other" when no law of the table holds there."""
    return None if country is None else _BY_COUNTRY.get(country, "other")
