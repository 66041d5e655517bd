"""A site's folder of campaign files in; its campaigns, ready to be published, or all mistakes out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from collector.act.model import LEAVING
from warehouse.act import compile as made
from warehouse.act.form import CampaignForm, SiteForm
from warehouse.act.rules import RULES, World
from warehouse.act.toml import Lines, Mistake, fill, parse
from warehouse.act.words import ACTIVE_MAX, END, ID

SITE_FILE = "_site.toml"


class Ready(NamedTuple):
    """A campaign without a mistake."""

    id: str
    form: CampaignForm
    compiled: dict[str, Any]
    source: str


class Folder(NamedTuple):
    """What was read. `site` is None when its file is missing or wrong."""

    site: SiteForm | None
    campaigns: list[Ready]
    mistakes: list[Mistake]


def read(folder: Path, queries: frozenset[str], now: datetime) -> Folder:
    """Every file `*.toml` but `_site.toml` is a campaign. Reads all, so that all mistakes are told at once."""
    site, mistakes = _site(folder / SITE_FILE)
    if site is None:
        return Folder(None, [], mistakes)
    world = World(site, queries, now)
    campaigns: list[Ready] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name != SITE_FILE:
            ready, found = read_campaign(path.name, path.read_bytes(), world)
            mistakes += found
            campaigns += [ready] if ready else []
    on_page = [one for one in campaigns if one.form.kind not in LEAVING]
    if len(on_page) > ACTIVE_MAX:
        what = f"{len(on_page)} campaigns are more than a page should weigh"
        mistakes.append(Mistake(str(folder), 1, "folder", what, f"at most {ACTIVE_MAX}: take old files out"))
    return Folder(site, campaigns, mistakes)


def read_campaign(file: str, raw: bytes, world: World) -> tuple[Ready | None, list[Mistake]]:
    """One file; None with its mistakes."""
    name = file.removesuffix(".toml")
    if not ID.fullmatch(name):
        fix = "rename the file: a-z, 0-9 and -, at most 40"
        return None, [Mistake(file, 1, "file", f"{name!r} is no name of a campaign", fix)]
    form, lines, mistakes = _filled(CampaignForm, file, raw)
    if form is None:
        return None, mistakes
    for rule in RULES:
        mistakes += [Mistake(file, lines.of(at), at, what, fix) for at, what, fix in rule(form, world)]
    if mistakes:
        return None, sorted(mistakes, key=lambda one: one.line)
    return Ready(name, form, made.campaign(name, form), raw.decode()), []


def _site(path: Path) -> tuple[SiteForm | None, list[Mistake]]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        fix = "`hetk campaign new SITE ID --place hero` writes one"
        return None, [Mistake(path.name, 1, "file", f"there is no {path}", fix)]
    form, _, mistakes = _filled(SiteForm, path.name, raw)
    return form, mistakes


def _filled(form: Any, file: str, raw: bytes) -> tuple[Any, Lines, list[Mistake]]:
    tree, lines, mistakes = parse(file, raw)
    cut = _cut(file, raw)
    if tree is None or cut:
        return None, lines, cut or mistakes
    filled, mistakes = fill(form, tree, file, lines)
    return filled, lines, mistakes


def _cut(file: str, raw: bytes) -> list[Mistake]:
    """A file cut in half may be a whole campaign with fewer conditions; its last line says that it is whole."""
    rows = [row.strip() for row in raw.decode("utf-8", "replace").splitlines()]
    number = next((n for n, row in reversed(list(enumerate(rows, start=1))) if row), 1)
    ends = [n for n, row in enumerate(rows, start=1) if row == END]
    if not ends or ends[-1] != number:
        what = f"does not end with `{END}`: it may be cut off"
        return [
            Mistake(
                file, number, "file", what, f"see that all of it is there, then write {END} as the last line"
            )
        ]
    if len(ends) > 1:
        what = f"`{END}` stands in lines {', '.join(map(str, ends))}: a file cut off there would look whole"
        return [Mistake(file, ends[0], "file", what, "leave it in the last line alone")]
    return []
