"""Campaign parameters and a referrer in; the marketing channel out, after GA4's default channel grouping.

channels: direct, internal, organic_search, paid_search, organic_social, paid_social, email, messaging,
affiliate, display, referral, ai_assistant, other.
The page does the same (sdk_js/src/moments/arrival.ts); tests/contract/arrivals.json holds the two together.
Who is who is data: data/sources.tsv, data/click_ids.tsv, data/social_kinds.tsv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from warehouse.load.social import referred_kind
from warehouse.load.tables import lines

SOURCES = {pattern: (channel, network or None) for pattern, channel, network in lines("sources.tsv", 3)}
NETWORKS = {network: channel for channel, network in SOURCES.values() if network}
KINDS = [(network, re.compile(shape), kind) for network, shape, kind in lines("social_kinds.tsv", 3)]
CLICK_NETWORKS = {"fbclid": "facebook", "igshid": "instagram", "ttclid": "tiktok", "twclid": "x"}
CLICK_CHANNELS = {kind: channel for _, kind, channel in lines("click_ids.tsv", 3) if channel}

PAID = re.compile(r"^(.*cp[cmavlx].*|ppc|retargeting|paid.*|sem|ads?)$")
DISPLAY = re.compile(r"^(display|banner|expandable|interstitial|cpm|programmatic)$")
SOCIAL = re.compile(r"^(social|social[-_ ](network|media)|sm|organic[-_ ]social|influencer)$")
EMAIL = re.compile(r"^(e[-_ ]?mail|newsletter|mail)$")
MESSAGING = re.compile(r"^(sms|push|web_?push|mobile.*notification|whatsapp|telegram|rcs|viber|line)$")
AFFILIATE = re.compile(r"^(affiliates?|partners?)$")

PAID_CHANNELS = {None: "paid_search", "organic_search": "paid_search", "organic_social": "paid_social"}

SUFFIXES = PublicSuffixList()


@dataclass(frozen=True)
class Source:
    """Where the referrer says the visit came from; `kind` of a social address (social.py)."""

    domain: str | None = None
    channel: str | None = None
    network: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Campaign:
    """What the landing address says about itself."""

    source: str | None = None
    medium: str | None = None
    name: str | None = None
    click_id: str | None = None

    def network(self) -> str | None:
        """The social network or search engine that the campaign or its click id names."""
        _, network = named_source((self.source or "").lower())
        if network is not None:
            return network
        return CLICK_NETWORKS.get(self.click_id or "")


def channel_of(campaign: Campaign, source: Source) -> str:
    """Campaign parameters win over click ids, click ids over the referrer."""
    if campaign.medium or campaign.source:
        return _tagged_channel(campaign, source)
    if campaign.click_id in CLICK_CHANNELS:
        return CLICK_CHANNELS[campaign.click_id]
    return source.channel or "direct"


def _tagged_channel(campaign: Campaign, source: Source) -> str:
    medium, name = (campaign.medium or "").lower(), (campaign.source or "").lower()
    kind, _ = named_source(name)
    if kind is None and source.channel not in (None, "internal", "referral"):
        kind = source.channel
    if DISPLAY.match(medium):
        return "display"
    if PAID.match(medium):
        return PAID_CHANNELS.get(kind, "other")
    for pattern, channel in ((EMAIL, "email"), (MESSAGING, "messaging"), (AFFILIATE, "affiliate")):
        if pattern.match(medium) or pattern.match(name):
            return channel
    if SOCIAL.match(medium):
        return "organic_social"
    if medium == "organic":
        return "organic_search"
    if kind is not None:
        return kind
    return "referral" if medium in ("referral", "link", "app") else "other"


@lru_cache(maxsize=20_000)
def named_source(name: str) -> tuple[str | None, str | None]:
    """(channel, network) of a utm_source: a domain, or a bare name such as `google` or `facebook`."""
    if not name:
        return None, None
    if name in NETWORKS:
        return NETWORKS[name], name
    if "." in name:
        return _look_up(name)
    return SOURCES.get(f"{name}.*") or SOURCES.get(f"{name}.com") or (None, None)


@lru_cache(maxsize=50_000)
def source_of(ref: str, page_host: str | None) -> Source:
    """The referrer's domain, and what hetk knows about it. An empty or broken referrer is no source."""
    try:
        parts = urlsplit(ref.strip())
        host = parts.hostname
    except ValueError:
        return Source()
    if not host:
        return Source()
    domain = host if parts.scheme.endswith("-app") else registrable(host)
    if page_host is not None and registrable(page_host) == domain:
        return Source(domain, "internal")
    channel, network = _look_up(host)
    kind = None
    if network is not None:
        where = f"{host}{parts.path}"
        kind = next((kind for name, shape, kind in KINDS if name == network and shape.search(where)), None)
        kind = referred_kind(network, kind, parts.path)
    return Source(domain, channel or "referral", network, kind)


@lru_cache(maxsize=50_000)
def registrable(host: str) -> str:
    """`www.shop.co.uk` -> `shop.co.uk`; addresses and single names stay as they are."""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    return SUFFIXES.privatesuffix(host.rstrip(".").lower()) or host


def _look_up(host: str) -> tuple[str | None, str | None]:
    """The most specific line wins: mail.google.com before google.*."""
    labels = host.removeprefix("www.").split(".")
    for start in range(len(labels)):
        found = SOURCES.get(".".join(labels[start:]))
        if found is not None:
            return found
    return SOURCES.get(f"{registrable(host).split('.')[0]}.*", (None, None))
