"""`hetk doctor`: this machine in, a list of checks out, each with its fix when it fails."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

import click

from collector.datadir import DataDir
from warehouse.options import data_option, json_option

PYTHON_MIN = (3, 11)
SQLITE_MIN = (3, 35)
DISK_FREE_BYTES_MIN = 1024**3
CLOCK_YEAR_MIN = 2026
PORTS = ((8080, "--port"), (8081, "--console-port"))
IMPORT_NAMES = ("collector", "warehouse")
Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One line of the report; `fix` is empty when all is well."""

    name: str
    verdict: Verdict
    found: str
    fix: str = ""


@click.command()
@data_option
@json_option
def doctor(data: DataDir, as_json: bool) -> None:
    """Check the installation and this machine; say how to fix what is wrong. Exit code 1 if something fails.

    \b
    Examples:
      hetk doctor
      hetk doctor --data /var/lib/hetk --json
    """
    checks = [check for group in CHECKS for check in group(data)]
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            _print(check)
    if any(check.verdict == "fail" for check in checks):
        raise SystemExit(1)


def _print(check: Check) -> None:
    colour = {"ok": "green", "warn": "yellow", "fail": "red"}[check.verdict]
    click.echo(f"{click.style(f'{check.verdict:<4}', fg=colour)}  {check.name:<12} {check.found}")
    if check.fix:
        click.echo(f"      {'':<12} fix: {check.fix}")


def python(data: DataDir) -> Iterator[Check]:
    found = sys.version.split()[0]
    right = sys.version_info >= PYTHON_MIN
    yield Check("python", "ok" if right else "fail", found, "" if right else "install Python 3.11 or newer")
    lite = sqlite3.sqlite_version_info >= SQLITE_MIN
    yield Check(
        "sqlite",
        "ok" if lite else "fail",
        sqlite3.sqlite_version,
        "" if lite else "use a Python with SQLite 3.35 or newer",
    )


def duckdb_and_extensions(data: DataDir) -> Iterator[Check]:
    """Loads them for real: a wheel of another version or platform is found here."""
    wanted = _wanted_duckdb()
    try:
        import duckdb
    except ImportError as error:
        yield Check("duckdb", "fail", str(error), f"pip install duckdb=={wanted}")
        return
    right = wanted is None or duckdb.__version__ == wanted
    fix = "" if right else f"pip install duckdb=={wanted}"
    yield Check("duckdb", "ok" if right else "fail", duckdb.__version__, fix)
    yield from _extensions()


def _wanted_duckdb() -> str | None:
    try:
        requirements = metadata.requires("hetk") or []
    except metadata.PackageNotFoundError:
        return None
    return next((r.partition("==")[2] for r in requirements if r.startswith("duckdb==")), None)


def _extensions() -> Iterator[Check]:
    """A lake made in a scratch directory and thrown away: the whole chain, not a version number."""
    import tempfile

    from warehouse.errors import WarehouseError
    from warehouse.store import open_lake

    with tempfile.TemporaryDirectory(prefix="hetk-doctor-") as scratch:
        try:
            con = open_lake(DataDir(Path(scratch)))
        except WarehouseError as error:
            found, _, fix = str(error).partition("\n")[0].partition(" Install it with: ")
            yield Check(
                "extensions", "fail", found, fix or "install hetk anew: pip install --force-reinstall ."
            )
            return
        query = (
            "SELECT extension_name, extension_version FROM duckdb_extensions()"
            " WHERE loaded AND extension_name IN ('ducklake', 'sqlite_scanner')"
        )
        found = ", ".join(f"{name} {version}" for name, version in con.execute(query).fetchall())
        con.close()
    yield Check("extensions", "ok", found)


