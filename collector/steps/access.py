"""Who may deliver: the key gives the site, the page's origin must be one of the site's, nobody may be too
fast.
"""

from __future__ import annotations

from collector.delivery import Delivery, Tools
from collector.errors import Refused, SitesError
from collector.sites import origin_of


def put_site(delivery: Delivery, tools: Tools) -> None:
    """The site of the key. Raises Refused 401."""
    found = tools.sites.by_key(delivery.key, delivery.received_us // 1000)
    if found is None:
        raise Refused(
            401,
            "unknown_key",
            "this key is unknown, revoked or rotated away; `hetk site list` shows the sites",
        )
    delivery.site, delivery.kind = found
    delivery.meta.a = found[1]


def drop_foreign_origin(delivery: Delivery, tools: Tools) -> None:
    """Pages of other people may not use the site's key. Raises Refused 403."""
    origin = delivery.headers.get("Origin")
    allowed = delivery.site.origins
    if not allowed or not origin or origin in allowed:
        return
    try:
        if origin_of(origin) in allowed:
            return
    except SitesError:
        pass  # "null" and nonsense are no origin of anybody
    raise Refused(
        403,
        "foreign_origin",
        "this page's origin is not registered for the key; `hetk site origin NAME URL` registers it",
    )


def drop_stranger_history(delivery: Delivery, tools: Tools) -> None:
    """Original times are kept for server keys only: with a public key anybody could rewrite the past. Raises
    Refused 403.
    """
    if delivery.batch.history and delivery.kind != "server":
        raise Refused(
            403,
            "server_key_needed",
            "history needs a server key; make one with `hetk site key NAME --server`",
        )


def drop_too_fast(delivery: Delivery, tools: Tools) -> None:
    """Raises Refused 429 above the limits of [rates]."""
    address = delivery.address if delivery.kind == "write" else None
    over = tools.rates.too_fast(delivery.received_us, address, delivery.key, delivery.parsed.received)
    if over:
        raise Refused(
            429,
            "too_fast",
            f"more than {over} allows: wait and send again, in larger batches",
            {"Retry-After": "1"},
        )
