"""The built SDK in a real Chromium against a real server 400 ms away: pages close, the browser is killed, the
line is cut. Every event the page recorded is one row, and the books add up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.e2e.books import books
from tests.e2e.delay import Delay
from tests.e2e.server import Server, wait_until
from tests.e2e.test_books import metrics, of_site
from tests.e2e.test_browser_shop import AGENT, CHROMIUM, FLAGS

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: sudo apt install chromium"),
]
EVENTS = 15  # under a batch of 20: nothing leaves before the page is told to
KEPT = """([key, name]) => new Promise(ok => { indexedDB.open('hetk:' + key).onsuccess = e => {
  const db = e.target.result;
  db.transaction('q').objectStore('q').getAll().onsuccess = found => {
    db.close();
    ok(found.target.result.filter(({ ev }) => JSON.parse(ev).props?.mark?.startsWith(name)).length);
  };
} })"""


@pytest.fixture
def page_url() -> Iterator[str]:
    """Any site: `/KEY/PORT` is a page with the snippet of that key from the collector on that port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tag = ""
            if self.path.count("/") == 2:
                _, key, port = self.path.split("/")
                tag = f'<script async src="http://127.0.0.1:{port}/hetk.js" data-key="{key}"></script>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>page</title>{tag}".encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Visitor:
    """One person with one browser profile, whose browser may die; `sent` marks all events of their pages."""

    def __init__(self, playwright: Playwright, profile: Path, url: str) -> None:
        self._playwright, self._profile, self._url = playwright, profile, url
        self.sent: list[str] = []
        self._browser: BrowserContext | None = None

    def open(self) -> Page:
        if self._browser is None:
            self._browser = self._playwright.chromium.launch_persistent_context(
                str(self._profile),
                executable_path=CHROMIUM,
                args=[*FLAGS.split(), "--disable-blink-features=AutomationControlled"],
                ignore_default_args=["--enable-automation"],
                user_agent=AGENT,
            )
        page = self._browser.new_page()
        page.goto(self._url)
        page.wait_for_function("window.hetk && hetk.s")
        return page

    def track(self, page: Page, name: str) -> None:
        marks = [f"{name} {number}" for number in range(EVENTS)]
        page.evaluate("marks => marks.forEach(mark => hetk('track', 'marked', { mark }))", marks)
        self.sent += marks

    def close(self) -> None:
        if self._browser:
            self._browser.close()
        self._browser = None

    def kill(self) -> None:
        """SIGKILL of every process of this browser."""
        assert self._browser
        found = subprocess.run(
            ["pgrep", "-f", f"user-data-dir={self._profile}"], capture_output=True, text=True, check=True
        )
        # No close() after this: asked while the driver hears of the death, it may fail.
        with self._browser.expect_event("close"):
            for pid in found.stdout.split():
                with suppress(ProcessLookupError):  # gone with its parent
                    os.kill(int(pid), signal.SIGKILL)
        self._browser = None


def test_what_a_page_recorded_is_in_the_lake_exactly_once_whatever_became_of_the_page(
    tmp_path: Path, page_url: str
) -> None:
    with (
        Server(tmp_path / "data") as server,
        Delay(server.port, 400) as line,
        sync_playwright() as playwright,
    ):
        key = server.add_site("shop")
        visitor = Visitor(playwright, tmp_path / "profile", f"{page_url}/{key}/{line.port}")
        page = visitor.open()
        page.evaluate("hetk('consent', { analytics: true })")
        wait_until(lambda: stored(server, "consent_changed"))
        visitor.close()  # an answer a few seconds old is on disk only once the browser has closed

        for how in ("closed", "left", "killed", "cut and mended", "cut, closed, mended"):
            page = visitor.open()
            if how.startswith("cut"):
                line.cut()
            visitor.track(page, how)
            if how not in ("closed", "left"):
                # Only the journal is left of these, and a busy browser opens it later than a page begins.
                wait_until(lambda page=page, how=how: page.evaluate(KEPT, [key, how]) == EVENTS)
            if how == "closed":
                page.close()
            elif how == "left":
                page.goto("about:blank")
            elif how == "killed":
                visitor.kill()
            elif how == "cut and mended":
                page.wait_for_timeout(2000)
                line.mend()
            else:
                visitor.close()
                line.mend()
        visitor.open()

        wait_until(lambda: stored(server, "marked") >= len(visitor.sent), 60)
        visitor.close()
        wait_until(lambda: of_site(metrics(server), "hetk_events_pending", "shop") == 0)
        rows = server.rows("SELECT props.mark::VARCHAR AS mark FROM events WHERE event = 'marked'")
        assert sorted(row["mark"].strip('"') for row in rows) == sorted(visitor.sent)
        book = books(server, "shop")
        figures = metrics(server)
        assert book["rejected"] == 0
        assert of_site(figures, "hetk_events_received_total", "shop") == book["received"]
        assert (
            server.rows("SELECT count(*) AS n FROM events WHERE site_id = 'shop'")[0]["n"] == book["stored"]
        )


def stored(server: Server, event: str) -> int:
    return int(server.rows(f"SELECT count(*) AS n FROM events WHERE event = '{event}'")[0]["n"])
