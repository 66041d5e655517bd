"""A PostgreSQL 15 of its own on a socket, and psql to ask it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BIN = Path("/usr/lib/postgresql/15/bin")
SETTINGS = "-c fsync=off -c shared_buffers=512MB -c work_mem=256MB -c max_wal_size=4GB"
TIMEOUT_SECONDS = 120
TIME = re.compile(r"^Time: ([\d.]+) ms", re.M)
TIMED_OUT = "canceling statement due to statement timeout"


class TooSlow(Exception):
    """A statement took longer than TIMEOUT_SECONDS."""


def is_installed() -> bool:
    return (BIN / "initdb").exists()


@contextmanager
def server() -> Iterator[Path]:
    """Its folder, with the socket; PostgreSQL refuses root, so root lends it the user postgres."""
    home = Path(tempfile.mkdtemp(prefix="hetk-pg-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    home.chmod(0o755)
    control: list[str | Path] = [BIN / "pg_ctl", "-D", home / "data", "-w"]
    try:
        # Texts sort as in DuckDB: by their bytes.
        _run(
            [BIN / "initdb", "-D", home / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]
        )
        _run([*control, "-o", f"-k {home} -h '' {SETTINGS}", "-l", home / "log", "start"])
        try:
            yield home
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home)


def psql(
    socket: Path,
    sql: str | Path,
    *,
    source: Path | None = None,
    target: Path | None = None,
    timeout_seconds: int = 0,
) -> float:
    """Runs a statement, or the statements of a file; their seconds as psql tells them. Raises TooSlow."""
    what: list[str | Path] = ["-f", sql] if isinstance(sql, Path) else ["-c", sql]
    command: list[str | Path] = [
        BIN / "psql",
        "-X",
        "-h",
        socket,
        "-U",
        "postgres",
        "-v",
        "ON_ERROR_STOP=1",
        "-qAt",
    ]
    command += ["-o", target or os.devnull, "-c", r"\timing on", *what]
    environment = {**os.environ, "PGOPTIONS": f"-c statement_timeout={timeout_seconds}s"}
    with (source or Path(os.devnull)).open("rb") as lines:
        ended = subprocess.run(
            [*map(str, command)], stdin=lines, capture_output=True, text=True, env=environment
        )
    if TIMED_OUT in ended.stderr:
        raise TooSlow
    if ended.returncode:
        raise RuntimeError(f"psql: {ended.stderr.strip()}")
    return sum(map(float, TIME.findall(ended.stdout))) / 1000


def _run(command: list[str | Path]) -> None:
    lend = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*lend, *map(str, command)], stdout=subprocess.DEVNULL, check=True, cwd="/")
