"""`hetk campaign`: files of campaigns in; checked, published, stopped."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from click import ClickException

from collector import sites
from collector.datadir import DataDir
from collector.files import replace_file
from warehouse.act import desk
from warehouse.act import folder as files
from warehouse.act.published import folder_of, load
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
    rows = desk.rows(_read(data, site), load(data, site))
    if as_json:
        click.echo(json.dumps([row._asdict() for row in rows], indent=2, ensure_ascii=False))
        return
    if not rows:
        click.echo(f"no campaigns yet; write one: hetk campaign new {site} NAME", err=True)
    for row in rows:
        revision = "-" if row.revision is None else f"r{row.revision}"
        click.echo(f"{row.id:<24} {row.state:<10} {revision:<5} {row.kind:<11} {row.place:<16} {row.title}")


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
    changes = desk.changes(load(data, site), found)
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo("nothing has changed")
    if dry_run:
        return
    wider = any(change.wider for change in changes)
    if wider and not yes and not click.confirm("These reach more people than before. Publish?"):
        raise ClickException("nothing was published.")
    desk.publish(data, site, found)
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
    desk.stop(data, site, name, undo=undo)
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
    desk.kill(data, site, undo=undo)
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
    _folder(data, site)
    return desk.read(data, site)


def _tell(found: files.Folder) -> None:
    """Mistakes, and the end of the command when there are any."""
    for mistake in found.mistakes:
        click.echo(str(mistake), err=True)
    if found.mistakes:
        count = len(found.mistakes)
        click.echo(f"{count} mistake{'' if count == 1 else 's'}; what is published stays as it is", err=True)
        sys.exit(1)


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
