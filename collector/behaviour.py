"""What a batch says of itself, held against its user agent: a delivery in, the reason no person made it
out. One batch is all that is looked at.
"""

from __future__ import annotations

from collector.config import Bots
from collector.delivery import Delivery
from collector.event import Context, Event

# Sec-CH-UA-Platform: systems of the user agent that cannot be true beside it. A browser that is asked for the
# desktop's page changes both.
_HINTS = {
    "Windows": ("Macintosh", "X11", "Android", "iPhone"),
    "macOS": ("Windows NT", "X11", "Android", "iPhone"),
}
_IPAD_WIDTHS = range(740, 1041)


def contradiction(delivery: Delivery, settings: Bots) -> str | None:
    """A reason, or None; only for batches that browsers send themselves."""
    if not settings.behaviour:
        return None
    headers, batch = delivery.headers, delivery.batch
    if "Headless" in headers.get("Sec-CH-UA", ""):
        return "headless"
    screen = batch.ctx.screen
    if screen is not None and (screen[0] <= 0 or screen[1] <= 0):
        return "impossible_device"
    if (platform := headers.get("Sec-CH-UA-Platform")) is not None:
        agent = headers.get("User-Agent", "")
        if any(system in agent for system in _HINTS.get(platform.strip('"'), ())):
            return "impossible_device"
    if len(batch.events) > settings.events_per_second_max and too_fast(batch.events, settings):
        return "impossible_speed"
    return None


def too_fast(events: list[Event], settings: Bots) -> bool:
    """More events within any second of the sender's clock than one browser can have."""
    times = sorted(event.t for event in events if event.visitor is None)
    most = settings.events_per_second_max
    return any(last - first < 1000 for first, last in zip(times, times[most:], strict=False))


def is_ipad(device: str | None, system: str | None, context: Context) -> bool:
    """iPads say they are Macs; no Mac has their screen, which is upright whichever way it is held."""
    if device != "desktop" or system != "macOS" or context.screen is None:
        return False
    width, height = context.screen
    return width in _IPAD_WIDTHS and width < height <= 1400 and context.dpr == 2
