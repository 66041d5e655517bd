"""The SDK's sources and Node, for tests that hold the device against the warehouse."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SDK = Path(__file__).parents[1] / "sdk_js"


def needs_node() -> None:
    """Skips, saying what to install, where Node or the SDK's packages are missing."""
    if not shutil.which("node") or not (SDK / "node_modules" / "rolldown").exists():
        pytest.skip("needs Node and the SDK's packages: cd sdk_js && npm ci")
