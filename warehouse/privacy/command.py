"""`hetk forget`: a visitor or user in; everything about that person erased and the proof printed."""

from __future__ import annotations

import click

from collector.datadir import DataDir
from collector.sites import list_sites
from warehouse.errors import DataDirInUse
from warehouse.options import data_option
from warehouse.privacy.forget import Kind
from warehouse.privacy.person import Person

WAIT_SECONDS = 600.0


@click.command()
@data_option
@click.option("--site", required=True, help="The site the person visited.")
@click.option("--visitor", help="A visitor id (events.visitor_id).")
@click.option("--user", help="A user id (events.user_id); takes along the devices nobody else has used.")
@click.option("--now", is_flag=True, help="Purge files and history at once, and prove it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(data: DataDir, site: str, visitor: str | None, user: str | None, now: bool, yes: bool) -> None:
    """Erase a visitor or user: rows, files, history, journal, statistics. Cannot be undone.

    No query finds the person from then on. The bytes in files and history go with the warehouse's nightly
    purge; with --now at once, which may cut off queries that run, and ends with the proof.

    Works while `hetk serve` runs (it does the work) and when it does not. Late events of that person are
    refused from then on. The proof searches every file of the data directory for the person's ids. Files you
    made elsewhere (`hetk snapshot`, `hetk sql -o`, backups) are yours to make again.

    \b
    Examples:
      hetk forget --site shop --visitor 5f0c2b --now
      hetk forget --site shop --user 1042 --yes
    """
    if bool((visitor or "").strip()) == bool((user or "").strip()):
        raise click.UsageError("name one person: --visitor ID or --user ID, which is not empty.")
    from warehouse.privacy.proof import find

    kind: Kind = "visitor" if visitor else "user"
    _check(data, site)
    if not yes:
        click.confirm(f"erase {kind} {visitor or user} of {site} for good?", abort=True)
    events, lines, person = _erase(data, site, kind, visitor or user or "", now)
    click.echo(f"erased {events} events and {lines} journal lines of {kind} {visitor or user}")
    if not events and not lines:
        click.echo("nothing was kept under this id; events that still come with it are refused", err=True)
    if not now:
        click.echo("files and history follow with the nightly purge; at once with --now")
        return
    places = find(data, [person])
    if places:
        raise click.ClickException("still found, run the command again:\n" + "\n".join(places))
    click.echo("proof: every file decoded, nothing of this person found")


def _check(data: DataDir, site: str) -> None:
    if not data.catalog.exists():
        raise click.ClickException(f"there is no lake in {data.root}. Name another directory with --data.")
    known = [one.name for one in list_sites(data.sites)]
    if site not in known:
        raise click.ClickException(
            f"there is no site {site!r} in {data.root}; it has {', '.join(known) or 'none'}"
        )


def _erase(data: DataDir, site: str, kind: Kind, identity: str, now: bool) -> tuple[int, int, Person]:
    from warehouse import migrations
    from warehouse.load.loader import Loader, only_loader
    from warehouse.models import runner
    from warehouse.privacy.forget import Request
    from warehouse.privacy.requests import Requests, ask, send, take
    from warehouse.store import open_lake

    request = Request(site, kind, identity, now)
    try:
        with only_loader(data):
            answered = send(data, request)  # if this ends in the middle, the next writer goes on with it
            con = open_lake(data)
            try:
                migrations.migrate(con)
                runner.build(con)
                requests = Requests(con, data, Loader(con, data))
                while (answer := take(answered)) is None:
                    requests.answer()
            finally:
                con.close()
    except DataDirInUse:
        answer = ask(data, request, WAIT_SECONDS)
    if answer is None:
        raise click.ClickException("the warehouse has not answered yet; it will do it. See `hetk status`.")
    if answer.person is None:
        raise click.ClickException(answer.error or "the warehouse has not erased anybody")
    return answer.events, answer.lines, answer.person
