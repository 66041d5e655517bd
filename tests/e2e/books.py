"""The books of a server: received = stored + duplicate + rejected + pending, exactly."""

from __future__ import annotations

from tests.e2e.server import Server, wait_until

BOOKS = """
  SELECT coalesce(sum(received), 0)::BIGINT AS received, coalesce(sum(stored), 0)::BIGINT AS stored,
    coalesce(sum(duplicate), 0)::BIGINT AS duplicate, coalesce(sum(rejected), 0)::BIGINT AS rejected
  FROM loads WHERE site_id = '{site}'"""


def books(server: Server, site: str) -> dict[str, int]:
    """What the loader has written down for a site; checked against the rows themselves."""
    [book] = server.rows(BOOKS.format(site=site))
    assert book["received"] == book["stored"] + book["duplicate"] + book["rejected"]
    return book


def loaded(server: Server, site: str, received: int) -> dict[str, int]:
    """Waits until nothing is pending any more: everything received is in the books."""
    wait_until(lambda: books(server, site)["received"] >= received, 60, 0.5)
    book = books(server, site)
    [rows] = server.rows(f"SELECT count(*) AS n FROM events WHERE site_id = '{site}'")
    [bad] = server.rows(f"SELECT count(*) AS n FROM events_rejected WHERE site_id = '{site}'")
    assert (rows["n"], bad["n"]) == (book["stored"], book["rejected"])
    assert book["received"] == received
    return book
