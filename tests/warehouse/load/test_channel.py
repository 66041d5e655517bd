"""Where a visit comes from: the registrable domain of a referrer."""

import pytest

from warehouse.load.channel import registrable


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.shop.co.uk", "shop.co.uk"),
        ("Shop.Example.", "shop.example"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_registrable_domain_keeps_addresses_and_single_names(host: str, domain: str) -> None:
    assert registrable(host) == domain
