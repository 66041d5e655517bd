"""The public port against its own description: schemathesis makes requests from /openapi.json, good and bad,
and the answers must be what it allows.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.collector.server import Running, batch

# Not positive_data_acceptance: to JSON Schema 7.0 is a whole number, to the collector it is not. Not
# negative_data_rejection: a batch with one bad event is a 200 that says so.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
    "ignored_auth"
)


def test_the_description_is_public_and_names_every_door(server: Running) -> None:
    answer = server.ask("GET", "/openapi.json")
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, "*")
    tree = answer.json
    assert tree["openapi"] == "3.1.0"
    assert tree["components"]["schemas"]["Batch"]["properties"]["events"]["maxItems"] == 500
    for path, doors in tree["paths"].items():
        for method in doors:
            assert server.ask(method.upper(), path).status != 404, path


@pytest.mark.long
@pytest.mark.parametrize("fast", ["true", "false"])
def test_schemathesis_finds_no_answer_the_description_does_not_know(tmp_path: Path, fast: str) -> None:
    settings = {
        "HETK_HTTP_FAST_PATH": fast, "HETK_RATES_KEY_REQUESTS_PER_SECOND": "0",
        "HETK_RATES_ADDRESS_EVENTS_PER_SECOND": "0",
    }  # fmt: skip
    running = Running(tmp_path / "data", settings)
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{running.port}/openapi.json",
        "--checks", CHECKS, "--max-examples", "60", "--phases", "examples,coverage,fuzzing", "--seed", "1",
        "--exclude-path", "/readyz", "--header", f"Authorization: Bearer {running.server_key}", "--no-color",
        "--generation-database", "none",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert running.post(batch(running.key)).status == 200
    assert running.stop() == 0
    assert "Traceback" not in "".join(running.log)
