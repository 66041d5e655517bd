"""static/ (built from web/) in; its bytes with their headers out, all read at the start."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

ROOT = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
ZIP_FROM_BYTES = 512


@dataclass(frozen=True)
class File:
    """Ready to be sent."""

    body: bytes
    zipped: bytes | None
    etag: str
    kind: str


def read_all() -> dict[str, File]:
    """By name."""
    return {path.name: _read(path) for path in sorted(ROOT.iterdir()) if path.suffix in TYPES}


def _read(path: Path) -> File:
    body = path.read_bytes()
    zipped = gzip.compress(body, 9, mtime=0) if len(body) >= ZIP_FROM_BYTES else None
    return File(body, zipped, f'"{hashlib.sha256(body).hexdigest()[:16]}"', TYPES[path.suffix])


def send(file: File, request: web.Request, *, forever: bool) -> web.Response:
    """304 when the browser has it; files whose name holds their hash are never asked for again."""
    keep = "public, max-age=31536000, immutable" if forever else "no-cache"
    headers = {"ETag": file.etag, "Cache-Control": keep, "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == file.etag:
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = file.kind
    if file.zipped and "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=file.zipped, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=file.body, headers=headers)
