"""Countries, regions and cities from database files written here, behind real requests through proxies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from collector.config import Geo, Http
from collector.errors import ConfigError
from collector.places import Places
from tests.collector.server import Running, batch

PROXIES = {"HETK_HTTP_TRUSTED_PROXIES": "127.0.0.0/8"}
CITY = {
    "198.51.100.0/24": {
        "country": {"iso_code": "EE", "names": {"en": "Estonia"}},
        "subdivisions": [{"iso_code": "37", "names": {"en": "Harjumaa"}}],
        "city": {"names": {"en": "Tallinn", "et": "Tallinn"}},
    },
    "203.0.113.0/24": {"country": {"iso_code": "IN"}, "subdivisions": [{"names": {"en": "West Bengal"}}]},
    "192.0.2.0/24": {"registered_country": {"iso_code": "US"}},
    "2001:db8::/32": {"country": {"iso_code": "JP"}, "city": {"names": {"en": "Tokyo"}}},
}
FLAT = {
    "198.51.100.0/24": {"country": "EE", "region": "Harjumaa", "city": "Tallinn"},
    "192.0.2.0/24": {"country_code": "US"},
}
EXPECTED = [
    ("198.51.100.7", {"co": "EE", "rg": "37", "ci": "Tallinn", "gs": "ip"}),
    ("203.0.113.9", {"co": "IN", "rg": "West Bengal", "gs": "ip"}),
    ("2001:db8::7", {"co": "JP", "ci": "Tokyo", "gs": "ip"}),
    ("192.0.2.1", {}),  # the country of an owner of addresses is not the visitor's
    ("8.8.8.8", {}),
    ("nonsense", {}),
]


def database(path: Path, records: dict[str, Any], kind: str) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=kind)
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    return database(tmp_path / "city.mmdb", CITY, "GeoLite2-City")


def test_the_visitor_behind_a_trusted_proxy_is_looked_up_and_never_written(place: Path, cities: Path) -> None:
    running = Running(place, PROXIES | {"HETK_GEO_MMDB": str(cities)})
    for address, _ in EXPECTED:
        running.post(batch(running.key), {"X-Forwarded-For": address})
    found = [
        {name: line["m"].get(name) for name in ("co", "rg", "ci", "gs") if name in line["m"]}
        for line in running.lines()
    ]
    assert found == [expected for _, expected in EXPECTED]
    raw = b"".join(path.read_bytes() for path in running.data.journal.iterdir())
    assert not [address for address, _ in EXPECTED if address.encode() in raw]
    assert running.stop() == 0
    assert not [address for address, _ in EXPECTED if address in "".join(running.log)]


def test_a_header_of_the_proxy_names_the_country_first(place: Path, cities: Path) -> None:
    running = Running(place, PROXIES | {"HETK_GEO_MMDB": str(cities)})
    for country in ("DE", "de", "XX", "T1", "Germany", ""):
        running.post(batch(running.key), {"X-Forwarded-For": "198.51.100.7", "CF-IPCountry": country})
    assert [(line["m"]["co"], line["m"]["gs"]) for line in running.lines()] == [
        ("DE", "header"), ("DE", "header"), ("EE", "ip"), ("EE", "ip"), ("EE", "ip"), ("EE", "ip"),
    ]  # fmt: skip
    assert running.stop() == 0


def test_a_stranger_s_headers_say_nothing(place: Path, cities: Path) -> None:
    running = Running(place, {"HETK_GEO_MMDB": str(cities), "HETK_HTTP_TRUSTED_PROXIES": "10.0.0.0/8"})
    running.post(batch(running.key), {"X-Forwarded-For": "198.51.100.7", "CF-IPCountry": "DE"})
    assert "co" not in running.lines()[-1]["m"]
    assert running.stop() == 0


def test_flat_databases_are_read_too(tmp_path: Path) -> None:
    path = database(tmp_path / "flat.mmdb", FLAT, "ipinfo standard_location.mmdb")
    places = Places(Geo(mmdb=str(path)), Http())
    assert places.find("198.51.100.7", {}, False) == ("EE", "Harjumaa", "Tallinn", "ip")
    assert places.find("192.0.2.1", {}, False) == ("US", None, None, "ip")


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"country": 7},
        {"country": {"iso_code": 7}},
        {"city": 3, "country": "EE"},
        {"subdivisions": [], "country": {"iso_code": "EE"}},
        {"subdivisions": ["x"], "country": "EE"},
        {"country": "EE", "city": {"names": ["x"]}},
    ],
)
def test_odd_records_never_fail_a_request(tmp_path: Path, record: dict[str, Any]) -> None:
    path = database(tmp_path / "odd.mmdb", {"198.51.100.0/24": record}, "odd")
    place = Places(Geo(mmdb=str(path)), Http()).find("198.51.100.7", {}, False)
    assert all(value is None or isinstance(value, str) for value in place)


def test_a_file_that_is_no_database_is_named_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "no.mmdb"
    path.write_bytes(b"hello")
    with pytest.raises(ConfigError, match=r"geo\.mmdb.*no\.mmdb"):
        Places(Geo(mmdb=str(path)), Http())
