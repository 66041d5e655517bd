from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from collector.datadir import DataDir
from tests.e2e.people import sign_in
from tests.e2e.server import Server
from tests.warehouse.console.world import make_lake


@pytest.fixture(scope="package")
def lake(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    return make_lake(tmp_path_factory.mktemp("console") / "data")


@pytest.fixture(scope="package")
def server(lake: DataDir) -> Iterator[Server]:
    with Server(lake.root) as running:
        yield running


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


_cookies: dict[Server, str] = {}


def cookie(server: Server) -> str:
    """Of an admin, the same for all tests of one server."""
    if server not in _cookies:
        _cookies[server] = sign_in(server)
    return _cookies[server]


def ask(server: Server, path: str, body: object = None, **headers: str) -> Reply:
    """One request to the private port, by an admin unless Cookie says otherwise; `headers` with _ for -."""
    sent = {"Cookie": cookie(server)} if "Cookie" not in headers else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items() if value}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        sent.setdefault("Content-Type", "application/json")
    request = urllib.request.Request(f"{server.private_url}{path}", data=data, headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Reply(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        return Reply(error.code, dict(error.headers), error.read())
