from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collector.server import Running


@pytest.fixture(scope="module", params=["true", "false"], ids=["fast", "plain"])
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Running]:
    """One server for a module's tests, with the fast path and without; each looks at what it added to the
    journal.
    """
    running = Running(tmp_path_factory.mktemp("data"), {"HETK_HTTP_FAST_PATH": request.param})
    yield running
    assert running.stop() == 0, "".join(running.log)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "data"
