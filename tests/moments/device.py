"""The device's fold as a running Node process: a session in, its moments out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.node import SDK, needs_node


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
    needs_node()
    command = ["node", "test/moments/serve.mjs"]
    with subprocess.Popen(
        command, cwd=sdk, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Device(process)
        finally:
            process.kill()
