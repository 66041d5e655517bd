"""The device's engine as a running Node process: act, context and state in, its decision out."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.act.golden import Asked

SDK = Path(__file__).parents[2] / "sdk_js"


def needs_node() -> None:
    """Skips, saying what to install, where Node or the SDK's packages are missing."""
    if not shutil.which("node") or not (SDK / "node_modules" / "rolldown").exists():
        pytest.skip("needs Node and the SDK's packages: cd sdk_js && npm ci")


def device(asked: list[Asked]) -> list[Any]:
    """All answers of one process."""
    needs_node()
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    done = subprocess.run(
        ["node", "test/act/serve.mjs"], cwd=SDK, input=lines, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
