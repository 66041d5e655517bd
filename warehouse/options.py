"""Options that several commands share: decorators in, ready values (a DataDir) out."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from collector.datadir import DataDir

SECONDS_MAX = 86_400.0
Command = Callable[..., Any]


def _to_data_dir(ctx: click.Context, param: click.Parameter, value: Path) -> DataDir:
    if value.exists() and not value.is_dir():
        raise click.BadParameter(f"{value} is a file; name a directory.")
    return DataDir(value)


def data_option(command: Command) -> Command:
    """`--data DIR`, else HETK_DATA, else ./hetk-data; the command receives a DataDir named `data`."""
    return click.option(
        "--data",
        envvar="HETK_DATA",
        default=Path("hetk-data"),
        show_default="./hetk-data",
        show_envvar=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        callback=_to_data_dir,
        help="The data directory.",
    )(command)


def json_option(command: Command) -> Command:
    """`--json` and `--format json` mean the same wherever a command prints a table."""
    as_json = click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
    form = click.option(
        "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
    )

    @wraps(command)  # carries over what decorators below this one have left on the command
    def combine(as_json: bool, form: str, **rest: Any) -> Any:
        return command(as_json=as_json or form == "json", **rest)

    return form(as_json(combine))


def some_seconds(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:
    """A time to wait: more than 0, at most a day. Raises BadParameter."""
    if value is not None and not 0 < value <= SECONDS_MAX:  # nan is neither
        raise click.BadParameter(
            f"{value:g} is no time to wait: give seconds, more than 0 and at most {SECONDS_MAX:.0f}."
        )
    return value
