"""Real Chromiums of two people: the first link, an invited viewer, a role that grows, a person who is removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import PASSWORD, printed_link
from tests.e2e.server import Server
from tests.e2e.test_browser_console import pytestmark as needs_chromium
from tests.e2e.test_browser_console import tab, violations

pytestmark = [*needs_chromium, pytest.mark.long]
NAME = "<img src=x onerror=alert(1)>"
REFUSED = "net::ERR_ABORTED|status of 4(00|01|03|10)"  # browsers log what servers refuse


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server without accounts, and the link that it printed."""
    with Server(tmp_path_factory.mktemp("people") / "data") as server:
        server.add_site("shop")
        yield server, f"{server.private_url}/console/setup#{printed_link(server)}"


def choose(page: Page, link: str, name: str = "") -> None:
    """A password, and a name where the link has none."""
    page.goto(link)
    if name:
        page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Let me in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_one_is_in(
    fresh: tuple[Server, str], scheme: Literal["light", "dark"]
) -> None:
    server, link = fresh
    with tab(color_scheme=scheme, bypass_csp=True, expected=REFUSED) as page:
        for where in (link, f"{server.private_url}/console/", f"{server.private_url}/console/setup#wrong"):
            page.goto(where)
            page.reload()  # an address that differs behind # is not loaded anew
            expect(page.locator(".door h1")).to_be_visible()
            assert violations(page) == []


def test_people_come_and_go(fresh: tuple[Server, str]) -> None:
    server, link = fresh
    console = f"{server.private_url}/console"
    with tab(expected=REFUSED) as admin:
        admin.goto(f"{console}/moments?site=shop")
        expect(admin.get_by_text("hetk user link")).to_be_visible()
        choose(admin, link, NAME)
        assert admin.url == f"{console}/"
        admin.goto(link)
        admin.reload()
        expect(admin.get_by_role("alert")).to_contain_text("used already")
        admin.goto(f"{console}/people")
        admin.get_by_label("Name", exact=True).fill("Vera")
        admin.get_by_role("button", name="Add", exact=True).click()
        invited = admin.get_by_role("status").locator("pre").inner_text()
        assert admin.context.browser
        vera = admin.context.browser.new_context(locale="en-IN").new_page()
        choose(vera, invited)
        pages = vera.get_by_role("navigation")
        expect(pages.get_by_role("link", name="Questions")).to_be_visible()
        expect(pages.get_by_role("link", name="SQL")).to_have_count(0)
        expect(pages.get_by_role("link", name="People")).to_have_count(0)
        admin.get_by_role("combobox", name="Role: Vera").select_option("analyst")
        done = admin.get_by_role("region", name="What was done")
        expect(done).to_contain_text("changed the role: Vera (analyst)")
        vera.reload()
        expect(pages.get_by_role("link", name="SQL")).to_be_visible()
        entry = admin.get_by_role("listitem").filter(has_text="Vera")
        entry.get_by_role("button", name="Remove").click()
        entry.get_by_role("button", name="Really remove").click()
        expect(entry).to_have_count(0)
        expect(done).to_contain_text("removed Vera")
        expect(vera.get_by_role("heading", name="Sign in")).to_be_visible()  # by itself: its stream has ended
        vera.get_by_label("Name", exact=True).fill("Vera")
        vera.get_by_label("Password", exact=True).fill(PASSWORD)
        vera.get_by_role("button", name="Sign in").click()
        expect(vera.get_by_role("alert")).to_contain_text("do not belong together")
        out_and_in(admin)


def out_and_in(page: Page) -> None:
    """The session ends, and another begins by name and password."""
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name=f"Your account: {NAME}")).to_be_visible()


def test_a_demo_says_that_it_asks_for_no_login(tmp_path: Path) -> None:
    with Server(tmp_path / "data", "--demo") as server, tab() as page:
        while "/console/" not in (line := server.lines.get(timeout=30)):
            pass
        assert "without a login" in line
        page.goto(f"{server.private_url}/console/?site=demo")
        expect(page.get_by_text("A demo without a login")).to_be_visible()
        expect(page.get_by_role("link", name="SQL")).to_be_visible()
        expect(page.get_by_role("link", name="People")).to_have_count(0)
