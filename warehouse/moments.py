"""`hetk moments`: write or fit a site's rules of moments, list them, go back to any of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, BinaryIO

import click
import duckdb
from click import ClickException

from collector.datadir import DataDir
from warehouse import fit as fitting
from warehouse import rules
from warehouse.fit_chances import Chance, fit_chances
from warehouse.fit_weights import Fitted, fit_all
from warehouse.known_site import check_site
from warehouse.options import data_option
from warehouse.publish import publish_rules
from warehouse.writing import writable_lake

DEFAULT = "default"


@click.group()
def moments() -> None:
    """The rules that make moments out of events: write or fit a site's own, list and switch them.

    \b
    Examples:
      hetk moments fit shop
      hetk moments use shop default
    """


@moments.command()
@data_option
@click.argument("site")
@click.option("--dry-run", is_flag=True, help="Print the report and change nothing.")
def fit(data: DataDir, site: str, dry_run: bool) -> None:
    """Fit weights, half-life, thresholds and the chance of an answer to SITE's answers.

    A fifth of the sessions is held out and judges.
    New rules are used when they foresee the held-out answers better, for days that are not closed yet; closed
    moments keep their model. A running server uses them from its next query on.

    \b
    Examples:
      hetk moments fit shop
      hetk moments fit shop --dry-run
      hetk models build --from 2026-01-01      # score the closed days anew
    """
    with _read_only(data) as con:
        check_site(data, con, site)
        cases = fitting.examples(con, site)
        if len(cases) < fitting.EXAMPLES_MIN:
            raise ClickException(
                f"{site} has {len(cases)} answered moments with something said before the answer; "
                f"{fitting.EXAMPLES_MIN} are needed. Which events are answers: docs/moments.md"
            )
        if len(learnable := fitting.learnable(cases)) < 2:
            only = learnable[0] if learnable else "no intent"
            raise ClickException(
                f"{site} has enough answers for {only} alone: fitted to them, the rules would see nothing "
                "else. Send answers of a second intent too: docs/moments.md"
            )
        start = fitting.in_use(con, site)
        click.echo(f"fitting to {len(cases)} answered moments ...", err=True)
        found = fit_all(start, cases, lambda loss: click.echo(f"  loss {loss:.4f}", err=True))
        chances = fit_chances(con, site)
        click.echo(_report(start, found, chances))
        better = found.after.log_loss < found.before.log_loss
        if not better:
            click.echo("The rules in use foresee the held-out answers as well: weights and thresholds stay.")
        if (better or chances) and not dry_run:
            model = f"fitted-{datetime.now(UTC):%Y%m%d-%H%M%S}"
            judged = {
                "before": asdict(found.before),
                "after": asdict(found.after if better else found.before),
            }
            curves = {name: [round(c.at, 4), round(c.slope, 4)] for name, c in chances.items()}
            fitted = {**(found.rules() if better else {}), "chances": curves}
            fitted = {**_own(con, site, rules.check(fitted)), "model": model}
            with writable_lake(data) as lake:
                _activate(lake, site, model, fitted, {"held_out": judged, "train": len(cases)})
                publish_rules(lake, data)
            click.echo(f"{site} uses {model} now. Back again: hetk moments use {site} {DEFAULT}")


@moments.command(name="set")
@data_option
@click.argument("site")
@click.argument("file", type=click.File("rb"))
def set_rules(data: DataDir, site: str, file: BinaryIO) -> None:
    """Let SITE use rules of its own: FILE (- is stdin) holds its differences from the defaults as JSON.

    Merged by RFC 7386: null takes a default away. Devices get them through /v1/config. What they say:
    docs/moments.md

    \b
    Examples:
      hetk moments set shop tiles.json
      echo '{"weights": {"event:tile_seen": [0, 0, 0, 600]}}' | hetk moments set shop -
    """
    try:
        patch = rules.check(json.loads(file.read()))
    except ValueError as error:
        raise ClickException(f"FILE is not JSON: {error}") from error
    model = patch.get("model") or f"{site}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with writable_lake(data) as con:
        check_site(data, con, site)
        if con.execute("FROM moment_models WHERE site_id = ? AND model = ?", [site, model]).fetchone():
            raise ClickException(f'{site} had rules {model} already: give these another name, "model": "..."')
        _activate(con, site, model, {**patch, "model": model}, None)
        publish_rules(con, data)
    click.echo(f"{site} uses {model} now. Back again: hetk moments use {site} {DEFAULT}")


@moments.command(name="list")
@data_option
def list_rules(data: DataDir) -> None:
    """Print the rules that sites have or had beside the defaults; * marks those in use.

    \b
    Examples:
      hetk moments list
    """
    with _read_only(data) as con:
        rows = con.execute(
            "SELECT site_id, model, made_at, active, report FROM moment_models ORDER BY site_id, made_at"
        ).fetchall()
    if not rows:
        click.echo("All sites use the defaults. Fit a site's own rules: hetk moments fit SITE")
    for site, model, made_at, active, report in rows:
        judged = json.loads(report)["held_out"] if report else None
        losses = (
            ""
            if judged is None
            else f"{judged['before']['log_loss']:.3f} -> {judged['after']['log_loss']:.3f}"
        )
        click.echo(f"{'*' if active else ' '} {site:<16} {model:<24} {made_at:%Y-%m-%d %H:%M}  {losses}")


@moments.command()
@data_option
@click.argument("site")
@click.argument("model")
def use(data: DataDir, site: str, model: str) -> None:
    """Let SITE use MODEL, one that `hetk moments list` shows, or `default`.

    \b
    Examples:
      hetk moments use shop fitted-20261122-220000
      hetk moments use shop default
    """
    with writable_lake(data) as con:
        check_site(data, con, site)
        known = con.execute("SELECT model FROM moment_models WHERE site_id = ?", [site]).fetchall()
        if model != DEFAULT and (model,) not in known:
            raise ClickException(f"{site} has no rules {model}. hetk moments list shows what there is.")
        con.execute("UPDATE moment_models SET active = (model = $2) WHERE site_id = $1", [site, model])
        publish_rules(con, data)
        click.echo(f"{site} uses {model} now, for days that are not closed yet.")


def _report(start: fitting.Parameters, found: Fitted, chances: dict[str, Chance]) -> str:
    before, after = found.before, found.after
    now, then = fitting.as_rules(start), fitting.as_rules(found.parameters)
    rows = [
        *((name, value, then[name]) for name, value in now.items()),
        ("held out: log-loss", f"{before.log_loss:.4f}", f"{after.log_loss:.4f}"),
        ("held out: accuracy", f"{before.accuracy:.3f}", f"{after.accuracy:.3f}"),
        ("held out: right-wrong", f"{found.named_before:.3f}", f"{found.named_after:.3f}"),
    ]
    lines = [f"{'':<24}{'in use':>12}{'fitted':>12}"]
    lines += [f"{name:<24}{one!s:>12}{other!s:>12}" for name, one, other in rows]
    if found.weights:
        lines.append("new weights in thousandths, for know, go, do, buy:")
    for name, four in sorted(found.weights.items()):
        lines.append(f"  {name:<32}" + "".join(f"{w:>8}" for w in four))
    lines.append(f"judged on {before.examples} answers that the fit has not seen")
    for name, chance in chances.items():
        lines.append(
            f"chance of an answer, {name}: held-out log-loss {chance.log_loss:.4f}, of the mean alone "
            f"{chance.log_loss_mean:.4f} ({chance.moments} moments)"
        )
    return "\n".join(lines)


def _own(con: duckdb.DuckDBPyConnection, site: str, fitted: dict[str, Any]) -> dict[str, Any]:
    """What was fitted over the site's own rules: those that were not fitted stay."""
    row = con.execute(
        "SELECT json_merge_patch(params, $fitted::JSON) FROM moment_models WHERE site_id = $site AND active",
        {"site": site, "fitted": json.dumps(fitted)},
    ).fetchone()
    own: dict[str, Any] = json.loads(row[0]) if row else fitted
    return own


def _activate(
    con: duckdb.DuckDBPyConnection,
    site: str,
    model: str,
    params: dict[str, object],
    report: dict[str, object] | None,
) -> None:
    from warehouse.store import transaction

    with transaction(con):
        con.execute("UPDATE moment_models SET active = false WHERE site_id = ?", [site])
        con.execute(
            "INSERT INTO moment_models (site_id, model, made_at, params, report, active)"
            " VALUES (?, ?, ?, ?, ?, true)",
            [
                site,
                model,
                datetime.now(UTC).replace(tzinfo=None),
                json.dumps(params),
                report and json.dumps(report),
            ],
        )


@contextmanager
def _read_only(data: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        yield con
    finally:
        con.close()
