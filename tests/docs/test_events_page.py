"""docs/events.md: every example is sent to a running server, every query is run on what arrived."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.server import ROOT, Server, wait_until

PAGE = (ROOT / "docs" / "events.md").read_text("utf-8")
EXAMPLE = re.compile(r"`POST (/v1/\w+)`\n```json\n(.*?)```", re.S)
QUERY = re.compile(r"```sql\n(.*?)```", re.S)


def send(url: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    if "key" in body:
        body["key"] = key
    headers = {"Authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


@pytest.mark.long
def test_every_example_is_accepted_and_every_query_finds_it(tmp_path: Path) -> None:
    examples, queries = EXAMPLE.findall(PAGE), QUERY.findall(PAGE)
    assert len(examples) >= 8
    assert len(queries) >= 6
    with Server(tmp_path / "data") as server:
        server.add_site("shop")
        key, sent = server.server_key("shop"), 0
        wait_until(lambda: known(server, key), 10, 0.2)
        for door, text in examples:
            body = json.loads(text)
            told = send(server.url + door, key, body)
            assert told == {"accepted": len(body.get("events", [1])), "rejected": []}, text
            sent += told["accepted"]
        count = "SELECT count(*) AS n FROM events WHERE event <> 'hello'"
        wait_until(lambda: server.rows(count)[0]["n"] == sent, 30, 0.5)
        for query in queries:
            rows = server.rows(query)
            assert rows, query
            assert None not in rows[0].values(), (query, rows)


def known(server: Server, key: str) -> bool:
    """Workers follow sites.json twice a second."""
    try:
        return bool(send(server.url + "/v1/track", key, {"event": "hello"})["accepted"])
    except urllib.error.HTTPError as error:
        error.close()
        return False
