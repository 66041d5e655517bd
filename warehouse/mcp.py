"""`hetk mcp`: starts the server that lets a language model ask the lake (warehouse/console/mcp_tools.py)."""

from __future__ import annotations

import click
from click import ClickException

from collector.datadir import DataDir
from warehouse.options import data_option


@click.command()
@data_option
@click.option("--http", "port", type=click.IntRange(1, 65535), help="Serve on this port instead of stdio.")
def mcp(data: DataDir, port: int | None) -> None:
    """Let a language model ask the lake, read-only: an MCP server.

    The model's program starts it and talks over stdin and stdout; with --http it answers this machine at
    http://127.0.0.1:PORT/mcp, and asks for an analyst's token once the console has accounts. What a model reads goes to whoever runs the model.

    \b
    Examples:
      hetk mcp --data /srv/hetk
      hetk mcp --http 8090
    """
    from warehouse.store import open_lake

    try:
        from warehouse.console.mcp_tools import make
    except ModuleNotFoundError as error:
        raise ClickException(f"hetk mcp needs the package {error.name}: pip install 'hetk[mcp]'") from error
    open_lake(data, read_only=True).close()  # what is wrong with the lake is said now, not to the model
    server = make(data)
    if port is None:
        server.run("stdio")
        return
    import uvicorn

    from warehouse.console.mcp_door import guarded
    from warehouse.people.store import People

    click.echo(f"MCP at http://127.0.0.1:{port}/mcp, for this machine alone; Ctrl-C ends it", err=True)
    app = guarded(server.streamable_http_app(host="127.0.0.1"), People(data))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
