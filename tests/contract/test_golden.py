"""The golden batches, posted to a real collector: each is answered, and each event lands, as its file says.

The same files are read by the SDK: those with `calls` are what it must send
(sdk_js/test/browser/contract.test.mjs).
`KEY` stands for the site's write key.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.collector.server import Running

FILES = sorted((Path(__file__).parent / "batches").glob("*.json"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    running = Running(tmp_path_factory.mktemp("data"))
    yield running
    assert running.stop() == 0, "".join(running.log)


def test_there_are_golden_batches() -> None:
    assert len(FILES) >= 12


@pytest.mark.long
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_batch_is_answered_as_its_file_says(server: Running, path: Path) -> None:
    golden = json.loads(path.read_text())
    text = golden.get("body") or json.dumps(golden["batch"], ensure_ascii=False)
    before = len(server.lines())
    answer = server.post(text.replace('"KEY"', json.dumps(server.key)).encode())
    expect = golden["expect"]
    assert answer.status == expect["status"], answer.body
    if "error" in expect:
        assert answer.json["error"] == expect["error"]
        assert answer.json["detail"]
        return
    rejected = [{"index": one["index"], "reason": one["reason"]} for one in answer.json["rejected"]]
    assert (answer.json["accepted"], rejected) == (expect["accepted"], expect["rejected"])
    (line,) = server.lines()[before:]
    assert len(line["b"]["events"]) == expect["accepted"]
    assert line["n"] == expect["accepted"] + len(rejected)
    if "batch" in golden and not rejected:
        assert line["b"]["events"] == golden["batch"]["events"]
        assert line["b"]["ctx"] == golden["batch"]["ctx"]
