"""What the device needs to decide on its own: a site in, the body of GET /v1/config out, with its ETag.

The collector's own part (consent, sampling, limits, jurisdictions) and what the warehouse publishes for the
site (rules, weights, experiments) as `publish/config-<site>.json`; the latter may never break the former.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from collector import logs
from collector.act import Act
from collector.config import Config
from collector.jurisdictions import TABLE
from collector.sites import Site

# While there are campaigns: what is stopped must be known within a minute.
ACT_MAX_AGE_SECONDS = 15


class Document(NamedTuple):
    """A body, its ETag, for how long a device may do without asking again; the site's campaigns for POST /v1/decide."""

    body: bytes
    etag: str
    max_age_seconds: int
    act: Act | None


class Published:
    """Builds the document once per change of its site or its published file."""

    def __init__(self, directory: Path, config: Config) -> None:
        self._directory = directory
        self._config = config
        self._built: dict[str, tuple[Any, Document]] = {}

    def document(self, site: Site) -> Document:
        """Never raises for what it finds on disk."""
        path = self._directory / f"config-{site.name}.json"
        stamp = (_stamp(path), site.consent)
        known = self._built.get(site.name)
        if known and known[0] == stamp:
            return known[1]
        published = _published(path)
        body = msgspec.json.encode(published | self._own(site))
        age = self._config.device.config_max_age_seconds
        if "act" in published:
            age = min(age, ACT_MAX_AGE_SECONDS)
        document = Document(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"', age, _act(path, published))
        self._built[site.name] = (stamp, document)
        return document

    def stores(self, site: Site) -> tuple[bytes, str] | None:
        """The site's stores as published and their version; None when there are none."""
        try:
            body = (self._directory / f"stores-{site.name}.json").read_bytes()
        except OSError:
            return None
        return body, hashlib.sha256(body).hexdigest()[:12]

    def _own(self, site: Site) -> dict[str, Any]:
        limits = self._config.limits
        return {
            "v": 1,
            "site": site.name,
            "sample": self._config.device.sampling,
            "consent": {"default": {"before": site.consent}, "jurisdictions": TABLE},
            "limits": {
                "batch_events_max": limits.batch_events_max,
                "body_bytes_max": limits.body_bytes_max,
                "event_bytes_max": limits.event_bytes_max,
            },
        }


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_ino, stat.st_size)


def _act(path: Path, published: dict[str, Any]) -> Act | None:
    try:
        return msgspec.convert(published.get("act"), Act | None)
    except msgspec.ValidationError as error:
        logs.warn("published campaigns not used", file=path.name, error=str(error))
        return None


def _published(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        logs.warn("published config not used", file=path.name, error=str(error))
        return {}
