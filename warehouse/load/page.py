"""A page's address and its referrer in; host, path, allowed query, campaign, channel, network out."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec

from warehouse.load.channel import Campaign, Source, channel_of, source_of
from warehouse.load.mask import mask_text
from warehouse.load.social import PERSONAL, tagged_kind
from warehouse.load.tables import lines

URL_KEYS = frozenset(key for (key,) in lines("url_keys.tsv", 1))
CLICK_IDS = {key.lower(): kind for key, kind, _ in lines("click_ids.tsv", 3)}


class Page(msgspec.Struct):
    """The columns of events that follow from the address and the referrer alone."""

    url: str
    ref: str
    url_host: str | None = None
    url_path: str | None = None
    url_query: str | None = None
    referrer_domain: str | None = None
    channel: str | None = None
    social_network: str | None = None
    social_kind: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    click_id_type: str | None = None


@lru_cache(maxsize=50_000)
def read_page(url: str, ref: str) -> Page:
    """Never raises: an address that is none leaves its columns empty."""
    page = Page(url, ref)
    query = _read_address(page, url)
    click_id = next((kind for key, kind in CLICK_IDS.items() if key in query), None)
    page.click_id_type = click_id
    source = source_of(ref, page.url_host)
    campaign = Campaign(page.utm_source, page.utm_medium, page.utm_campaign, click_id)
    page.referrer_domain = source.domain
    if url or ref:
        page.channel = channel_of(campaign, source)
    _put_social(page, source, campaign)
    return page


def _put_social(page: Page, source: Source, campaign: Campaign) -> None:
    network = source.network or campaign.network()
    tagged = tagged_kind(page.utm_content, page.utm_medium)
    if tagged == "friend" and page.channel in ("messaging", "organic_social", "referral", "other"):
        page.social_kind = tagged
    if network is None or page.channel not in ("organic_social", "paid_social", "messaging"):
        return
    page.social_network = network
    page.social_kind = tagged or source.kind
    if page.social_kind is None and network in PERSONAL and not (campaign.source or campaign.medium):
        page.social_kind = "friend"


def _read_address(page: Page, url: str) -> dict[str, str]:
    """Fills host, path, query and utm_*; returns every query pair by lower-case key."""
    try:
        parts = urlsplit(url.strip())
        page.url_host = parts.hostname
    except ValueError:
        return {}
    if not url:
        return {}
    page.url_path = mask_text(unquote(parts.path)) or "/"
    # Hash routers keep their path behind the #.
    if parts.fragment.startswith(("/", "!/")):
        page.url_path += "#" + mask_text(unquote(parts.fragment.split("?")[0]))
    pairs = [(key.lower(), value) for key, value in parse_qsl(parts.query, max_num_fields=None)]
    query = dict(reversed(pairs))
    for name in ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"):
        if query.get(name):
            setattr(page, name, mask_text(query[name]))
    kept = [(key, mask_text(value)) for key, value in pairs if key in URL_KEYS]
    page.url_query = urlencode(kept) or None
    return query
