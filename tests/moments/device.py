"""The device's fold as a running Node process: a session in, its moments out."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SDK = Path(__file__).parents[2] / "sdk_js"


class Device:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def moments(self, session: dict[str, Any]) -> list[dict[str, Any]]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(session) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the fold died: see its error above"
        found: list[dict[str, Any]] = json.loads(answer)
        return found


@contextmanager
def device(sdk: Path = SDK) -> Iterator[Device]:
    """Skips, saying what to install, where Node or the SDK's packages are missing."""
    if not shutil.which("node") or not (SDK / "node_modules" / "rolldown").exists():
        pytest.skip("needs Node and the SDK's packages: cd sdk_js && npm ci")
    command = ["node", "test/moments/serve.mjs"]
    with subprocess.Popen(
        command, cwd=sdk, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Device(process)
        finally:
            process.kill()
