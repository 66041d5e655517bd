"""An address or key in, whether it asks too often out. Counts of one second, then forgotten."""

from __future__ import annotations

from collector.config import Rates as Limits


class Rates:
    """Fixed windows of one second: nothing to tune, and memory bounded by the requests of a second."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._any = any(
            getattr(limits, name) for name in limits.__struct_fields__ if name.endswith("_per_second")
        )
        self._second = 0
        self._requests: dict[str, int] = {}
        self._events: dict[str, int] = {}

    def too_fast(self, now_us: int, address: str | None, key: str, events: int) -> str | None:
        """Counts this request; the setting that is exceeded, or None. No `address`: a server key."""
        if not self._any or self._is_exempt(address):
            return None
        second = now_us // 1_000_000
        if second != self._second:
            self._second = second
            self._requests.clear()
            self._events.clear()
        limits = self._limits
        over = self._over(key, events, limits.key_requests_per_second, limits.key_events_per_second)
        if over:
            return f"rates.key_{over}"
        if address is None:
            return None
        over = self._over(
            address, events, limits.address_requests_per_second, limits.address_events_per_second
        )
        return f"rates.address_{over}" if over else None

    def _is_exempt(self, address: str | None) -> bool:
        if address is None:
            return self._limits.exempt_server_keys
        return self._limits.exempt_loopback and (address.startswith("127.") or address == "::1")

    def _over(self, who: str, events: int, requests_max: int, events_max: int) -> str | None:
        requests = self._requests[who] = self._requests.get(who, 0) + 1
        if requests_max and requests > requests_max:
            return "requests_per_second"
        before = self._events.get(who, 0)
        if events_max and before and before + events > events_max:
            return "events_per_second"
        self._events[who] = before + events
        return None
