"""Sites, their keys and origins: sites.json in, lookups by key out. The CLI edits the file, running workers
follow it.

The file is replaced atomically under a lock, so a reader sees the old or the new one and two writers never
mix.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

import msgspec

from collector.errors import SitesError
from collector.files import locked, replace_file

KeyKind = Literal["write", "server"]
Consent = Literal["cookieless", "opt_in"]
GRACE_MS = 30 * 24 * 3600 * 1000  # a rotated key goes on working for so long
PREFIX: dict[KeyKind, str] = {"write": "wk_", "server": "sk_"}
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s@/,;*:\[\]]+)(:\d+)?")  # and a port
_BLANK = re.compile(r"\s")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


class Key(msgspec.Struct, omit_defaults=True):
    """A write key is public (it is in the page); a server key is a secret. `expires_ms` None = for good."""

    key: str
    kind: KeyKind
    created_ms: int
    expires_ms: int | None = None

    def valid(self, now_ms: int) -> bool:
        """True until the key's end."""
        return self.expires_ms is None or now_ms < self.expires_ms


class Site(msgspec.Struct, omit_defaults=True):
    """One site. No origins = every origin is accepted. `consent`: what may be sent before the person
    answered.
    """

    name: str
    created_ms: int
    keys: list[Key]
    origins: list[str] = []
    consent: Consent = "cookieless"

    def current_key(self, kind: KeyKind) -> str | None:
        """The newest key that is not on its way out."""
        return next(
            (key.key for key in reversed(self.keys) if key.kind == kind and key.expires_ms is None), None
        )


class _File(msgspec.Struct):
    format: Literal[1] = 1
    sites: list[Site] = []


class Sites:
    """A read view of sites.json that follows the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self.by_name: dict[str, Site] = {}
        self._by_key: dict[str, tuple[Site, Key]] = {}

    @classmethod
    def load(cls, path: Path) -> Sites:
        """Reads the file; none yet = no sites. Raises SitesError when it is damaged."""
        sites = cls(path)
        sites.refresh()
        return sites

    def refresh(self) -> bool:
        """Reads the file again if it has changed; True if so. Raises SitesError and keeps the old view when
        damaged.
        """
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            stamp = None
        else:
            stamp = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if stamp == self._stamp and (stamp is not None or not self.by_name):
            return False
        self._stamp = stamp
        sites = _read(self._path)
        self.by_name = {site.name: site for site in sites}
        self._by_key = {key.key: (site, key) for site in sites for key in site.keys}
        return True

    def by_key(self, key: str, now_ms: int) -> tuple[Site, KeyKind] | None:
        """The site this key belongs to, or None when unknown, revoked or past its grace."""
        found = self._by_key.get(key)
        if found is None or not found[1].valid(now_ms):
            return None
        return found[0], found[1].kind


def list_sites(path: Path) -> list[Site]:
    """All sites in the order they were added."""
    return _read(path)


def add_site(path: Path, name: str, origins: list[str], consent: Consent = "cookieless") -> str:
    """Makes a site and its write key; returns the key. Raises SitesError when the name is taken or not
    usable.
    """
    if not NAME.fullmatch(name):
        raise SitesError(
            f"{name!r} cannot be a site's name: use a-z, 0-9, '.', '_', '-', at most 63, starting with a "
            "letter or digit"
        )
    key = _new_key("write")
    with _edit(path) as sites:
        if any(site.name == name for site in sites):
            raise SitesError(
                f"the site {name!r} exists already: `hetk site origin {name} URL` lets more pages send, "
                f"`hetk site key {name} --write` prints its key, `hetk site list` shows it"
            )
        sites.append(Site(name, _now_ms(), [key], [origin_of(origin) for origin in origins], consent))
    return key.key


def allow_origins(path: Path, name: str, origins: list[str]) -> list[str]:
    """Adds origins to a site; those it has already stay as they are. Returns all it has now."""
    with _edit(path) as sites:
        site = _find(sites, name)
        site.origins = list(dict.fromkeys([*site.origins, *map(origin_of, origins)]))
    return site.origins


def remove_origins(path: Path, name: str, origins: list[str]) -> list[str]:
    """Takes origins from a site; returns those that are left. Raises SitesError when it has not got one."""
    with _edit(path) as sites:
        site = _find(sites, name)
        for origin in map(origin_of, origins):
            if origin not in site.origins:
                known = ", ".join(site.origins) or "none"
                raise SitesError(f"{origin} is not among the origins of {name!r} (they are: {known})")
            site.origins.remove(origin)
    return site.origins


def make_key(path: Path, name: str, kind: KeyKind) -> str:
    """The site's current key of this kind; made when there is none."""
    with _edit(path) as sites:
        site = _find(sites, name)
        current = site.current_key(kind)
        if current is None:
            site.keys.append(new := _new_key(kind))
            current = new.key
    return current


