"""A web server's combined log in, page views, downloads and errors out; no address leaves this module.

host ident user [17/May/2015:10:05:03 +0000] "GET /p HTTP/1.1" 200 203023 "referrer" "user agent"
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qs, urlsplit

COLUMNS = ("ts", "event", "visitor", "url", "ref", "user_agent", "search_term", "status", "method", "bytes")
LINE = re.compile(
    r'(?P<host>\S+) \S+ (?P<user>.*?) \[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)"'
    r' (?P<status>\d{3}|-) (?P<bytes>\d+|-)(?: "(?P<ref>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
# Parts of a page, not pages: custom event `request`, so that page views are what a person looked at.
PARTS = re.compile(
    r"\.(css|js|mjs|map|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|eot|otf|swf|xml|rss|atom|json|txt)$",
    re.I,
)
DOWNLOADS = re.compile(
    r"\.(pdf|zip|gz|tgz|bz2|xz|tar|rar|7z|exe|msi|dmg|deb|rpm|iso|jar|apk|epub|docx?|xlsx?|pptx?|csv)$", re.I
)
# Search engines say the words in one of these keys (those that still do).
SEARCH_HOSTS = re.compile(
    r"(^|\.)(google|bing|duckduckgo|yahoo|baidu|yandex|ecosia|qwant|ask|aol|naver|seznam)\."
)
SEARCH_KEYS = ("q", "p", "query", "text", "wd", "word")


def _open(path: Path) -> TextIO:
    """A log is bytes of any kind: what is not UTF-8 is replaced, never fatal."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace", newline="\n")


def count(path: Path) -> int:
    with _open(path) as lines:
        return sum(1 for _ in lines)


def rows(path: Path, secret: str, first: int) -> Iterator[Sequence[Any]]:
    key = blake2b(secret.encode(), digest_size=32).digest()
    with _open(path) as lines:
        for line in islice(lines, first, None):
            yield _row(line, key)


def _row(line: str, key: bytes) -> Sequence[Any]:
    """A line that is none has no time: the mapper counts it as bad_time."""
    match = LINE.match(line)
    if match is None:
        return (f"line {line[:40]!r}", "request", *([None] * (len(COLUMNS) - 2)))
    time = datetime.strptime(match["time"], "%d/%b/%Y:%H:%M:%S %z")
    method, _, rest = match["request"].partition(" ")
    url = rest.rpartition(" ")[0] or rest
    status = int(match["status"]) if match["status"].isdigit() else None
    ref, agent = (_given(match[name]) for name in ("ref", "agent"))
    visitor = _visitor(key, match["host"], agent or "", time)
    size = int(match["bytes"]) if match["bytes"].isdigit() else None
    return (
        time,
        _event(method, url, status),
        visitor,
        url,
        ref,
        agent,
        search_term(ref),
        status,
        method,
        size,
    )


def _given(text: str | None) -> str | None:
    return None if text in (None, "", "-") else text


def _event(method: str, url: str, status: int | None) -> str:
    if status is not None and status >= 400:
        return "error"
    path = url.partition("?")[0].partition("#")[0]
    if method != "GET" or PARTS.search(path):
        return "request"
    return "download" if DOWNLOADS.search(path) else "page_view"


def search_term(ref: str | None) -> str | None:
    """The words a person typed into a search engine, where its referrer still tells."""
    if ref is None:
        return None
    try:
        parts = urlsplit(ref)
        if not SEARCH_HOSTS.search(parts.hostname or ""):
            return None
        query = parse_qs(parts.query) or parse_qs(parts.fragment)
    except ValueError:  # a referrer is whatever a client chose to send
        return None
    return next((query[key][0].strip() for key in SEARCH_KEYS if key in query), None) or None


def _visitor(key: bytes, host: str, agent: str, time: datetime) -> str:
    """As the collector does without consent: a keyed hash of a day, the address and the user agent."""
    said = f"{time:%Y-%m-%d}|{host}|{agent}".encode(errors="replace")
    return blake2b(said, key=key, digest_size=16).hexdigest()
