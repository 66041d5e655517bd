"""`hetk models`: list, build, test and draw the models."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.models.model import load_models
from warehouse.options import data_option
from warehouse.writing import writable_lake


@click.group()
def models() -> None:
    """The views and macros analysts read: list, build, test and draw them.

    \b
    Examples:
      hetk models list
      hetk models graph -o models.svg
    """


@models.command(name="list")
def list_models() -> None:
    """Print every model in data order: what one row of it is.

    \b
    Examples:
      hetk models list
    """
    known = load_models()
    width = max(len(m.name) for m in known)
    for model in sorted(known, key=lambda m: m.folder):
        click.echo(f"{model.folder:<12} {model.kind:<6} {model.name:<{width}}  {model.grain}")


@models.command()
@data_option
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Write closed days again from here.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Until here, included.")
def build(data: DataDir, first: datetime | None, last: datetime | None) -> None:
    """Create or refresh all models; with --from and --to also write the closed days of a range again.

    Stored days that lost a file are opened: they are computed from the events until they are closed again.

    A server does this by itself at its start. One that runs goes on collecting and loads when this is done.

    \b
    Examples:
      hetk models build
      hetk models build --from 2026-01-01 --to 2026-01-31
    """
    if first and last and last < first:
        raise click.UsageError(f"--to {last:%Y-%m-%d} is before --from {first:%Y-%m-%d}: swap them")
    from collector import config
    from warehouse.load.missing import open_damaged_days
    from warehouse.models import campaign, runner

    with writable_lake(data) as con:
        campaign.keep(con, config.load(data.config).sessions)
        done = open_damaged_days(con) or runner.build(con)
        click.echo(f"{len(load_models())} models {'built' if done else 'were up to date'}")
        if first or last:
            now = datetime.now(UTC).replace(tzinfo=None)
            span = (first.date() if first else date.min, last.date() if last else now.date())
            click.echo("writing closed days again ...", err=True)
            click.echo(f"{len(runner.rebuild(con, *span, now))} closed days written again")


@models.command()
@click.argument(
    "folder", default=Path("tests/models"), type=click.Path(exists=True, file_okay=False, path_type=Path)
)
def test(folder: Path) -> None:
    """Run the CSV cases below FOLDER (tests/models): NAME/in.csv in, NAME/expected.csv out.

    Each case runs with its days open, closed, reopened and rebuilt.

    \b
    Examples:
      hetk models test
      hetk models test my-cases
    """
    from warehouse.models.lab import check, lab

    cases = sorted(path.parent for path in folder.glob("*/expected.csv"))
    if not cases:
        raise ClickException(f"no cases in {folder}: a case is a folder with in.csv and expected.csv")
    con = lab()
    wrong = [difference for case in cases if (difference := check(con, case))]
    for difference in wrong:
        click.echo(str(difference), err=True)
    click.echo(f"{len(cases) - len(wrong)} of {len(cases)} models answer as written down")
    if wrong:
        raise SystemExit(1)


@models.command()
@click.option(
    "-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write to FILE instead of standard output.",
)  # fmt: skip
def graph(target: Path | None) -> None:
    """Draw what reads what, as SVG.

    \b
    Examples:
      hetk models graph -o models.svg
    """
    from warehouse.models.graph import svg

    picture = svg(load_models())
    if target is None:
        click.echo(picture, nl=False)
    else:
        target.write_text(picture, encoding="utf-8")
