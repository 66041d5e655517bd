"""The device's engine as a running Node process: act, context and state in, its decision out."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.act.golden import Asked
from tests.node import SDK, needs_node


def device(asked: list[Asked]) -> list[Any]:
    """All answers of one process."""
    needs_node()
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    done = subprocess.run(
        ["node", "test/act/serve.mjs"], cwd=SDK, input=lines, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
