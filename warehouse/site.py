"""`hetk site` and `hetk snippet`: a site's name in, its keys or script tag out."""

from __future__ import annotations

import json
from html import escape

import click
from click import ClickException

from collector import sites
from collector.datadir import DataDir
from warehouse.options import data_option, json_option

SCRIPT = "hetk.js"


@click.group()
def site() -> None:
    """Add sites, change their origins; make, rotate and revoke their keys. A running server follows within a
    second.

    \b
    Examples:
      hetk site add shop --origin https://shop.example --origin https://www.shop.example
      hetk site origin shop https://new.shop.example
      hetk site list
      hetk site key shop --server
    """


@site.command("add")
@click.argument("name")
@click.option(
    "--origin", "origins", multiple=True, metavar="URL", help="Pages that may send; none = every page."
)
@click.option(
    "--consent",
    type=click.Choice(["cookieless", "opt_in"]),
    default="cookieless",
    show_default=True,
    help="Before a visitor has answered: count without storing anything on the device, or send nothing.",
)
@data_option
def add(name: str, origins: tuple[str, ...], consent: sites.Consent, data: DataDir) -> None:
    """Add the site NAME and print its write key (the public one, for pages), nothing else.

    \b
    Examples:
      hetk site add shop --origin https://shop.example
      KEY=$(hetk site add blog --consent opt_in)
    """
    click.echo(sites.add_site(data.sites, name, list(origins), consent))


@site.command("origin")
@click.argument("name")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--remove", is_flag=True, help="Take these origins away.")
@data_option
def origin(name: str, urls: tuple[str, ...], remove: bool, data: DataDir) -> None:
    """Let the pages of these URLs send with the write key of the site NAME, and print all that may.

    \b
    Examples:
      hetk site origin shop https://www.shop.example
      hetk site origin shop https://old.shop.example --remove
    """
    change = sites.remove_origins if remove else sites.allow_origins
    for one in change(data.sites, name, list(urls)) or ["every origin"]:
        click.echo(one)


@site.command("list")
@data_option
@json_option
def list_(data: DataDir, as_json: bool) -> None:
    """List the sites with their origins and keys; server keys are secrets and not shown.

    \b
    Examples:
      hetk site list
      hetk site list --json | jq -r '.[].name'
    """
    known = sites.list_sites(data.sites)
    if as_json:
        click.echo(json.dumps([_as_dict(one) for one in known], indent=2))
        return
    if not known:
        click.echo("no sites yet; add one: hetk site add NAME --origin https://your.site", err=True)
    for one in known:
        key = one.current_key("write") or "no write key"
        server = "server key" if one.current_key("server") else "no server key"
        click.echo(f"{one.name}  {key}  {server}  {one.consent}  {' '.join(one.origins) or 'every origin'}")


def _as_dict(one: sites.Site) -> dict[str, object]:
    return {
        "name": one.name,
        "write_key": one.current_key("write"),
        "server_key": one.current_key("server") is not None,
        "consent": one.consent,
        "origins": one.origins,
        "created_ms": one.created_ms,
    }


@site.command("key")
@click.argument("name")
@click.option("--write", is_flag=True, help="The public key in the pages.")
@click.option("--server", is_flag=True, help="The secret key of servers, devices and replay.")
@click.option("--rotate", is_flag=True, help="Make a new key; the old one works for 30 more days.")
@click.option("--revoke", is_flag=True, help="All keys of this kind stop working at once.")
@data_option
def key(name: str, write: bool, server: bool, rotate: bool, revoke: bool, data: DataDir) -> None:
    """Print the current key of the site NAME; made when there is none.

    \b
    Examples:
      hetk site key shop --server
      hetk site key shop --write --rotate
      hetk site key shop --server --revoke
    """
    if write == server:
        raise click.UsageError("which key? add one of --server and --write")
    kind: sites.KeyKind = "write" if write else "server"
    if rotate and revoke:
        raise click.UsageError(
            "--rotate and --revoke exclude each other: revoke ends all keys now, rotate in 30 days"
        )
    if revoke:
        count = sites.revoke_keys(data.sites, name, kind)
        again = f"hetk site key {name} --{kind}"
        click.echo(f"{count} {kind} key{'' if count == 1 else 's'} revoked; a fresh one: {again}", err=True)
        return
    make = sites.rotate_key if rotate else sites.make_key
    click.echo(make(data.sites, name, kind))
    if rotate:
        click.echo("the key before works for 30 more days", err=True)


@click.command()
@click.argument("name")
@click.option(
    "--url",
    default="http://127.0.0.1:8080",
    show_default=True,
    metavar="URL",
    help="The collector's address as browsers see it.",
)
@data_option
def snippet(name: str, url: str, data: DataDir) -> None:
    """Print the script tag of the site NAME, for the <head> of its pages.

    The address holds the build's hash and the tag its checksum (SRI): a browser runs these bytes or none.
    Every build ever served stays available, so the tag never breaks.

    \b
    Examples:
      hetk snippet shop --url https://collect.example
    """
    from collector.scripts import built_files, hashed_name, integrity

    if not sites.is_web_address(url):
        raise click.UsageError(f"--url wants an address such as https://collect.example, not {url!r}")
    one = _site(data, name)
    key = one.current_key("write") or sites.make_key(data.sites, name, "write")
    script = next((path for path in built_files() if path.name == SCRIPT), None)
    if script is None:
        build = "npm --prefix sdk_js ci && npm --prefix sdk_js run build"
        raise ClickException(f"the browser script {SCRIPT} is not built. Build it: {build}")
    code = script.read_bytes()
    address = escape(f"{url.rstrip('/')}/{hashed_name(SCRIPT, code)}")
    attributes = f'src="{address}" data-key="{key}" integrity="{integrity(code)}" crossorigin'
    asks = ' data-consent="opt-in"' if one.consent == "opt_in" else ""
    click.echo(f"<script async {attributes}{asks}></script>")


def _site(data: DataDir, name: str) -> sites.Site:
    one = next((one for one in sites.list_sites(data.sites) if one.name == name), None)
    if one is None:
        fix = f"hetk site add {name} --origin https://your.site"
        raise ClickException(f"there is no site {name!r} in {data.root}. Add it: {fix}")
    return one
