"""`hetk rejected`: the events that were refused or held back, with what was wrong; repaired ones go back."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

from collector.datadir import DataDir
from warehouse.options import data_option, json_option

WHERE = """
FROM events_rejected WHERE status != 'released' AND ($site IS NULL OR site_id = $site)
  AND ($reason IS NULL OR reason = $reason OR detail = $reason)
"""
LIST = f"""
SELECT site_id, reason, coalesce(detail, '') AS detail, status, count(*) AS events,
  max(ts_received) AS last_at, any_value(event) AS event, any_value(raw) AS example
{WHERE} GROUP BY ALL ORDER BY events DESC, reason, detail LIMIT $limit
"""
EACH = f"""
SELECT site_id, event_id, event, reason, coalesce(detail, '') AS detail, status, ts_received, raw
{WHERE} ORDER BY ts_received DESC, event_id LIMIT $limit
"""
ROWS_MAX = 50
EXAMPLE_CHARACTERS = 160


@click.group()
def rejected() -> None:
    """The events that were not stored, and why; those held back by a tracking plan can be let in.

    \b
    Examples:
      hetk rejected list
      hetk rejected release --site shop --set price=9.90
    """


@rejected.command(name="list")
@data_option
@json_option
@click.option("--site", help="Only of this site.")
@click.option("--reason", help="Only with this reason, or with this text of what is wrong.")
@click.option("--each", is_flag=True, help="Every event with its id, the newest first, instead of reasons.")
@click.option(
    "--limit", type=click.IntRange(1), default=ROWS_MAX, show_default=True, help="At most so many lines."
)
def list_rejected(
    data: DataDir, as_json: bool, site: str | None, reason: str | None, each: bool, limit: int
) -> None:
    """Print the reasons, the most frequent first, each with an example as it was sent.

    \b
    Examples:
      hetk rejected list --site shop
      hetk rejected list --each --reason off_plan
      hetk rejected list --json | jq '.[0].example'
    """
    found = gather(data, EACH if each else LIST, {"site": site, "reason": reason, "limit": limit})
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    if not found:
        click.echo(
            f"no event was refused for {reason!r}; see: hetk rejected list"
            if reason
            else "no event was refused"
        )
    for one in found:
        first = f"{one['ts_received']:%Y-%m-%d %H:%M:%S}" if each else f"{one['events']:>9,}"
        what = f"{one['event'] or ''}  {one['event_id'] or ''}  " if each else ""
        click.echo(
            f"{first}  {one['site_id']}  {what}{one['reason']}  {one['detail']}  ({one['status']})".rstrip()
        )
        if example := one["raw" if each else "example"]:
            click.echo(f"{'':>11}{example[:EXAMPLE_CHARACTERS]}")


@rejected.command()
@data_option
@json_option
@click.option("--site", help="Only of this site.")
@click.option("--id", "event_id", metavar="EVENT_ID", help="Only this event.")
@click.option("--reason", help="Only with this reason, or with this text of what is wrong.")
@click.option("--event", help="Only events of this name.")
@click.option(
    "--set", "repairs", multiple=True, metavar="FIELD=VALUE",
    help="Give `event` or a prop another value; JSON where it is JSON, else text; null takes a prop away.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
def release(
    data: DataDir,
    as_json: bool,
    site: str | None,
    event_id: str | None,
    reason: str | None,
    event: str | None,
    repairs: Sequence[str],
    dry_run: bool,
) -> None:
    """Let events in that a tracking plan held back: repaired, or because the plan has changed.

    They are stored with the times they had, once: an id that is stored already counts as a duplicate, and a
    second release finds nothing. What still breaks the plan stays. Beside a running server loading waits.

    \b
    Examples:
      hetk rejected release --site shop --reason "price must be number, not string" --set price=9.90
      hetk rejected release --event pageview --set event=page_view
      hetk rejected release --site shop --dry-run
    """
    from warehouse.known_site import check_site
    from warehouse.load.release import Choice, choose
    from warehouse.load.release import release as let_in
    from warehouse.load.words import site_words
    from warehouse.writing import writable_lake

    choice = Choice(site, event_id, reason, event)
    if choice == Choice():
        raise click.UsageError("which events? add --site, --id, --reason or --event")
    values = dict(_parse(text) for text in repairs)
    with writable_lake(data) as con:
        if site is not None:
            check_site(data, con, site)
        count = choose(con, choice)
        with click.progressbar(length=count, label="releasing", file=sys.stderr) as bar:
            words = site_words(data)
            done = let_in(con, data, values, words=words, dry_run=dry_run, told=bar.update)
    if as_json:
        click.echo(json.dumps({"stored": done.stored, "duplicate": done.duplicate, "held": done.held}))
        return
    if not count:
        click.echo("no event that can be released matches; see: hetk rejected list --each")
        return
    verb = "would be released" if dry_run else "released"
    click.echo(f"{done.stored + done.duplicate} {verb}: {done.stored} stored, {done.duplicate} duplicate")
    for why, number in done.held.most_common():
        click.echo(f"{number} held back: {why}")


def _parse(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.UsageError(f"--set {text}: write FIELD=VALUE, for example price=9.90")
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = value
    if name == "event" and (not isinstance(parsed, str) or not parsed):
        raise click.UsageError(f"--set {text}: event is a name, for example event=page_view")
    return name, parsed


def gather(data: DataDir, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """One dictionary a line. Raises ClickException for a site that is not there."""
    from warehouse.known_site import check_site
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        if values["site"] is not None:
            check_site(data, con, values["site"])
        found = con.execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        con.close()
