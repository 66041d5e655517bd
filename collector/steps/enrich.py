"""What must never be stored raw is reduced here: address and user agent in; id, device, bot, place and law
out.

A back end speaks for other people: its own address and user agent say nothing about them.
"""

from __future__ import annotations

from collector.behaviour import contradiction, is_ipad
from collector.delivery import Delivery, Tools
from collector.jurisdictions import jurisdiction_of

VISITOR_AGENT = "X-Hetk-User-Agent"  # a header, because the body is written down as it came


def put_cookieless_id(delivery: Delivery, tools: Tools) -> None:
    """A hash that changes its salt each day, where the device gave no id of its own and nobody said no."""
    context = delivery.batch.ctx
    denied = context.consent is not None and context.consent.analytics is False
    if delivery.kind != "write" or denied or context.mode in ("first_party", "user"):
        return
    agent = delivery.headers.get("User-Agent", "")
    meta = delivery.meta
    meta.v, meta.v2 = tools.salts.ids(delivery.received_us, delivery.site.name, delivery.address, agent)


def put_device(delivery: Delivery, tools: Tools) -> None:
    """Device, system, browser, and why it is a bot; a back end may pass its visitor's user agent on."""
    if delivery.kind == "write":
        agent = delivery.headers.get("User-Agent", "")
    elif VISITOR_AGENT in delivery.headers:
        agent = delivery.headers[VISITOR_AGENT]
    else:
        return
    meta = delivery.meta
    meta.d, meta.o, meta.w, bot = tools.agents.read(agent)
    if delivery.kind == "write":
        bot = bot or contradiction(delivery, tools.config.bots)
        if is_ipad(meta.d, meta.o, delivery.batch.ctx):
            meta.d, meta.o = "tablet", "iOS"
    settings = tools.config.bots
    if bot and settings.label and bot not in settings.accepted:
        meta.d, meta.bot = "bot", bot


def put_place(delivery: Delivery, tools: Tools) -> None:
    """Country, region and city, as far as a header or database knows."""
    if delivery.kind != "write":
        return
    place = tools.places.find(delivery.address, delivery.headers, delivery.from_proxy)
    meta = delivery.meta
    meta.co, meta.rg, meta.ci, meta.gs = place


def put_jurisdiction(delivery: Delivery, tools: Tools) -> None:
    """Whose law holds; unknown without a country."""
    delivery.meta.j = jurisdiction_of(delivery.meta.co)
