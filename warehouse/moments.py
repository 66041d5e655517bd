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
from warehouse.fit_weights import Fitted, Thresholds, fit_all
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
    """Fit weights, half-lives, calibration and thresholds to SITE's answers.

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
        start, opened = fitting.in_use(con, site), _thresholds(con, site)
        click.echo(f"fitting to {len(cases)} answered moments ...", err=True)
        found = fit_all(start, opened, cases, lambda loss: click.echo(f"  loss {loss:.4f}", err=True))
        click.echo(_report(start, opened, found))
        if found.after.log_loss >= found.before.log_loss:
            click.echo("The rules in use foresee the held-out answers as well: nothing changed.")
        elif not dry_run:
            model = f"fitted-{datetime.now(UTC):%Y%m%d-%H%M%S}"
            judged = {"before": asdict(found.before), "after": asdict(found.after)}
            fitted = {**_own(con, site, found.rules()), "model": model}
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
      echo '{"event": {"tile_seen": [0, 0, 0, 0.6]}}' | hetk moments set shop -
    """
    try:
        patch = rules.check(json.loads(file.read()))
    except ValueError as error:
        raise ClickException(f"FILE is not JSON: {error}") from error
    model = patch.get("model") or f"{site}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    with writable_lake(data) as con:
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
        known = con.execute("SELECT model FROM moment_models WHERE site_id = ?", [site]).fetchall()
        if model != DEFAULT and (model,) not in known:
            raise ClickException(f"{site} has no rules {model}. hetk moments list shows what there is.")
        con.execute("UPDATE moment_models SET active = (model = $2) WHERE site_id = $1", [site, model])
        publish_rules(con, data)
        click.echo(f"{site} uses {model} now, for days that are not closed yet.")


def _report(start: fitting.Parameters, opened: Thresholds, found: Fitted) -> str:
    then = fitting.patch(found.parameters) | asdict(found.thresholds)
    now = fitting.patch(start) | asdict(opened)
    before, after = found.before, found.after
    rows = [
        *((name, value, then[name]) for name, value in now.items()),
        ("held out: log-loss", f"{before.log_loss:.4f}", f"{after.log_loss:.4f}"),
        ("held out: accuracy", f"{before.accuracy:.3f}", f"{after.accuracy:.3f}"),
        ("held out: right-wrong", f"{found.named_before:.3f}", f"{found.named_after:.3f}"),
    ]
    lines = [f"{'':<22}{'in use':>30}{'fitted':>30}"]
    lines += [f"{name:<22}{one!s:>30}{other!s:>30}" for name, one, other in rows]
    if found.weights:
        lines.append("new weights, for know, go, do, buy:")
    for name, four in found.weights.items():
        lines.append(f"  {name:<32}" + "".join(f"{w:>8.2f}" for w in four))
    return "\n".join([*lines, f"judged on {before.examples} answers that the fit has not seen"])


def _thresholds(con: duckdb.DuckDBPyConnection, site: str) -> Thresholds:
    row = con.execute(
        "SELECT open_at, lead_by FROM moment_settings WHERE site_id IN ($site, '')"
        " ORDER BY site_id DESC LIMIT 1",
        {"site": site},
    ).fetchone()
    if row is None:
        raise ClickException("the models are not built: hetk models build")
    return Thresholds(*row)


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
    con.execute("BEGIN")
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
    con.execute("COMMIT")


@contextmanager
def _read_only(data: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    from warehouse.store import open_lake

    con = open_lake(data, read_only=True)
    try:
        yield con
    finally:
        con.close()
