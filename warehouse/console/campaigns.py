"""The doors of the campaigns page: files and what is published of them, checked; publishing, stopping.

All of it is warehouse/act/desk.py, as `hetk campaign` does it; what is changed stands in the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from difflib import unified_diff
from typing import Any

import msgspec
from aiohttp import web

from collector import sites
from collector.datadir import DataDir
from warehouse.act import desk
from warehouse.act.folder import Folder
from warehouse.act.published import Published, PublishError, folder_of, load
from warehouse.console.callers import Callers
from warehouse.console.replies import Failed, answered, read
from warehouse.people import log
from warehouse.people.log import By, What

GONE = "there is no such site any more: reload the page"
MEANWHILE = "the files or what is published have changed meanwhile: look again"
AROUND = 2  # lines that stay, told around each difference


class Publish(msgspec.Struct):
    """`seen`: the seal of what was looked at before; nothing else is published."""

    site: str
    seen: str


class Stop(msgspec.Struct):
    """A campaign; `undo` lets it be shown again."""

    site: str
    id: str
    undo: bool = False


class Kill(msgspec.Struct):
    """All campaigns of a site."""

    site: str
    undo: bool = False


class Campaigns:
    """Of one data directory."""

    def __init__(self, data: DataDir, callers: Callers) -> None:
        self._data = data
        self._callers = callers

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/campaigns", self.campaigns),
            web.post("/api/campaigns/publish", self.publish),
            web.post("/api/campaigns/stop", self.stop),
            web.post("/api/campaigns/kill", self.kill),
        ]

    async def campaigns(self, request: web.Request) -> web.Response:
        """?site=: see `_told`. Files are read and checked each time."""
        return answered(await asyncio.to_thread(self._told, request.query.get("site", "")))

    async def publish(self, request: web.Request) -> web.Response:
        """{"site", "seen"}: all files, or none when one has a mistake or anything has changed since `seen`."""
        one = await read(request, Publish, '{"site": "...", "seen": "..."}')

        def work() -> None:
            desk.publish(self._data, one.site, desk.read(self._data, one.site), one.seen)

        return await self._do(request, one.site, "campaigns_published", one.site, work)

    async def stop(self, request: web.Request) -> web.Response:
        """{"site", "id", "undo"}"""
        one = await read(request, Stop, '{"site": "...", "id": "...", "undo": false}')
        what: What = "campaign_resumed" if one.undo else "campaign_stopped"

        def work() -> None:
            desk.stop(self._data, one.site, one.id, undo=one.undo)

        return await self._do(request, one.site, what, f"{one.site}/{one.id}", work)

    async def kill(self, request: web.Request) -> web.Response:
        """{"site", "undo"}: works also when what was published is damaged."""
        one = await read(request, Kill, '{"site": "...", "undo": false}')
        what: What = "campaigns_resumed" if one.undo else "campaigns_killed"

        def work() -> None:
            desk.kill(self._data, one.site, undo=one.undo)

        return await self._do(request, one.site, what, one.site, work)

    async def _do(
        self, request: web.Request, site: str, what: What, target: str, work: Callable[[], None]
    ) -> web.Response:
        """Done and logged, or neither; then how things are."""

        def change(by: By) -> dict[str, Any]:
            self._check(site)
            try:
                with self._callers.people.change() as con:
                    log.note(con, self._callers.people.now_ms(), by, what, target)
                    work()
            except desk.Meanwhile:
                raise Failed(409, MEANWHILE) from None
            except PublishError as error:
                raise Failed(400, str(error)) from None
            return self._told(site)

        return answered(await asyncio.to_thread(change, self._callers.by(request)))

    def _check(self, site: str) -> None:
        if site not in {known.name for known in sites.list_sites(self._data.sites)}:
            raise Failed(400, GONE)

    def _told(self, site: str) -> dict[str, Any]:
        """{"kill", "revision", "seen", "lang", "placements": [{name, about}], "campaigns": see `_campaigns`,
        "files": [{name, text, mistakes}], "changes": [{id, what, name, wider}], "mistakes": those of no file, "damaged":
        why what is published cannot be read, or null}
        """
        self._check(site)
        found, published, damaged = desk.read(self._data, site), None, None
        try:
            published = load(self._data, site)
        except PublishError as error:
            damaged = str(error)
        files = self._files(site, found)
        texts = {file["name"]: file["text"] for file in files}
        return {
            "kill": bool(published and published.kill),
            "revision": published.rev if published else 0,
            "seen": desk.seal(found, published),
            "lang": found.site.lang if found.site else published.lang if published else "en",
            "placements": msgspec.to_builtins(found.site.placements) if found.site else [],
            "campaigns": _campaigns(found, published, texts),
            "files": files,
            "changes": [] if found.mistakes or damaged else _changes(found, published),
            "mistakes": [one._asdict() for one in found.mistakes if one.file not in texts],
            "damaged": damaged,
        }

    def _files(self, site: str, found: Folder) -> list[dict[str, Any]]:
        paths = sorted(folder_of(self._data, site).glob("*.toml"))
        return [
            {
                "name": path.name,
                "text": path.read_bytes().decode("utf-8", "replace"),
                "mistakes": [one._asdict() for one in found.mistakes if one.file == path.name],
            }
            for path in paths
        ]


def _changes(found: Folder, published: Published | None) -> list[dict[str, Any]]:
    return [change._asdict() | {"wider": change.wider} for change in desk.changes(published, found)]


def _campaigns(found: Folder, published: Published | None, texts: dict[str, str]) -> list[dict[str, Any]]:
    """[{id, state, revision, kind, place, title, "published", "file": what each says or null, "published_ms",
    "difference": [[mark, line]]}]
    """
    drafts = {one.id: one for one in found.campaigns}
    entries = {one.id: one for one in published.campaigns} if published else {}
    told = []
    for row in desk.rows(found, published):
        draft, entry = drafts.get(row.id), entries.get(row.id)
        told.append(
            row._asdict()
            | {
                "published": _said(entry.compiled, entry.goal, entry.goal_within_ms, entry.trigger)
                if entry
                else None,
                "file": _said(draft.compiled, draft.form.goal, draft.goal_within_ms, draft.form.trigger)
                if draft
                else None,
                "published_ms": entry.published_ms if entry else None,
                "difference": _difference(entry.source if entry else "", texts.get(f"{row.id}.toml", "")),
            }
        )
    return told


def _said(compiled: dict[str, Any], goal: str, within_ms: int, trigger: str | None) -> dict[str, Any]:
    return compiled | {"goal": goal, "within_ms": within_ms, "trigger": trigger}


def _difference(before: str, now: str) -> list[tuple[str, str]]:
    """Lines with what became of them: "-" gone, "+" new, " " stays, "…" where lines are left out."""
    if not before or not now:
        return []
    lines = list(unified_diff(before.splitlines(), now.splitlines(), n=AROUND, lineterm=""))[2:]
    return [("…", "") if line.startswith("@@") else (line[0], line[1:]) for line in lines]
