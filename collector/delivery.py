"""One delivery on its way through the pipeline, and what the steps may use: plain data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from collector.agents import Agents
from collector.config import Config
from collector.decode import Parsed
from collector.event import Batch
from collector.journal import Journal
from collector.metrics import Counts
from collector.places import Places
from collector.rates import Rates
from collector.salts import Salts
from collector.sites import KeyKind, Site, Sites


class Meta(msgspec.Struct, omit_defaults=True):
    """What the collector adds per batch; docs/journal.md explains the letters."""

    p: str
    a: str | None = None
    v: str | None = None
    v2: str | None = None
    d: str | None = None
    o: str | None = None
    w: str | None = None
    bot: str | None = None
    co: str | None = None
    rg: str | None = None
    ci: str | None = None
    gs: str | None = None
    j: str | None = None


NOBODY = Site("", 0, [])


@dataclass(slots=True)
class Tools:
    """What lives as long as the worker."""

    config: Config
    sites: Sites
    journal: Journal
    salts: Salts
    agents: Agents
    places: Places
    rates: Rates
    counts: Counts


@dataclass(slots=True)
class Delivery:
    """A batch with all that is known about its sender. `address` is in memory only and never written."""

    received_us: int
    key: str
    parsed: Parsed
    headers: Mapping[str, str]
    address: str
    from_proxy: bool
    meta: Meta
    site: Site = NOBODY  # until put_site
    kind: KeyKind = "write"
    changed: bool = False  # the body must be written again

    @property
    def batch(self) -> Batch:
        """The good events with their context."""
        return self.parsed.batch
