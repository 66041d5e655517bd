"""`hetk status`: a data directory in; is it running, how far behind, how large, what failed, out."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click
import msgspec
from click import ClickException

from collector.datadir import DataDir
from warehouse.errors import LakeMissing
from warehouse.options import data_option, json_option

STALE_SECONDS = 5.0
JOB = ("name", "last_run_at", "seconds", "runs", "failures", "last_error", "last_error_at")


@click.command()
@data_option
@json_option
def status(data: DataDir, as_json: bool) -> None:
    """Show whether the server runs, how far behind it is, how large things are and what failed last.

    \b
    Examples:
      hetk status
      hetk status --json | jq .lag_seconds
    """
    if not data.root.exists():
        raise ClickException(f"there is no {data.root}. Start it with: hetk serve --data {data.root}")
    found = gather(data)
    if as_json:
        click.echo(json.dumps(found, indent=2, default=str))
        return
    width = max(len(name) for name in found)
    for name, value in found.items():
        if isinstance(value, list):
            click.echo(f"{name}:" if value else f"{name:<{width}}  none")
            for one in value:
                click.echo(f"  {_job(one) if isinstance(one, dict) else one}")
        else:
            click.echo(f"{name:<{width}}  {_text(value)}")


def gather(data: DataDir) -> dict[str, Any]:
    """Everything known without asking the server: its heartbeat, the files and the lake."""
    beat, unreadable = _heartbeat(data)
    running = time.time() - beat.at_ms / 1000 < STALE_SECONDS
    lake = _lake(data)
    return {
        "server": f"{beat.loader}, pid {beat.pid}" if running else unreadable or "not running",
        "lag_seconds": beat.lag_seconds if running else None,
        "journal_bytes": _size(data.journal),
        "lake_bytes": _size(data.lake),
        "catalog_bytes": _size(data.catalog),
        **lake,
        "last_error": beat.error,
        "missing_files": [f"{path}: restore it from a backup" for path in beat.missing_files],
        "jobs": _jobs(lake.pop("jobs"), beat.jobs if running else []),
    }


class Job(msgspec.Struct):
    """A job as the heartbeat has it."""

    name: str
    runs: int = 0
    failures: int = 0
    seconds: float = 0.0
    error: str | None = None


class Beat(msgspec.Struct):
    """What the warehouse writes into run/warehouse.json each second."""

    pid: int = 0
    at_ms: int = 0
    loader: str = ""
    lag_seconds: float | None = None
    error: str | None = None
    missing_files: list[str] = []
    jobs: list[Job] = []


def _heartbeat(data: DataDir) -> tuple[Beat, str]:
    """And what is wrong with the file: a power cut may leave it empty."""
    try:
        return msgspec.json.decode(data.heartbeat.read_bytes(), type=Beat), ""
    except FileNotFoundError:
        return Beat(), ""
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Beat(), f"not known: {data.heartbeat} cannot be read; a server that runs writes it anew"


def _lake(data: DataDir) -> dict[str, Any]:
    import duckdb

    from warehouse.store import open_lake

    try:
        con = open_lake(data, read_only=True)
    except LakeMissing:
        return {"events": 0, "newest_event": None, "closed_days": 0, "jobs": []}
    try:
        row = con.execute(
            "SELECT (SELECT count(*) FROM events), (SELECT max(ts_received) FROM events),"
            " (SELECT count(*) FROM events_rejected WHERE status != 'released'),"
            " (SELECT count(*) FROM closed_days), (SELECT max(day) FROM closed_days)"
        ).fetchone()
        found = con.execute(f"SELECT {', '.join(JOB)} FROM jobs ORDER BY name").fetchall()
    except duckdb.CatalogException as error:
        raise ClickException(f"the lake in {data.root} is not built yet: hetk serve builds it") from error
    finally:
        con.close()
    names = ("events", "newest_event", "rejected", "closed_days", "closed_until")
    jobs = [dict(zip(JOB, job, strict=True)) for job in found]
    return dict(zip(names, row or (), strict=False)) | {"jobs": jobs}


def _jobs(booked: list[dict[str, Any]], beating: list[Job]) -> list[dict[str, Any]]:
    """As the lake says; a running server knows it newer."""
    jobs = {job["name"]: dict.fromkeys(JOB) | job for job in booked}
    for job in beating:
        one = jobs.setdefault(job.name, dict.fromkeys(JOB))
        one |= {"name": job.name, "runs": job.runs, "failures": job.failures, "seconds": job.seconds}
        one["last_error"] = job.error or one["last_error"]
    return list(jobs.values())


def _job(job: dict[str, Any]) -> str:
    at = f"{job['last_run_at']:%Y-%m-%d %H:%M:%S}" if job["last_run_at"] else "not yet booked"
    ran = (
        f"{job['name']}: last run {at}, {job['seconds']:.2f} s; {job['runs']} runs, {job['failures']} failed"
    )
    since = f" ({job['last_error_at']:%Y-%m-%d %H:%M:%S})" if job["last_error_at"] else ""
    return f"{ran}; last error{since}: {job['last_error']}" if job["last_error"] else ran


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(_size(one) for one in path.iterdir())
    try:
        return path.stat().st_size
    except FileNotFoundError:  # a file the server has just removed
        return 0


def _text(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value if value is not None else "-")
