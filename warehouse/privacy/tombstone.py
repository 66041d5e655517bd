"""An erased person's id in, an HMAC that refuses late events of that person out.

The key lives outside the data directory: who has only the data cannot try ids against the tombstones.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from warehouse.errors import WarehouseError

KEY_BYTES = 32


def key_path() -> Path:
    """HETK_TOMBSTONE_KEY, else `hetk/tombstone.key` in the user's configuration directory."""
    told = os.environ.get("HETK_TOMBSTONE_KEY")
    if told:
        return Path(told)
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "hetk" / "tombstone.key"


class KeyMissing(WarehouseError):
    """People were erased under a key that is not there any more."""


def read_key() -> bytes:
    """The key. Raises KeyMissing."""
    path = key_path()
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyMissing(
            f"{path}: {error.strerror}. Restore it from a backup or set HETK_TOMBSTONE_KEY."
        ) from error


def make_key() -> bytes:
    """The key, made (0600) when there is none. Raises OSError and KeyMissing."""
    path = key_path()
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    return read_key()


def tombstone(key: bytes, site: str, kind: str, identity: str) -> str:
    """What `deletions.subject_hmac` keeps; kind is `visitor` or `user`."""
    return hmac.new(key, f"{site}\0{kind}\0{identity}".encode(), hashlib.sha256).hexdigest()
