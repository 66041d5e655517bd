"""`hetk status`: a data directory in; is it running, how far behind, how large, what failed, out."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click
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
    beat = _heartbeat(data)
    age = time.time() - beat.get("at_ms", 0) / 1000
    running = bool(beat) and age < STALE_SECONDS
    lake = _lake(data)
    return {
        "server": f"{beat['loader']}, pid {beat['pid']}" if running else "not running",
        "lag_seconds": beat.get("lag_seconds") if running else None,
        "journal_bytes": _size(data.journal),
        "lake_bytes": _size(data.lake),
        "catalog_bytes": _size(data.catalog),
        **lake,
        "last_error": beat.get("error"),
        "missing_files": [f"{path}: restore it from a backup" for path in beat.get("missing_files", [])],
        "jobs": _jobs(lake.pop("jobs"), beat.get("jobs", []) if running else []),
    }


def _heartbeat(data: DataDir) -> dict[str, Any]:
    try:
        beat = json.loads(data.heartbeat.read_text())
    except FileNotFoundError:
        return {}
    return beat if isinstance(beat, dict) else {}


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


def _jobs(booked: list[dict[str, Any]], beating: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the lake says; a running server knows it newer."""
    jobs = {job["name"]: dict.fromkeys(JOB) | job for job in booked}
    for job in beating:
        one = jobs.setdefault(job["name"], dict.fromkeys(JOB))
        one |= {name: job[name] for name in ("name", "runs", "failures", "seconds")}
        one["last_error"] = job["error"] or one["last_error"]
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