def import_names(data: DataDir) -> Iterator[Check]:
    """`collector` and `warehouse` are plain words: another distribution may own them too."""
    owners = metadata.packages_distributions()
    for name in IMPORT_NAMES:
        others = sorted({owner for owner in owners.get(name, []) if owner != "hetk"})
        place = Path(__import__(name).__file__ or "").parent
        if others:
            fix = "give hetk an environment of its own: python -m venv .venv && .venv/bin/pip install hetk"
            yield Check(name, "fail", f"also installed by {', '.join(others)}", fix)
        elif place.parent != Path(__file__).parent.parent:
            fix = f"leave {place.parent}, or take it off PYTHONPATH: it hides hetk's own package"
            yield Check(name, "fail", f"comes from {place}", fix)
        else:
            yield Check(name, "ok", str(place))


def data_dir(data: DataDir) -> Iterator[Check]:
    root = data.root
    existing = next(path for path in (root.absolute(), *root.absolute().parents) if path.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        fix = f"run hetk as the owner of {existing}, or choose another with --data"
        yield Check("data", "fail", f"{existing} cannot be written by this user", fix)
    elif not root.exists():
        yield Check("data", "ok", f"{root} does not exist yet; hetk serve makes it")
    elif root.stat().st_mode & 0o077:
        yield Check("data", "fail", f"{root} is open to other users of this machine", f"chmod 700 {root}")
    else:
        yield Check("data", "ok", str(root))
    free = shutil.disk_usage(existing).free
    enough = free >= DISK_FREE_BYTES_MIN
    fix = (
        ""
        if enough
        else "free some space: hetk answers 503 when the disk is full, and goes on once it is not"
    )
    yield Check("disk", "ok" if enough else "fail", f"{free / 1e9:,.1f} GB free", fix)


def settings(data: DataDir) -> Iterator[Check]:
    from collector import config
    from collector.errors import ConfigError

    try:
        config.load(data.config)
    except ConfigError as error:
        yield Check("settings", "fail", str(error), f"mend it in {data.config} or the environment")
    else:
        yield Check("settings", "ok", str(data.config) if data.config.exists() else "all as shipped")


def proxies(data: DataDir) -> Iterator[Check]:
    """Without trust all visitors behind a proxy have one address: one rate limit, one cookieless id."""
    from collector import config
    from collector.errors import ConfigError

    try:
        trusted = config.load(data.config).http.trusted_proxies
    except ConfigError:
        return  # said above
    seen = data.untrusted_proxy.read_text().strip() if data.untrusted_proxy.exists() else ""
    if seen and seen not in trusted:
        fix = f'if it is yours: http.trusted_proxies = ["{seen}"] in {data.config}, with 127.0.0.0/8 and ::1 if needed'
        yield Check("proxies", "warn", f"headers of a proxy in {seen} are ignored", fix)
    else:
        yield Check("proxies", "ok", f"trusted: {', '.join(trusted) or 'none'}")


def sites(data: DataDir) -> Iterator[Check]:
    from collector.errors import SitesError
    from collector.sites import list_sites

    try:
        known = list_sites(data.sites)
    except SitesError as error:
        yield Check("sites", "fail", str(error), f"put a backup in the place of {data.sites}")
    else:
        yield Check("sites", "ok", ", ".join(site.name for site in known) or "none yet: hetk site add NAME")


def accounts(data: DataDir) -> Iterator[Check]:
    """Those of the console. While the file is damaged nobody gets in."""
    from warehouse.people.store import WAY_OUT, People, damage

    path = People(data).path
    if not path.exists():
        yield Check("accounts", "ok", "none yet; hetk serve prints a link")
    elif wrong := damage(path):
        yield Check("accounts", "fail", f"{path} is damaged: {wrong[0]}", WAY_OUT)
    else:
        yield Check("accounts", "ok", str(path))


def plans(data: DataDir) -> Iterator[Check]:
    """What the running warehouse only tells its log: it goes on with the plan before."""
    from collector.errors import SitesError
    from collector.sites import list_sites
    from warehouse.load.plan_files import plan_paths, read_plan

    try:
        known = [site.name for site in list_sites(data.sites)]
    except SitesError:
        return  # said above
    for path in plan_paths(data.plans):
        try:
            plan = read_plan(path)
        except (OSError, ValueError) as error:
            yield Check(
                "plan", "fail", f"{path.name}: {error}", f"correct {path} (docs/config.md, tracking plan)"
            )
            continue
        if path.stem in known:
            yield Check("plan", "ok", f"{path.name}: {len(plan.events)} events, mode {plan.mode}")
        else:
            fix = f"name it for one of {', '.join(known) or 'your sites'}, or make the site: hetk site add {path.stem}"
            yield Check("plan", "warn", f"{path.name}: there is no site {path.stem!r}, it marks nothing", fix)


def lake(data: DataDir) -> Iterator[Check]:
    """Opens it as a reader does and looks for every file the catalog names."""
    from warehouse.errors import ExtensionMissing, LakeMissing, LakeNewer, WarehouseError
    from warehouse.lost import files_of, tables
    from warehouse.migrations import refuse_newer
    from warehouse.store import open_lake

    restore = f"restore {data.catalog} and {data.lake} from one backup"
    try:
        con = open_lake(data, read_only=True)
        refuse_newer(con)
    except LakeMissing:
        yield Check("lake", "ok", "none yet; hetk serve makes it")
        return
    except ExtensionMissing:
        return  # said above
    except LakeNewer as error:
        yield Check("lake", "fail", str(error), f"upgrade hetk, or {restore}")
        return
    except WarehouseError as error:
        yield Check("lake", "fail", str(error), restore)
        return
    files = [path for table in tables(con) for path in files_of(con, table)]
    con.close()
    missing = [path for path in files if not Path(path).exists()]
    if missing:
        yield Check(
            "lake", "fail", f"{len(missing)} of {len(files)} files are missing: {missing[0]}", restore
        )
    else:
        yield Check("lake", "ok", f"{len(files)} files")


def script(data: DataDir) -> Iterator[Check]:
    from collector.scripts import built_files

    found = [path.name for path in built_files()]
    built = "hetk.js" in found
    fix = (
        ""
        if built
        else "npm --prefix sdk_js ci && npm --prefix sdk_js run build; or pip install hetk, which has it"
    )
    yield Check(
        "script", "ok" if built else "fail", ", ".join(found) or "the browser script is not built", fix
    )


def clock(data: DataDir) -> Iterator[Check]:
    """Event ids and sessions hang on it. The newest file written here by hetk must not be in the future."""
    now = time.time()
    files = (data.sites, data.heartbeat, data.catalog)
    newest = max((path.stat().st_mtime for path in files if path.exists()), default=0.0)
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    fix = "set the clock and keep it set: timedatectl set-ntp true"
    if time.gmtime(now).tm_year < CLOCK_YEAR_MIN:
        yield Check("clock", "fail", f"{shown} is in the past", fix)
    elif newest > now + 60:
        yield Check(
            "clock", "fail", f"{shown}, but files in {data.root} are from {newest - now:,.0f} s later", fix
        )
    else:
        yield Check("clock", "ok", shown)


def ports(data: DataDir) -> Iterator[Check]:
    running = _is_serving(data)
    for port, option in PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                fix = "" if running else f"see who: ss -ltnp | grep :{port}; or take another with {option}"
                found = "in use, hetk serves this data directory" if running else str(error.strerror)
                yield Check(f"port {port}", "ok" if running else "warn", found, fix)
            else:
                yield Check(f"port {port}", "ok", "free")


def _is_serving(data: DataDir) -> bool:
    import fcntl

    try:
        with (data.run / "serve.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


CHECKS: tuple[Callable[[DataDir], Iterator[Check]], ...] = (
    python,
    duckdb_and_extensions,
    import_names,
    data_dir,
    settings,
    proxies,
    sites,
    accounts,
    plans,
    lake,
    script,
    clock,
    ports,
)
