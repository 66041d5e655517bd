"""Web log lines become page views, downloads, errors and requests, without addresses and user agents."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from warehouse.replay import weblog

LINE = (
    '83.149.9.216 - - [17/May/2015:10:05:03 +0200] "{request}" {status} 203 "{ref}" "Mozilla/5.0 (\\"q\\")"\n'
)


def read(tmp_path: Path, *lines: str, secret: str = "sk") -> list[dict[str, Any]]:
    path = tmp_path / "access.log.gz"
    path.write_bytes(gzip.compress("".join(lines).encode()))
    assert weblog.count(path) == len(lines)
    return [dict(zip(weblog.COLUMNS, row, strict=True)) for row in weblog.rows(path, secret, 0)]


@pytest.mark.parametrize(
    ("request_line", "status", "event"),
    [
        ("GET /a.html?x=1 HTTP/1.1", 200, "page_view"),
        ("GET / HTTP/1.0", 304, "page_view"),
        ("GET /x.PNG HTTP/1.1", 200, "request"),
        ("GET /price.pdf HTTP/1.1", 200, "download"),
        ("POST /login HTTP/1.1", 200, "request"),
        ("GET /gone HTTP/1.1", 404, "error"),
        ("\\x16\\x03", 400, "error"),
    ],
)
def test_names_what_happened(tmp_path: Path, request_line: str, status: int, event: str) -> None:
    [row] = read(tmp_path, LINE.format(request=request_line, status=status, ref="-"))
    assert row["event"] == event
    assert row["ref"] is None
    assert row["ts"].timestamp() == 1431849903


@pytest.mark.parametrize(
    ("ref", "term"),
    [
        ("http://www.google.com/search?q=buy+red+shoes&hl=en", "buy red shoes"),
        ("https://search.yahoo.com/search?p=%E0%A4%9C%E0%A5%82%E0%A4%A4%E0%A5%87", "जूते"),
        ("http://www.google.de/#q=fahrrad", "fahrrad"),
        ("https://www.google.com/", None),
        ("https://shop.example/search?q=mine", None),
        ("http://[broken", None),
    ],
)
def test_finds_search_terms_in_referrers(tmp_path: Path, ref: str, term: str | None) -> None:
    [row] = read(tmp_path, LINE.format(request="GET / HTTP/1.1", status=200, ref=ref))
    assert row["search_term"] == term


def test_visitors_are_hashes_that_nobody_without_the_key_can_repeat(tmp_path: Path) -> None:
    line = LINE.format(request="GET / HTTP/1.1", status=200, ref="-")
    [row], [other] = read(tmp_path, line), read(tmp_path, line, secret="another")
    assert row["visitor"] != other["visitor"]
    assert "83.149" not in str({name: value for name, value in row.items() if name != "user_agent"})


def test_a_line_that_is_none_stays_countable(tmp_path: Path) -> None:
    [row] = read(tmp_path, "what is this\n")
    assert row["event"] == "request"
    assert isinstance(row["ts"], str)
