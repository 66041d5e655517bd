"""Where a visitor is: an address and headers in; country, region, city and their source out. The address goes
nowhere.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import maxminddb

from collector.config import Geo, Http
from collector.errors import ConfigError

ADDRESSES_CACHED = 4096
_COUNTRY = re.compile(r"[A-Z]{2}")
_UNKNOWN = frozenset({"XX", "T1", "ZZ", "A1", "A2"})


class Place(NamedTuple):
    """`source` is "header" or "ip"; all None when unknown."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
    source: str | None = None


NOWHERE = Place()


class Places:
    """Headers of trusted proxies first, then the database the operator brought, else nothing."""

    def __init__(self, geo: Geo, http: Http, tell: Callable[[str], None] = lambda network: None) -> None:
        """`tell` hears once of a network of private addresses that forwards for others and is not trusted."""
        self._headers = geo.country_headers
        self._database = _open(geo.mmdb) if geo.mmdb else None
        networks = [ipaddress.ip_network(text, strict=False) for text in http.trusted_proxies]
        self._trusted = lru_cache(ADDRESSES_CACHED)(lambda address: _inside(address, networks))
        self._tell: Callable[[str], None] | None = tell

    def client(self, peer: str, headers: Mapping[str, str]) -> tuple[str, bool]:
        """The visitor's address, and whether a trusted proxy spoke for it. Walks X-Forwarded-For from our
        side out.
        """
        if not self._trusted(peer):
            if self._tell and "X-Forwarded-For" in headers:
                self._tell_once(self._tell, peer)
            return peer, False
        address = peer
        forwarded = headers.get("X-Forwarded-For")
        for hop in reversed(forwarded.split(",")) if forwarded else ():
            hop = hop.strip()
            if not _is_address(hop):
                break
            address = hop
            if not self._trusted(hop):
                break
        return address, True

    def _tell_once(self, tell: Callable[[str], None], peer: str) -> None:
        """A proxy in the own network whose visitors would all count as one; a stranger's header is a lie."""
        address = ipaddress.ip_address(peer) if _is_address(peer) else None
        if address is not None and address.is_private:
            self._tell = None
            tell(str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False)))

    def find(self, address: str, headers: Mapping[str, str], from_proxy: bool) -> Place:
        """The place of this request."""
        if from_proxy:
            for name in self._headers:
                country = headers.get(name, "").strip().upper()
                if _COUNTRY.fullmatch(country) and country not in _UNKNOWN:
                    return Place(country, source="header")
        if self._database is None:
            return NOWHERE
        try:
            record: Any = self._database.get(address)
        except ValueError:
            return NOWHERE
        return _place(record) if isinstance(record, dict) else NOWHERE


def _open(path: str) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (maxminddb.InvalidDatabaseError, OSError) as error:
        raise ConfigError(f"geo.mmdb: {path} cannot be read as a MaxMind database: {error}") from None


def _place(record: dict[str, Any]) -> Place:
    """A record of a country or city database (GeoLite2, DB-IP; the flat one of IPinfo)."""
    country = _text(record.get("country"), "iso_code") or _text(record.get("country_code"))
    if country is None:
        return NOWHERE
    regions = record.get("subdivisions")
    region = regions[0] if isinstance(regions, list) and regions else record.get("region")
    return Place(country, _text(region, "iso_code"), _text(record.get("city")), "ip")


def _text(value: Any, field: str = "") -> str | None:
    """A text itself, or the object's field, or its English name."""
    if isinstance(value, dict):
        names = value.get("names")
        value = value.get(field) or (names.get("en") if isinstance(names, dict) else None)
    return value if isinstance(value, str) and value else None


@lru_cache(ADDRESSES_CACHED)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _inside(address: str, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in networks)
