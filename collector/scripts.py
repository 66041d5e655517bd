"""The built SDK: a folder of files in, bytes by URL name out. Every build ever served stays available in the
data directory.

`hetk.js` is served as /hetk.js and, for good, as /hetk-<hash>.js, where <hash> is the first 12 hex digits of
its SHA-256.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from collector.files import replace_file

HASH_DIGITS = 12
_PACKAGE = Path(__file__).parent
_HASHED = re.compile(rf"(hetk[\w.-]*)-[0-9a-f]{{{HASH_DIGITS}}}\.(?:js|mjs)")


class Script(NamedTuple):
    """One file, also as gzip. `immutable`: its name says its content."""

    data: bytes
    packed: bytes
    immutable: bool
    etag: str


class Scripts:
    """All builds by the name they are asked for, without the leading slash."""

    def __init__(self, kept: Path, built: Path | None = None) -> None:
        self._by_name: dict[str, Script] = {}
        for path in sorted(kept.glob("hetk*")):
            if _HASHED.fullmatch(path.name):
                self._by_name[path.name] = _script(path.read_bytes())
        for path in built_files(built):
            self._add(path, kept)

    def get(self, name: str) -> Script | None:
        """None when there is no such file."""
        return self._by_name.get(name)

    def _add(self, path: Path, kept: Path) -> None:
        data = path.read_bytes()
        name = hashed_name(path.name, data)
        if name not in self._by_name:
            replace_file(kept / name, data)
        script = self._by_name[name] = _script(data)
        self._by_name[path.name] = script._replace(immutable=False)


def built_files(built: Path | None = None) -> list[Path]:
    """What the SDK's build made: inside the wheel, or in a checkout."""
    for folder in [built] if built else [_PACKAGE / "sdk", _PACKAGE.parent / "sdk_js" / "dist"]:
        if folder.is_dir():
            return sorted(path for path in folder.glob("hetk*") if path.suffix in (".js", ".mjs"))
    return []


def hashed_name(name: str, data: bytes) -> str:
    """ "hetk.js" -> "hetk-4f3a9c0d1e2b.js"; a name that carries its hash already stays."""
    digest = hashlib.sha256(data).hexdigest()[:HASH_DIGITS]
    stem, dot, suffix = name.rpartition(".")
    return name if stem.endswith(f"-{digest}") else f"{stem}-{digest}{dot}{suffix}"


def integrity(data: bytes) -> str:
    """The SRI value of a script tag."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def _script(data: bytes) -> Script:
    # No time in the gzip: all workers serve the same bytes.
    packed = gzip.compress(data, 9, mtime=0)
    return Script(data, packed, True, f'W/"{hashlib.sha256(data).hexdigest()[:16]}"')
