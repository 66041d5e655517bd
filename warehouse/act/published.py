"""What is published of a site's campaigns: kept as one file beside them, handed to devices as `act` of /v1/config.

The file outlives the published config: it holds the salt, which is never made anew (else every person would
change arms), the revisions, and what was stopped.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec

from collector.act.model import DAY, LEAVING, Act
from collector.datadir import DataDir
from collector.files import locked, replace_file
from warehouse.act.folder import Ready
from warehouse.act.form import SiteForm
from warehouse.act.words import PUBLISHED_BYTES_MAX
from warehouse.device_config import write_config
from warehouse.errors import WarehouseError

OF_THE_MOMENT = {"intent", "confidence", "category", "words"}
QUIET = [21 * 60, 8 * 60]  # minutes of the person's day in which nothing leaves the page


class PublishError(WarehouseError):
    """What is to be published cannot be, or what was published cannot be read."""


class Entry(msgspec.Struct, omit_defaults=True):
    """One published campaign."""

    id: str
    rev: int
    title: str
    goal: str
    goal_within_ms: int
    compiled: dict[str, Any]
    published_ms: int
    stopped: bool = False
    trigger: str | None = None
    source: str = ""  # the file as it was published, for people to compare

    @property
    def on_page(self) -> bool:
        """Whether devices get it."""
        return self.compiled["kind"] not in LEAVING


class Published(msgspec.Struct):
    """All of a site."""

    salt: str
    lang: str = "en"
    sensitive: list[str] | None = None
    rev: int = 0
    kill: bool = False
    campaigns: list[Entry] = []
    revisions: dict[str, int] = {}  # the last one of each, also of those that are gone
    stores: list[dict[str, Any]] = []
    format: Literal[1] = 1

    def act(self) -> dict[str, Any] | None:
        """The key `act` of /v1/config; None while there was never anything."""
        if not self.rev:
            return None
        entries = [one for one in self.campaigns if one.on_page]
        compiled = [
            one.compiled | {"rev": one.rev} | ({"stopped": True} if one.stopped else {}) for one in entries
        ]
        return {
            "v": 1,
            "rev": self.rev,
            "salt": self.salt,
            "kill": self.kill,
            "fresh": 60_000,
            "quiet": QUIET,
            "reach_day": 1,
            "reach_week": 3,
            "place_cool": 30 * 60_000,
            "fewer_for": 90 * DAY,
            "lang": self.lang,
            **(
                {"moment": True}
                if any(OF_THE_MOMENT & one.get("when", {}).keys() for one in compiled)
                else {}
            ),
            **({"stores": self.stores_version()} if self.stores else {}),
            **({} if self.sensitive is None else {"sensitive": self.sensitive}),
            "list": sorted(compiled, key=lambda one: (-one["pri"], one["id"])),
        }

    def stores_body(self) -> bytes:
        """What devices get of the stores."""
        return msgspec.json.encode({"v": 1, "stores": self.stores})

    def stores_version(self) -> str:
        """Changes with them; part of the address, so that devices may keep them."""
        return hashlib.sha256(self.stores_body()).hexdigest()[:12]


def stores_file(data: DataDir, site: str) -> Path:
    """What GET /v1/stores answers with."""
    return data.publish / f"stores-{site}.json"


def folder_of(data: DataDir, site: str) -> Path:
    """Where a site's campaign files are."""
    return data.campaigns / site


def load(data: DataDir, site: str) -> Published | None:
    """None when nothing was ever published. Raises PublishError when the file is damaged."""
    path = _path(data, site)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Published)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PublishError(
            f"{path} is damaged ({error}). Take it from a backup: it holds the salt by which people are held back. "
            f"`hetk campaign kill {site}` works without it."
        ) from error


@contextmanager
def changing(data: DataDir, site: str, *, whatever: bool = False) -> Iterator[Published]:
    """Holds the site's lock; what the block changes is kept and published. `whatever`: a damaged file is put aside."""
    folder = folder_of(data, site)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder / ".lock"):
        try:
            found = load(data, site)
        except PublishError:
            if not whatever:
                raise
            _path(data, site).rename(folder / "published.json.damaged")
            found = None
        published = found or Published(secrets.token_hex(8))
        before = msgspec.json.encode(published)
        yield published
        if msgspec.json.encode(published) == before:
            return
        published.rev += 1
        act = published.act()
        _check(act)
        replace_file(_path(data, site), msgspec.json.format(msgspec.json.encode(published), indent=1))
        _write_stores(data, site, published)
        write_config(data.publish / f"config-{site}.json", {"act": act})


def hand_out(data: DataDir, site: str) -> None:
    """What was published goes into the site's config again, which may have been written anew after damage.

    Under the site's lock: what was read before somebody stopped a campaign must not be written after it.
    """
    folder = folder_of(data, site)
    if not folder.exists():
        return
    with locked(folder / ".lock"):
        published = load(data, site)
        if published:
            _write_stores(data, site, published)
            write_config(data.publish / f"config-{site}.json", {"act": published.act()})


def _write_stores(data: DataDir, site: str, published: Published) -> None:
    """Before the config that names their version; a site that has none any more keeps an empty list for old pages."""
    path = stores_file(data, site)
    body = published.stores_body()
    if not published.stores and not path.exists():
        return
    try:
        if path.read_bytes() == body:
            return
    except FileNotFoundError:
        pass
    replace_file(path, body)


def put(
    published: Published, site: SiteForm, campaigns: list[Ready], now_ms: int, stores: list[dict[str, Any]]
) -> None:
    """The folder's campaigns and stores take the place of those before; a campaign that says the same keeps its
    revision.
    """
    published.stores = stores
    before = {one.id: one for one in published.campaigns}
    published.lang, published.sensitive = site.lang, site.sensitive
    published.campaigns = [_entry(published, before.get(one.id), one, now_ms) for one in campaigns]


def same(before: Entry, one: Ready) -> bool:
    """Whether a file says what was published of it, to devices and about its goal; then it keeps its revision."""
    said = (before.compiled, before.goal, before.goal_within_ms)
    return said == (one.compiled, one.form.goal, one.goal_within_ms)


def _entry(published: Published, before: Entry | None, one: Ready, now_ms: int) -> Entry:
    form = one.form
    entry = Entry(
        one.id,
        0,
        form.title,
        form.goal,
        one.goal_within_ms,
        one.compiled,
        now_ms,
        False,
        form.trigger,
        one.source,
    )
    if before is not None:
        entry.stopped = before.stopped
        if same(before, one):
            entry.rev, entry.published_ms = before.rev, before.published_ms
            return entry
    published.revisions[one.id] = entry.rev = published.revisions.get(one.id, 0) + 1
    return entry


def _check(act: dict[str, Any] | None) -> None:
    try:
        msgspec.convert(act, Act | None)
    except msgspec.ValidationError as error:
        raise PublishError(f"the engine would refuse this: {error}") from error
    size = len(gzip.compress(json.dumps(act, ensure_ascii=False).encode(), 9))
    if size > PUBLISHED_BYTES_MAX:
        raise PublishError(
            f"the campaigns are {size:,} bytes gzipped, {PUBLISHED_BYTES_MAX:,} is the most a page should fetch. "
            "Take old files out or shorten texts."
        )


def _path(data: DataDir, site: str) -> Path:
    return folder_of(data, site) / "published.json"
