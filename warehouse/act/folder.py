"""A site's folder of campaign files in; its campaigns and stores, ready to be published, or all mistakes out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from collector.act.model import DAY, LEAVING
from warehouse.act import compile as made
from warehouse.act import stores
from warehouse.act.form import CampaignForm, SiteForm
from warehouse.act.rules import RULES, World
from warehouse.act.toml import Lines, Mistake, fill, parse
from warehouse.act.words import ACTIVE_MAX, END, ID

SITE_FILE = "_site.toml"
STORES_FILE = "_stores.toml"
# What stands for a required field that is missing or wrong, while the others are looked at.
STAND_IN: dict[str, Any] = {"title": "?", "kind": "?", "goal": "?", "when": {}, "variant": []}


class Ready(NamedTuple):
    """A campaign without a mistake."""

    id: str
    form: CampaignForm
    compiled: dict[str, Any]
    source: str

    @property
    def goal_within_ms(self) -> int:
        """By when its goal counts."""
        return int(self.form.goal_within.removesuffix("d")) * DAY


class Folder(NamedTuple):
    """What was read. `site` is None when its file is missing or wrong."""

    site: SiteForm | None
    campaigns: list[Ready]
    mistakes: list[Mistake]
    stores: list[dict[str, Any]]


def read(folder: Path, queries: frozenset[str], now: datetime) -> Folder:
    """Every file `*.toml` but `_site.toml` and `_stores.toml` is a campaign. Reads all, so that all mistakes are
    told at once.
    """
    site, mistakes = _site(folder / SITE_FILE)
    found_stores, found = _stores(folder / STORES_FILE)
    mistakes += found
    world = World(site, queries, now) if site else None
    campaigns: list[Ready] = []
    for path in sorted(folder.glob("*.toml")):
        if path.name not in (SITE_FILE, STORES_FILE):
            ready, found = read_campaign(path.name, path.read_bytes(), world)
            mistakes += found
            campaigns += [ready] if ready else []
    on_page = [one for one in campaigns if one.form.kind not in LEAVING]
    if len(on_page) > ACTIVE_MAX:
        what = f"{len(on_page)} campaigns are more than a page should weigh"
        mistakes.append(Mistake(str(folder), 1, "folder", what, f"at most {ACTIVE_MAX}: take old files out"))
    return Folder(site, campaigns, mistakes, found_stores)


def read_campaign(file: str, raw: bytes, world: World | None) -> tuple[Ready | None, list[Mistake]]:
    """One file; None with its mistakes. Without a world (the site's own file is wrong) only its form is looked at."""
    name = file.removesuffix(".toml")
    if not ID.fullmatch(name):
        fix = "rename the file: a-z, 0-9 and -, at most 40"
        return None, [Mistake(file, 1, "file", f"{name!r} is no name of a campaign", fix)]
    tree, lines, mistakes = _tree(file, raw)
    if tree is None:
        return None, mistakes
    form, mistakes = fill(CampaignForm, tree, file, lines)
    if world is not None:
        # Fields that are right are held against the rules even when others are not.
        wrong = {mistake.field for mistake in mistakes}
        seen = form or msgspec.convert(_without(tree, wrong), CampaignForm)
        for rule in RULES:
            found = [Mistake(file, lines.of(at), at, what, fix) for at, what, fix in rule(seen, world)]
            mistakes += [one for one in found if not _hangs_on(one.field, wrong)]
    if mistakes or form is None or world is None:
        return None, sorted(mistakes, key=lambda one: one.line)
    return Ready(name, form, made.campaign(name, form), raw.decode()), []


def _without(tree: dict[str, Any], wrong: set[str]) -> dict[str, Any]:
    """What is right of a campaign: conditions one by one, other fields whole."""
    known = {one.encode_name for one in msgspec.structs.fields(CampaignForm)}
    roots = {field.partition(".")[0] for field in wrong if not field.startswith("when.")}
    kept = {name: value for name, value in tree.items() if name in known and name not in roots}
    if "when" in kept:
        bad = {field.split(".")[1] for field in wrong if field.startswith("when.")}
        kept["when"] = {name: value for name, value in kept["when"].items() if name not in bad}
    return STAND_IN | kept


def _hangs_on(field: str, wrong: set[str]) -> bool:
    """Whether a field's mistake may be no more than what another one's made of it."""
    root = field.partition(".")[0]
    roots = {one.partition(".")[0] for one in wrong}
    if root == "when":
        return "when" in wrong
    return root in roots or (root == "why" and "when" in roots)


def _stores(path: Path) -> tuple[list[dict[str, Any]], list[Mistake]]:
    """A site may have none."""
    if not path.exists():
        return [], []
    tree, lines, mistakes = _tree(path.name, path.read_bytes())
    if tree is None:
        return [], mistakes
    form, mistakes = fill(stores.StoresForm, tree, path.name, lines)
    mistakes += stores.mistakes(form, path.name, lines) if form else []
    return (stores.compiled(form), []) if form and not mistakes else ([], mistakes)


def _site(path: Path) -> tuple[SiteForm | None, list[Mistake]]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        fix = "`hetk campaign new SITE ID --place hero` writes one"
        return None, [Mistake(path.name, 1, "file", f"there is no {path}", fix)]
    tree, lines, mistakes = _tree(path.name, raw)
    return (None, mistakes) if tree is None else fill(SiteForm, tree, path.name, lines)


def _tree(file: str, raw: bytes) -> tuple[dict[str, Any] | None, Lines, list[Mistake]]:
    """None when it is no TOML or may be cut off."""
    tree, lines, mistakes = parse(file, raw)
    if cut := _cut(file, raw):
        return None, lines, cut
    return tree, lines, mistakes


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
