"""`hetk campaign`: files of campaigns in; checked, published, stopped."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from click import ClickException

from collector import sites
from collector.datadir import DataDir
from collector.files import replace_file
from warehouse.act import folder as files
from warehouse.act.form import SiteForm
from warehouse.act.published import Entry, Published, changing, folder_of, load, put
from warehouse.act.rules import utc_now
from warehouse.act.template import CAMPAIGN, SITE
from warehouse.act.words import ID, ON_PAGE
from warehouse.options import data_option, json_option

site_argument = click.argument("site")


@click.group()
def campaign() -> None:
    """What is shown in a moment: write campaigns as files, check, publish and stop them. docs/act.md.

    \b
    Examples:
      hetk campaign new shop free-delivery --kind content --place hero
      hetk campaign check shop
      hetk campaign publish shop
      hetk campaign kill shop
    """


@campaign.command()
@site_argument
@click.argument("name")
@click.option("--kind", type=click.Choice(ON_PAGE), default="content", show_default=True)
@click.option("--place", default="hero", show_default=True, help="Where on the page; a name of _site.toml.")
@data_option
def new(site: str, name: str, kind: str, place: str, data: DataDir) -> None:
    """Write the file of a campaign NAME to fill in, and _site.toml when there is none; prints its path.

    \b
    Examples:
      hetk campaign new shop free-delivery --kind content --place hero
      $EDITOR $(hetk campaign new shop winter-sale --kind offer)
    """
    folder = _folder(data, site)
    if not ID.fullmatch(name):
        raise ClickException(f"{name!r} is no name of a campaign: a-z, 0-9 and -, at most 40.")
    path = folder / f"{name}.toml"
    if path.exists():
        raise ClickException(f"{path} is there already.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / files.SITE_FILE).exists():
        replace_file(folder / files.SITE_FILE, SITE.format(place=place).encode())
    ads = '\npurposes = ["personalization", "ads"]' if kind in ("offer", "banner") else ""
    replace_file(path, CAMPAIGN.format(kind=kind, place=place, purposes=ads).encode())
    click.echo(str(path))


@campaign.command()
@site_argument
@data_option
def check(site: str, data: DataDir) -> None:
    """Print every mistake in SITE's campaign files as `file:line: field: what. Fix: how`; exit 1 when there are any.

    \b
    Examples:
      hetk campaign check shop
    """
    found = _read(data, site)
    _tell(found)
    count = len(found.campaigns)
    click.echo(
        f"{count} campaign{'' if count == 1 else 's'}, no mistakes. Publish: hetk campaign publish {site}"
    )


@campaign.command("list")
@site_argument
@data_option
@json_option
def list_(site: str, data: DataDir, as_json: bool) -> None:
    """List SITE's campaigns: what is published, what is stopped, what is only a file yet.

    \b
    Examples:
      hetk campaign list shop
      hetk campaign list shop --json | jq -r '.[] | select(.state == "draft").id'
    """
    rows = _rows(_read(data, site), load(data, site))
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo(f"no campaigns yet; write one: hetk campaign new {site} NAME", err=True)
    for row in rows:
        revision = "-" if row["revision"] is None else f"r{row['revision']}"
        click.echo(
            f"{row['id']:<24} {row['state']:<10} {revision:<5} {row['kind']:<11} {row['place']:<16} {row['title']}"
        )


@campaign.command()
@site_argument
@click.option("--yes", is_flag=True, help="Do not ask when campaigns reach more people than before.")
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@data_option
def publish(site: str, yes: bool, dry_run: bool, data: DataDir) -> None:
    """Publish SITE's campaign files: all of them, or, when one has a mistake, none.

    Devices get them with their next look at /v1/config. Conditions that vanished since the last time are named
    and asked about.

    \b
    Examples:
      hetk campaign publish shop --dry-run
      hetk campaign publish shop
    """
    found = _read(data, site)
    _tell(found)
    assert found.site is not None  # noqa: S101 - without it there was a mistake
    before = load(data, site)
    changes, wider = _changes(before, found)
    for line in [*changes, *wider]:
        click.echo(line)
    if not changes and not wider:
        click.echo("nothing has changed")
    if dry_run:
        return
    if wider and not yes and not click.confirm("These reach more people than before. Publish?"):
        raise ClickException("nothing was published.")
    with changing(data, site) as published:
        put(published, found.site, found.campaigns, time.time_ns() // 1_000_000, found.stores)
    _say(data, site)


@campaign.command()
@site_argument
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let it be shown again.")
@data_option
def stop(site: str, name: str, undo: bool, data: DataDir) -> None:
    """Stop the campaign NAME: no page offers it any more within a minute. What a page shows already stays.

    \b
    Examples:
      hetk campaign stop shop free-delivery
      hetk campaign stop shop free-delivery --undo
    """
    _folder(data, site)
    with changing(data, site) as published:
        one = next((one for one in published.campaigns if one.id == name), None)
        if one is None:
            known = ", ".join(one.id for one in published.campaigns) or "none"
            raise ClickException(f"{site} has published no campaign {name!r}. It has: {known}.")
        one.stopped = not undo
    click.echo(f"{name} {'may be shown again' if undo else 'is stopped'}")


@campaign.command()
@site_argument
@click.option("--undo", is_flag=True, help="Let campaigns be shown again.")
@data_option
def kill(site: str, undo: bool, data: DataDir) -> None:
    """Stop all campaigns of SITE at once: within a minute every page keeps to its default.

    Works also when what was published is damaged.

    \b
    Examples:
      hetk campaign kill shop
      hetk campaign kill shop --undo
    """
    _folder(data, site)
    with changing(data, site, whatever=not undo) as published:
        published.kill = not undo
    click.echo(f"{site}: {'campaigns may be shown again' if undo else 'all campaigns are stopped'}")


def _folder(data: DataDir, site: str) -> Path:
    known = [one.name for one in sites.list_sites(data.sites)]
    if site not in known:
        listed = ", ".join(known) or "none"
        raise ClickException(
            f"there is no site {site!r} in {data.root} (there are: {listed}). Add it: hetk site add {site}"
        )
    return folder_of(data, site)


def _read(data: DataDir, site: str) -> files.Folder:
    from warehouse import queries

    folder = _folder(data, site)
    if not folder.exists():
        return files.Folder(SiteForm("en", []), [], [], [])
    return files.read(folder, frozenset(path.stem for path in queries.ROOT.glob("*.sql")), utc_now())


def _tell(found: files.Folder) -> None:
    """Mistakes, and the end of the command when there are any."""
    for mistake in found.mistakes:
        click.echo(str(mistake), err=True)
    if found.mistakes:
        count = len(found.mistakes)
        click.echo(f"{count} mistake{'' if count == 1 else 's'}; what is published stays as it is", err=True)
        sys.exit(1)


def _rows(found: files.Folder, published: Published | None) -> list[dict[str, Any]]:
    entries = {one.id: one for one in published.campaigns} if published else {}
    drafts = {one.id: one for one in found.campaigns}
    shared = {files.SITE_FILE, files.STORES_FILE}
    wrong = {mistake.file.removesuffix(".toml") for mistake in found.mistakes if mistake.file not in shared}
    rows = []
    for name in sorted({*entries, *drafts, *wrong}):
        entry, draft = entries.get(name), drafts.get(name)
        compiled = draft.compiled if draft else entry.compiled if entry else {}
        rows.append({
            "id": name,
            "state": _state(entry, draft, name in wrong, bool(published and published.kill)),
            "revision": entry.rev if entry else None,
            "kind": compiled.get("kind", "-"),
            "place": compiled.get("place") or "-",
            "title": draft.form.title if draft else entry.title if entry else "",
        })  # fmt: skip
    return rows


def _state(entry: Entry | None, draft: files.Ready | None, wrong: bool, killed: bool) -> str:
    if entry is None:
        return "mistaken" if wrong else "draft"
    if killed:
        return "killed"
    if entry.stopped:
        return "stopped"
    changed = wrong or draft is None or draft.compiled != entry.compiled
    return "changed" if changed else "published"


def _changes(before: Published | None, found: files.Folder) -> tuple[list[str], list[str]]:
    """What is new, other or gone; and what reaches more people than before."""
    entries = {one.id: one for one in before.campaigns} if before else {}
    changes, wider = [], []
    for one in found.campaigns:
        old = entries.pop(one.id, None)
        if old is None:
            changes.append(f"+ {one.id}: new")
        elif old.compiled != one.compiled:
            changes.append(f"~ {one.id}: changed")
            wider += [f"! {one.id}: {gone} is gone" for gone in _gone(old.compiled, one.compiled)]
    changes += [f"- {name}: gone" for name in entries]
    if found.stores != (before.stores if before else []):
        changes.append(f"~ stores: {len(found.stores)}")
    return changes, wider


def _gone(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Limits that were there and are not any more."""
    conditions = [f"the condition {name}" for name in old.get("when", {}) if name not in new.get("when", {})]
    purposes = [f"the consent to {name}" for name in old.get("need", []) if name not in new.get("need", [])]
    times = [f"`{name}`" for name in ("from", "until", "sensitive") if name in old and name not in new]
    return conditions + purposes + times


def _say(data: DataDir, site: str) -> None:
    published = load(data, site)
    if published is None:
        return
    stopped = [one.id for one in published.campaigns if one.stopped]
    count = 0 if published.kill else len(published.campaigns) - len(stopped)
    click.echo(f"{count} campaign{'' if count == 1 else 's'} of {site} in force, revision {published.rev}.")
    if published.kill:
        click.echo(f"All are stopped. The way back: hetk campaign kill {site} --undo")
    for name in stopped:
        click.echo(f"{name} stays stopped. The way back: hetk campaign stop {site} {name} --undo")
