"""`hetk replay`: a file and a mapping in; its rows as events at a collector out, and a summary."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
from click import ClickException

from warehouse.replay.batches import Batch, Batcher
from warehouse.replay.mapping import BadRow, Mapping, Row, RowMapper, read_mapping
from warehouse.replay.progress import Resume, Show, progress
from warehouse.replay.sender import Sender, Tally
from warehouse.replay.source import FORMATS, Source, open_source

BAD_ROWS_SHOWN = 3


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to", "url", required=True, metavar="URL", help="The collector, for example http://127.0.0.1:8080"
)
@click.option(
    "--key", required=True, envvar="HETK_SERVER_KEY", show_envvar=True, help="A server key of the site."
)
@click.option("--map", "maps", multiple=True, metavar="COLUMN=FIELD,...", help="Which column is which field.")
@click.option(
    "--map-value", "map_values", multiple=True, metavar="FIELD:OLD=NEW,...", help="Rename values of a field."
)
@click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="The same value for every row.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="What FILE is (default: by its name).")
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="Where to keep how far it got."
)
def replay(
    file: Path,
    url: str,
    key: str,
    maps: tuple[str, ...],
    map_values: tuple[str, ...],
    sets: tuple[str, ...],
    form: str | None,
    state: Path | None,
) -> None:
    """Send FILE, a history of events, through the real protocol; original times are kept.

    Fields: ts, event, visitor, user, session, url, ref, title, page_type, lang, utm_*, user_agent, any prop.
    The names of the table's columns (visitor_id, user_id, ...) mean the same, and a column that already
    has one of hetk's names needs no --map. Other columns are not sent.
    Times: timestamps, ISO strings, epoch numbers in s, ms, us. A web log (combined) maps itself; addresses
    never leave this process; url_host says whose paths they are.

    A run that was stopped resumes. A second run adds nothing: ids are made from the file and the row.

    \b
    Examples:
      hetk replay shop.parquet --to http://127.0.0.1:8080 --key sk_... \\
        --map event_time=ts,event_type=event,user_id=visitor,category_code=category \\
        --map-value event:view=view_item,cart=add_to_cart
      hetk replay clicks.csv --to http://127.0.0.1:8080 --key sk_... \\
        --map Time=ts,SessionId=session,ItemId=product_id --set event=view_item
      hetk replay access.log.gz --format combined --set url_host=shop.example \\
        --to http://127.0.0.1:8080 --key sk_...
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise click.UsageError(f"--to wants an address such as http://127.0.0.1:8080, not {url!r}")
    texts = [
        pair.partition("=")[0].strip() for text in maps for pair in text.split(",") if _is_text_map(pair)
    ]
    source = open_source(file, form, texts, key)
    mapping = read_mapping(source.columns, maps, map_values, sets, source.known)
    if mapping.left_out:
        click.echo(f"not sent (add COLUMN=NAME to --map to send it): {', '.join(mapping.left_out)}", err=True)
    resume = Resume(state) if state else Resume.default(source.digest.hex(), url, key, repr(mapping))
    _run(source, mapping, Tally(), url, key, resume)


def _is_text_map(pair: str) -> bool:
    from warehouse.replay.mapping import TEXTS, target_name

    target = target_name(pair.partition("=")[2].strip())
    return target == "ts" or target in TEXTS or target.endswith("_id")


def _run(source: Source, mapping: Mapping, tally: Tally, url: str, key: str, resume: Resume) -> None:
    first = resume.load()
    if first:
        click.echo(f"resuming at row {first + 1:,} of {source.total:,}", err=True)
    bad: list[BadRow] = []
    with progress(source.total, first) as show:
        run = Run(source, mapping, tally, resume, show, bad)
        try:
            asyncio.run(run.send(Sender(url, key, tally), first))
        except (ClickException, KeyboardInterrupt):
            resume.save(run.answered_before(), now=True)
            raise
    resume.clear()
    _summary(source, tally, bad, first)


class Run:
    """One replay: rows -> events -> batches -> sender, and the row before which all is answered."""

    def __init__(
        self, source: Source, mapping: Mapping, tally: Tally, resume: Resume, show: Show, bad: list[BadRow]
    ) -> None:
        self._source = source
        self._mapper = RowMapper(mapping, source.columns, source.digest)
        self._tally = tally
        self._resume = resume
        self._show = show
        self._bad = bad
        self._batcher = Batcher()
        self._in_flight: dict[int, Batch] = {}

    async def send(self, sender: Sender, first: int) -> None:
        self._batcher.next_row = first
        batches = self._batcher.feed(self._rows(first), self._on_bad)
        await sender.run(batches, self._on_sent, self._on_done)

    def answered_before(self) -> int:
        return min([self._batcher.lowest_held(), *(batch.first for batch in self._in_flight.values())])

    def _rows(self, first: int) -> Iterator[tuple[int, Row | BadRow]]:
        for number, values in enumerate(self._source.rows(first), first):
            try:
                yield number, self._mapper(number, values)
            except BadRow as bad:
                yield number, bad

    def _on_bad(self, bad: BadRow) -> None:
        self._tally.reject(f"not sent: {bad.reason}")
        if len(self._bad) < BAD_ROWS_SHOWN:
            self._bad.append(bad)

    def _on_sent(self, batch: Batch) -> None:
        self._in_flight[id(batch)] = batch

    def _on_done(self, batch: Batch) -> None:
        del self._in_flight[id(batch)]
        row = self.answered_before()
        self._resume.save(row)
        self._show(row)


def _summary(source: Source, tally: Tally, bad: list[BadRow], first: int) -> None:
    rejected = sum(tally.rejected.values())
    click.echo(
        f"rows {source.total - first}  sent {tally.sent}  accepted {tally.accepted}  rejected {rejected}"
    )
    for reason, count in tally.rejected.most_common():
        click.echo(f"  {reason}: {count}")
    for row in bad:
        click.echo(f"  {row}", err=True)
    click.echo(
        "Events that were there already are dropped when they are loaded, and counted: hetk sql 'FROM loads'",
        err=True,
    )
    if source.total > first and not tally.accepted:
        raise ClickException("no event was accepted; see the reasons above.")
