"""`python -m collector`: command line and environment in, one running worker of the public port out."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import re
import signal
import sys
from pathlib import Path

import uvloop

from collector import config, logs, metrics
from collector.app import listen, serving
from collector.datadir import DataDir
from collector.errors import HetkError

EXAMPLES = """examples:
  python -m collector --data ./hetk-data
  python -m collector --data ./hetk-data --host 0.0.0.0 --port 8080 --worker w1

`hetk serve` starts this for you, together with the warehouse."""


def main() -> int:
    """Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage."""
    arguments = _arguments()
    logs.set_up()
    os.umask(0o077)  # the counters of prometheus_client are files made with the process's own mode
    data = DataDir(arguments.data)
    try:
        data.create()
        metrics.use_directory(data.metrics)
        settings = config.load(data.config)
        uvloop.run(_run(data, settings, arguments))
    except HetkError as error:
        logs.log.error(str(error))
        return 1
    except OSError as error:
        logs.log.error("cannot start: %s (%s port %d, %s)", error, arguments.host, arguments.port, data.root)
        return 1
    return 0


async def _run(data: DataDir, settings: config.Config, arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    host, worker = arguments.host, arguments.worker
    listener = listen(host, arguments.port)
    async with serving(data, settings, worker, listener):
        _tame_collector()
        logs.info("collector ready", worker=worker, host=host, port=listener.getsockname()[1])
        await stop.wait()
        logs.info("collector stops", worker=worker)


def _tame_collector() -> None:
    """The tables read at start live as long as the process: a full garbage collection that walks them cost a
    tenth to a fifth of the CPU under load. Requests leave hardly a cycle behind, so young ones are enough.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m collector",
        description="One worker of hetk's public port.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="the data directory")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--worker", type=_worker, default="w0", help="its name in journal segments (default: %(default)s)"
    )
    return parser.parse_args()


def _worker(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", text):
        raise argparse.ArgumentTypeError("use a letter and up to 15 letters or digits, like w0")
    return text


if __name__ == "__main__":
    sys.exit(main())
