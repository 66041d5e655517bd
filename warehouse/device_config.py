"""Some keys in; the config that a site's devices are handed (`publish/config-<site>.json`) with them out."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from collector.files import locked, replace_file


def write_config(path: Path, own: dict[str, Any]) -> None:
    """Puts these keys into the config; None takes one out. Others are left alone.

    Writes only what changed: a file's time is part of what devices cache by. Several processes write it: without
    the lock each could take back what the other has just written.
    """
    with locked(path.with_name(f".{path.name}.lock")):
        before: dict[str, Any] = {}
        with suppress(FileNotFoundError, ValueError):  # a damaged file is written anew
            before = json.loads(path.read_bytes())
        after = {name: value for name, value in (before | own).items() if value is not None}
        if json.dumps(after) != json.dumps(before):
            replace_file(path, json.dumps(after, ensure_ascii=False).encode())
