"""A site's campaign files beside what is published of them in; how they differ, and the changes one can make, out.

What `hetk campaign` and the console do is done here, once.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any, Literal, NamedTuple

import msgspec

from collector.datadir import DataDir
from warehouse import queries
from warehouse.act import folder as files
from warehouse.act.folder import Folder, Ready
from warehouse.act.form import SiteForm
from warehouse.act.published import Entry, Published, PublishError, changing, folder_of, put, same
from warehouse.act.rules import utc_now

State = Literal["published", "changed", "stopped", "killed", "draft", "mistaken"]
LIMITS = ("from", "until", "sensitive")


class NotThere(PublishError):
    """What is to be stopped was never published."""


class Meanwhile(PublishError):
    """Files or what is published are not any more what was looked at."""


class Row(NamedTuple):
    """One campaign of a list. `revision` None: not published; kind and place `-`: its file cannot be read."""

    id: str
    state: State
    revision: int | None
    kind: str
    place: str
    title: str


class Change(NamedTuple):
    """What publishing would do to a campaign, to the `stores` (`name` is how many there will be) or to what `_site`
    says. A condition, consent, limit or sensitive category `name` that was there is gone: more people are reached.
    """

    id: str
    what: Literal["new", "changed", "gone", "stores", "condition", "consent", "limit", "category"]
    name: str = ""

    @property
    def wider(self) -> bool:
        """Whether it reaches more people than before."""
        return self.what in ("condition", "consent", "limit", "category")

    def __str__(self) -> str:
        sign = "!" if self.wider else {"new": "+", "gone": "-"}.get(self.what, "~")
        said = {
            "stores": self.name,
            "condition": f"the condition {self.name} is gone",
            "consent": f"the consent to {self.name} is gone",
            "limit": f"`{self.name}` is gone",
            "category": f"the sensitive category {self.name} is gone",
        }
        return f"{sign} {self.id}: {said.get(self.what, self.what)}"


def read(data: DataDir, site: str) -> Folder:
    """All files of a site, checked; a site without a folder has no campaigns and no mistakes."""
    folder = folder_of(data, site)
    if not folder.exists():
        return Folder(SiteForm("en", []), [], [], [])
    return files.read(folder, frozenset(path.stem for path in queries.ROOT.glob("*.sql")), utc_now())


def rows(found: Folder, published: Published | None) -> list[Row]:
    """All campaigns that are a file, published or both, by id."""
    entries = {one.id: one for one in published.campaigns} if published else {}
    drafts = {one.id: one for one in found.campaigns}
    shared = {files.SITE_FILE, files.STORES_FILE}
    wrong = {
        mistake.file.removesuffix(".toml")
        for mistake in found.mistakes
        if mistake.file.endswith(".toml") and mistake.file not in shared
    }
    listed = []
    for name in sorted({*entries, *drafts, *wrong}):
        entry, draft = entries.get(name), drafts.get(name)
        compiled = draft.compiled if draft else entry.compiled if entry else {}
        state = _state(entry, draft, name in wrong, bool(published and published.kill))
        title = draft.form.title if draft else entry.title if entry else ""
        revision = entry.rev if entry else None
        listed.append(
            Row(name, state, revision, compiled.get("kind", "-"), compiled.get("place") or "-", title)
        )
    return listed


def _state(entry: Entry | None, draft: Ready | None, wrong: bool, killed: bool) -> State:
    if entry is None:
        return "mistaken" if wrong else "draft"
    if killed:
        return "killed"
    if entry.stopped:
        return "stopped"
    return "published" if draft is not None and same(entry, draft) and not wrong else "changed"


def changes(before: Published | None, found: Folder) -> list[Change]:
    """What publishing would do: what is new, other or gone, then what reaches more people than before."""
    entries = {one.id: one for one in before.campaigns} if before else {}
    told: list[Change] = []
    wider: list[Change] = []
    for one in found.campaigns:
        old = entries.pop(one.id, None)
        if old is None:
            told.append(Change(one.id, "new"))
        elif not same(old, one):
            told.append(Change(one.id, "changed"))
            wider += _gone(one.id, old.compiled, one.compiled)
    told += [Change(name, "gone") for name in entries]
    if found.stores != (before.stores if before else []):
        told.append(Change("stores", "stores", str(len(found.stores))))
    if before and before.rev and found.site and (before.lang, before.sensitive) != _shared(found.site):
        told.append(Change("_site", "changed"))
        kept = found.site.sensitive or []
        wider += [Change("_site", "category", path) for path in before.sensitive or [] if path not in kept]
    return told + wider


def _shared(site: SiteForm) -> tuple[str, list[str] | None]:
    return site.lang, site.sensitive


def _gone(name: str, old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Limits that were there and are not any more."""
    conditions = [one for one in old.get("when", {}) if one not in new.get("when", {})]
    purposes = [one for one in old.get("need", []) if one not in new.get("need", [])]
    limits = [one for one in LIMITS if one in old and one not in new]
    return [
        *(Change(name, "condition", one) for one in conditions),
        *(Change(name, "consent", one) for one in purposes),
        *(Change(name, "limit", one) for one in limits),
    ]


def seal(found: Folder, published: Published | None) -> str:
    """Stands for files and what is published as they were looked at: other ones have another."""
    texts = [(one.id, one.source) for one in found.campaigns]
    said = msgspec.json.encode([published.rev if published else 0, found.site, texts, found.stores])
    return hashlib.sha256(said).hexdigest()[:16]


def publish(data: DataDir, site: str, found: Folder, seen: str | None = None) -> None:
    """Puts what was read in the place of what is published. `seen`: a seal; Meanwhile is raised when it does not hold
    any more. `found` has no mistakes.
    """
    if found.mistakes or found.site is None:
        raise PublishError("files with mistakes are not published: hetk campaign check")
    with changing(data, site) as published:
        if seen is not None and seen != seal(found, published):
            raise Meanwhile("the files or what is published have changed meanwhile: look again")
        put(published, found.site, found.campaigns, time.time_ns() // 1_000_000, found.stores)


def stop(data: DataDir, site: str, name: str, *, undo: bool = False) -> None:
    """No page offers it any more within a minute; `undo` lets it be shown again. Raises NotThere."""
    with changing(data, site) as published:
        one = next((one for one in published.campaigns if one.id == name), None)
        if one is None:
            known = ", ".join(one.id for one in published.campaigns) or "none"
            raise NotThere(f"{site} has published no campaign {name!r}. It has: {known}.")
        one.stopped = not undo


def kill(data: DataDir, site: str, *, undo: bool = False) -> None:
    """All of a site's at once, also when what was published is damaged."""
    with changing(data, site, whatever=not undo) as published:
        published.kill = not undo