def rotate_key(path: Path, name: str, kind: KeyKind) -> str:
    """A new key; the ones before go on working for 30 days."""
    new = _new_key(kind)
    with _edit(path) as sites:
        site = _find(sites, name)
        for key in site.keys:
            if key.kind == kind and key.expires_ms is None:
                key.expires_ms = new.created_ms + GRACE_MS
        site.keys.append(new)
    return new.key


def revoke_keys(path: Path, name: str, kind: KeyKind) -> int:
    """All keys of this kind stop working at once; returns how many. The next `make_key` makes a fresh one."""
    with _edit(path) as sites:
        site = _find(sites, name)
        kept = [key for key in site.keys if key.kind != kind]
        count = len(site.keys) - len(kept)
        site.keys = kept
    return count


def origin_of(url: str) -> str:
    """ "https://Shop.example/path" -> "https://shop.example". Raises SitesError when it is no http(s)
    address.
    """
    parts = _split(url)
    if "*" in parts.netloc or _BLANK.search(url.strip()):
        raise SitesError(
            f"{url!r} is not one origin: name every host in full, each by itself (--origin https://a.example "
            "--origin https://b.example); a site without origins takes events of every page"
        )
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(parts.netloc):
        raise SitesError(
            f"{url!r} is not an origin; write it like https://shop.example or http://localhost:8000"
        )
    default_port = ":443" if parts.scheme == "https" else ":80"
    return f"{parts.scheme}://{parts.netloc.removesuffix(default_port)}"


def is_web_address(url: str) -> bool:
    """http or https, with a host; a path may follow."""
    parts = _split(url)
    return parts.scheme in ("http", "https") and bool(HOST.fullmatch(parts.netloc)) and not _BLANK.search(url)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip().lower())
    except ValueError:  # http://[::1
        return urlsplit("")


def _find(sites: list[Site], name: str) -> Site:
    for site in sites:
        if site.name == name:
            return site
    known = ", ".join(site.name for site in sites) or "none yet"
    raise SitesError(f"there is no site {name!r} (known: {known}); make it with `hetk site add {name}`")


def _read(path: Path) -> list[Site]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    try:
        return msgspec.json.decode(data, type=_File).sites
    except msgspec.DecodeError as error:
        raise SitesError(f"{path} is damaged: {error}; put a backup in its place") from None


@contextmanager
def _edit(path: Path) -> Iterator[list[Site]]:
    """Yields the sites for changing and writes them back, atomically, under a lock; an exception writes
    nothing, and neither do sites that stayed as they were: collectors watch this file.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(path.with_suffix(".lock")):
        sites = _read(path)
        before = msgspec.json.encode(_File(sites=sites))
        yield sites
        after = msgspec.json.encode(_File(sites=sites))
        if after != before:
            replace_file(path, msgspec.json.format(after, indent=1))


def _new_key(kind: KeyKind) -> Key:
    return Key(PREFIX[kind] + secrets.token_urlsafe(18 if kind == "write" else 32), kind, _now_ms())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
