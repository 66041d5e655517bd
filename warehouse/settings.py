"""`hetk config`: hetk.toml and HETK_* variables in, every setting in effect with its origin out."""

from __future__ import annotations

import json
from typing import Any

import click

from collector.datadir import DataDir
from warehouse.options import data_option, json_option


@click.command()
@data_option
@json_option
def config(data: DataDir, as_json: bool) -> None:
    """Print the settings in effect and where each comes from: default, hetk.toml or a HETK_* variable.

    \b
    Examples:
      hetk config
      HETK_LIMITS_BODY_BYTES_MAX=1048576 hetk config
      hetk config --json | jq '.[] | select(.origin != "default")'
    """
    from collector.config import effective

    settings = effective(data.config)
    if as_json:
        click.echo(json.dumps([one._asdict() for one in settings], indent=2))
        return
    width = max(len(one.path) for one in settings)
    values = [_as_toml(one.value) for one in settings]
    value_width = max(map(len, values))
    for one, value in zip(settings, values, strict=True):
        click.echo(f"{one.path:<{width}}  {value:<{value_width}}  {one.origin}")


def _as_toml(value: Any) -> str:
    """As it would stand in hetk.toml; JSON's numbers, booleans, strings and lists are TOML's."""
    return json.dumps(value, ensure_ascii=False)
