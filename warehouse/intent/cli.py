"""`hetk intent`: a query, or a file of them, in; verdicts with reasons out. Only --site reads --data."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from collector.datadir import DataDir
from warehouse.options import data_option, json_option

INTENTS = ("know", "go", "do", "buy", "none")


class _IntentCommand(click.Command):
    """Free text, or `fit` and what `hetk moments fit` takes."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args[:1] != ["fit"]:
            return super().make_context(info_name, args, parent, **extra)
        from warehouse.moments import fit

        return fit.make_context(f"{info_name} fit", args[1:], parent, **extra)


@click.command(cls=_IntentCommand)
@click.argument("text", nargs=-1)
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="A .tsv or .csv with a column `query`, one verdict a row; - is standard input.",
)
@click.option("--lang", help="The page's language (a hint): en, hi, hi-Latn, bn, et, es, de, fr, pt, id, ja.")
@click.option(
    "--word",
    "words",
    multiple=True,
    metavar="INTENT=WORD",
    help="A word of your own, as in hetk.toml's [intent]; may be repeated.",
)
@click.option("--site", metavar="NAME", help="With the words that hetk.toml in --data has for this site.")
@data_option
@json_option
def intent(
    text: tuple[str, ...],
    path: Path | None,
    lang: str | None,
    words: tuple[str, ...],
    site: str | None,
    data: DataDir,
    as_json: bool,
) -> None:
    """Say whether a search wants to know, go, do, buy or none of these, and why, word by word.

    \b
    Examples:
      hetk intent "shoes kahan milega"
      hetk intent "kingapood kesklinnas" --json
      hetk intent "kevadkampaania" --word buy=kevadkampaania
      hetk intent "kevadkampaania" --site shop --data hetk-data
      hetk intent --file queries.tsv --format json
      hetk intent fit shop                  # the same as hetk moments fit shop
    """
    if bool(text) == (path is not None):
        raise click.UsageError("Give a query or --file FILE: hetk intent --help shows both.")
    extra = _extra(words)
    for name, own in _site_words(site, data).items():
        extra.setdefault(name, []).extend(own)
    for query in _queries(path) if path else [" ".join(text)]:
        if as_json:
            click.echo(json.dumps(_as_row(query, lang, extra, full=path is None), ensure_ascii=False))
        elif path:
            row = _as_row(query, lang, extra, full=False)
            click.echo(f"{row['intent']:<5} {row['confidence']:.2f}  {row['lang']:<7}  {query}")
        else:
            click.echo(_explained(query, lang, extra))


def _as_row(query: str, lang: str | None, extra: dict[str, list[str]], *, full: bool) -> dict[str, Any]:
    from warehouse.intent.classify import classify

    verdict = asdict(classify(query, lang, extra=extra))
    verdict = {k: round(v, 6) if isinstance(v, float) else v for k, v in verdict.items()}
    if full:
        return {"query": query, **verdict}
    return {"query": query, **{k: verdict[k] for k in ("intent", "confidence", "lang")}}


def _explained(query: str, lang: str | None, extra: dict[str, list[str]]) -> str:
    from warehouse.intent.explain import explain

    why = explain(query, lang, extra)
    v = why.verdict
    lines = [
        f"{v.intent}  {v.confidence:.0%}   language {v.lang}   normalised: {v.norm or '(nothing)'}",
        f"know {v.know:.2f}   go {v.go:.2f}   do {v.do:.2f}   buy {v.buy:.2f}",
        "",
    ]
    width = max([len(r.words) for r in why.reasons], default=0)
    lines += [
        f"  {r.words:<{width}}  {r.push:+5.1f} {v.intent:<5} {r.feature}: {r.about}" for r in why.reasons
    ]
    return "\n".join(lines)


def _extra(words: tuple[str, ...]) -> dict[str, list[str]]:
    extra: dict[str, list[str]] = {}
    for given in words:
        name, equals, word = given.partition("=")
        if name not in INTENTS or not equals or not word.strip():
            raise click.BadParameter(
                f"{given!r}: write INTENT=WORD with one of {', '.join(INTENTS)}.", param_hint="--word"
            )
        extra.setdefault(name, []).append(word)
    return extra


def _site_words(site: str | None, data: DataDir) -> dict[str, tuple[str, ...]]:
    """Words that hetk.toml gives the site; a site nobody added is a slip of the finger."""
    if site is None:
        return {}
    from collector.sites import Sites
    from warehouse.load.words import site_words

    known = Sites.load(data.sites).by_name
    if site not in known:
        there = ", ".join(sorted(known)) or "it has none"
        raise click.ClickException(f"no site {site!r} in {data.root} ({there}); --data DIR names another.")
    return dict(site_words(data).of(site))


def _queries(path: Path) -> Iterator[str]:
    """The column `query`; bad UTF-8 becomes U+FFFD, a short row an empty query: rows stay aligned."""
    with click.open_file(str(path), "rb") as stream:
        texts = (line.decode("utf-8", "replace") for line in stream)
        lines = (text.lstrip("\ufeff").rstrip("\r\n").replace("\0", "") for text in texts)
        yield from _column(path, lines)


def _column(path: Path, lines: Iterator[str]) -> Iterator[str]:
    head = next(lines, "")
    comma = "\t" not in head and path.suffix != ".tsv" and head.strip() != "query"
    names = [name.strip().strip('"') for name in head.split("," if comma else "\t")]
    if "query" not in names:
        raise click.ClickException(
            f"{path}: no column `query` in its first line ({', '.join(names) or 'empty'})."
        )
    column = names.index("query")
    csv.field_size_limit(sys.maxsize)
    rows = csv.reader(lines) if comma else (line.split("\t") for line in lines)
    for row in rows:
        yield row[column] if column < len(row) else ""
