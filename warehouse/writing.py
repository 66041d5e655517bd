"""A data directory in, its lake open for a command that writes out; a running server waits meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click import ClickException

from collector.datadir import DataDir

if TYPE_CHECKING:
    import duckdb


@contextmanager
def writable_lake(data: DataDir) -> Iterator[duckdb.DuckDBPyConnection]:
    """Holds the writer's turn while the block runs: a running server goes on collecting and loads after it.

    Raises ClickException when there is no lake.
    """
    from warehouse import migrations
    from warehouse.store import open_lake
    from warehouse.turn import Turn

    if not data.catalog.exists():
        raise ClickException(f"there is no lake in {data.root}. Name another directory with --data.")
    turn = Turn.take_now(data)
    if turn is None:
        click.echo("waiting for the running server to finish a load ...", err=True)
        turn = Turn.take(data)
    with turn:
        con = open_lake(data)
        try:
            migrations.migrate(con)
            yield con
        finally:
            con.close()
