"""Bytes that hold people's data or secrets in, a file that only its owner reads out."""

from __future__ import annotations

from pathlib import Path

from collector.files import replace_file


def write_private(path: Path, data: bytes) -> None:
    """Mode 0600, also where a file was that everybody could read; a pipe or a terminal takes them as it is.
    Raises OSError.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
    else:
        replace_file(path.resolve(), data)
