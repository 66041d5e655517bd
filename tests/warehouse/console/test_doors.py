"""The console's doors over a real server: what they answer, to whom, and with which headers."""

from __future__ import annotations

import gzip
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.people import sign_in
from tests.e2e.server import Server, hetk, wait_until
from tests.warehouse.console.conftest import ask, cookie
from warehouse.console.static_files import read_all

TILES = "/console/api/tiles?site=shop&range=7d&names="
FIRST_PAGE_BYTES_MAX = 60_000


def test_pages_and_files(server: Server) -> None:
    page = ask(server, "/console/")
    assert page.status == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert ask(server, "/console/moments").body == page.body
    for name in re.findall(r'/console/static/([^"]+)', page.body.decode()):
        file = ask(server, f"/console/static/{name}", Accept_Encoding="gzip")
        assert (file.status, file.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        body = gzip.decompress(file.body) if file.headers.get("Content-Encoding") == "gzip" else file.body
        assert body == read_all()[name].body
    assert ask(server, "/console/static/../app.py").status == 404
    assert ask(server, "/console/static/none.js").status == 404
    assert ask(server, "/console/", If_None_Match=page.headers["ETag"]).status == 304


def test_the_first_page_is_small() -> None:
    files = read_all()
    first = ["index.html", *re.findall(r'/console/static/([^"]+)', files["index.html"].body.decode())]
    script = next(name for name in first if name.startswith("app") and name.endswith(".js"))
    first += re.findall(r'^import[^;]*?"\./([^"]+)"', files[script].body.decode())
    largest = max(
        len(files[name].zipped or files[name].body) for name in files if re.match(r"(hi|bn|et)-", name)
    )
    assert sum(len(files[name].zipped or files[name].body) for name in first) + largest < FIRST_PAGE_BYTES_MAX


def test_tiles_answer_with_their_sql_and_a_tag(server: Server) -> None:
    found = ask(server, f"{TILES}visits,channels,changes")
    assert found.status == 200
    tile = found.json["tiles"]["channels"]
    assert tile["columns"] == ["name", "visitors", "visits", "bought"]
    assert tile["filter"] == "channel"
    assert server.rows(tile["sql"]) == [dict(zip(tile["columns"], row, strict=True)) for row in tile["rows"]]
    assert isinstance(found.json["changes"], list)
    again = ask(server, f"{TILES}visits,channels,changes", If_None_Match=found.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


def test_start_names_the_sites_and_their_days_are_told(server: Server) -> None:
    server.add_site("fresh")
    found = ask(server, "/console/api/start").json
    assert [site["name"] for site in found["sites"]] == ["fresh", "shop"]
    assert ask(server, "/console/api/days?site=fresh").json == {"first": None, "last": None}
    days = ask(server, "/console/api/days?site=shop").json
    # Of all days, those that no page has asked for too.
    (span,) = server.rows("SELECT CAST(min(ts) AS DATE) AS first, CAST(max(ts) AS DATE) AS last FROM ev")
    assert days == span
    assert days["first"] < days["last"]


def test_a_story_tells_what_was_decided_and_why(server: Server) -> None:
    query = "SELECT session_id, decision_id FROM ev_sessions WHERE event = 'decision_dismissed' ORDER BY ts LIMIT 1"
    (one,) = server.rows(query)
    (visit,) = ask(server, f"/console/api/story?site=shop&id={one['session_id']}").json["stories"]
    steps = [*visit["between"], *(step for moment in visit["moments"] for step in moment["steps"])]
    (dismissed,) = [step for step in steps if step["event"] == "decision_dismissed"][:1]
    (row,) = server.rows(f"SELECT action, why FROM decided WHERE decision_id = '{one['decision_id']}'")
    assert dismissed["how"] == "not_useful"
    assert dismissed["decision"]["chosen"] is True
    assert (dismissed["decision"]["action"], dismissed["decision"]["why"]) == (row["action"], row["why"])
    assert dismissed["decision"]["reasons"] == [["pot-size", "no:page_type"]]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{TILES}nothing", "visits"),
        (TILES, "names"),
        ("/console/api/tiles?names=visits", "site="),
        (f"{TILES}visits&range=7d&range=x", "today"),
    ],
)
def test_says_what_to_change(server: Server, path: str, words: str) -> None:
    found = ask(server, path)
    assert found.status == 400
    assert words in found.json["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "no-cors"},
    ],
    ids=str,
)
def test_another_site_in_the_same_browser_gets_nothing(server: Server, headers: dict[str, str]) -> None:
    assert ask(server, "/console/api/start", **headers).status == 403


def test_a_link_from_elsewhere_leads_in(server: Server) -> None:
    assert ask(server, "/console/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate").status == 200


def open_stream(server: Server, site: str, by: str = "") -> Any:
    headers = {"Cookie": by or cookie(server)}
    request = urllib.request.Request(f"{server.private_url}/console/api/live?site={site}", headers=headers)
    return urllib.request.urlopen(request, timeout=30)


def test_what_happens_is_streamed(server: Server) -> None:
    """An event goes in by the public door and comes out of the stream, by the visitor's own words."""
    key = server.add_site("live")
    stream = open_stream(server, "live")
    assert stream.headers["Content-Type"] == "text/event-stream"
    event = {
        "event": "search",
        "props": {"search_term": "green kettle"},
        "id": "01a22cac-b5e4-7c48-bf86-8a1e5356c1d7",
    }
    body = {
        "v": 1,
        "key": key,
        "ctx": {"url": "https://live.example/"},
        "events": [event | {"t": 0, "seq": 0}],
    }

    def send() -> None:
        import time

        now = time.time_ns() // 1_000_000
        body["sent"] = now
        event_now = event | {"t": now, "seq": 0}
        body["events"] = [event_now]
        headers = {
            "Content-Type": "text/plain",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        }
        request = urllib.request.Request(
            f"{server.url}/v1/events", data=json.dumps(body).encode(), headers=headers
        )
        assert urllib.request.urlopen(request, timeout=10).status in {200, 202, 204}

    send()

    def seen() -> list[str]:
        line = stream.readline()
        now = json.loads(line[6:])["now"] if line.startswith(b"data: ") else None
        return [one["query"] for one in now["searches"]] if now else []

    assert wait_until(seen, every=0) == ["green kettle"]
    stream.close()


def test_a_stream_ends_with_the_right_to_look(server: Server) -> None:
    one = sign_in(server, "viewer", "for a moment")
    stream = open_stream(server, "shop", one)
    assert stream.readline().startswith(b"data: ")
    hetk("user", "remove", "for a moment", "--data", server.data)
    while stream.readline():
        pass
    assert ask(server, "/console/api/days?site=shop", Cookie=one).status == 401


@pytest.mark.long
def test_the_server_stops_while_pages_look(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        stream = open_stream(server, "x")
        assert stream.readline().startswith(b"data: ")
        code, _ = server.stop()
        assert code == 0
        stream.close()
