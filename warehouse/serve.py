"""`hetk serve | collect | warehouse`: directory and ports in, running processes and a `ready` line out."""

from __future__ import annotations

import errno
import fcntl
import http.client
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from click import ClickException

from collector import config, logs, sites
from collector.datadir import DataDir
from warehouse.console.local import is_loopback
from warehouse.errors import DataDirInUse, PeopleError
from warehouse.options import data_option
from warehouse.supervisor import Child, Supervisor

# After kill -9 the children of the dead server need a moment to follow it.
PORT_WAIT_S = 2.0
PROBE_TIMEOUT_S = 0.5
PROBE_EVERY_S = 0.1
SLOW_START_S = 10.0

DEMO_QUERIES = (
    "SELECT intent, count(*) AS n, avg(confidence) AS confidence FROM moments GROUP BY intent",
    "SELECT ts, lang, query, results, is_clicked FROM searches ORDER BY ts DESC LIMIT 10",
    "SELECT started_at, channel, country, n_views, n_adds FROM sessions ORDER BY started_at DESC LIMIT 9",
)


def _public(command: Callable[..., None]) -> Callable[..., None]:
    host = click.option(
        "--host", default="127.0.0.1", show_default=True, help="Public address; 0.0.0.0 = all."
    )
    port = click.option(
        "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Public port; 0 = any."
    )
    workers = click.option(
        "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Collector processes."
    )
    return host(port(workers(command)))


def _private(command: Callable[..., None]) -> Callable[..., None]:
    host = click.option(
        "--console-host",
        default="127.0.0.1",
        show_default=True,
        help="Private address: console, metrics, health. Elsewhere: behind a proxy with TLS.",
    )
    port = click.option(
        "--console-port",
        type=click.IntRange(0, 65535),
        default=8081,
        show_default=True,
        help="Private port; 0 = any.",
    )
    return host(port(command))


@click.command()
@data_option
@_public
@_private
@click.option(
    "--demo",
    is_flag=True,
    help="Add a site `demo`: a shop under /shop/ of the private port, with a past and lively traffic.",
)
def serve(
    data: DataDir, host: str, port: int, workers: int, console_host: str, console_port: int, demo: bool
) -> None:
    """Run the collector (public port) and the warehouse (private port) together, until SIGTERM or Ctrl-C.

    Prints one line starting with `ready` when both answer. What dies is started again.

    \b
    Examples:
      hetk serve --demo
      hetk serve --data /var/lib/hetk --host 0.0.0.0 --workers 2
    """
    if not data.root.exists():  # a start that cannot be leaves no directory behind
        free_port(host, port, "--port")
        free_port(console_host, console_port, "--console-port")
    with _claimed(data):
        public = free_port(host, port, "--port")
        private = free_port(console_host, console_port, "--console-port")
        doors = [Door("public", host, public, "/readyz"), Door("private", console_host, private, "/healthz")]
        shop = ["--shop-for", str(public)] if demo else []
        children = [
            _warehouse_child(data, console_host, private, *shop),
            *_workers(data, host, public, workers),
        ]
        if demo:
            children.append(_visitors(data, *doors))
        _supervise(children, doors, lambda: _show(data, doors, demo=demo))


@click.command()
@data_option
@_public
def collect(data: DataDir, host: str, port: int, workers: int) -> None:
    """Run the collector alone: events into the journal; a warehouse on the same directory loads them.

    \b
    Examples:
      hetk collect --data /var/lib/hetk --host 0.0.0.0 --workers 2
    """
    public = free_port(host, port, "--port")
    data.create()
    _supervise(_workers(data, host, public, workers), [Door("public", host, public, "/healthz")])


@click.command()
@data_option
@_private
def warehouse(data: DataDir, console_host: str, console_port: int) -> None:
    """Run the warehouse alone: it loads the journal into the lake and keeps it in shape.

    \b
    Examples:
      hetk warehouse --data /var/lib/hetk
    """
    private = free_port(console_host, console_port, "--console-port")
    data.create()
    child = _warehouse_child(data, console_host, private)
    doors = [Door("private", console_host, private, "/healthz")]
    _supervise([child], doors, lambda: _show(data, doors, demo=False))


def _workers(data: DataDir, host: str, port: int, count: int) -> list[Child]:
    # What is wrong here ends the start, not one worker after the other.
    config.load(data.config)
    sites.list_sites(data.sites)
    base = [sys.executable, "-m", "collector", "--data", str(data.root), "--host", host, "--port", str(port)]
    return [Child(f"collector-w{n}", [*base, "--worker", f"w{n}"]) for n in range(count)]


def _warehouse_child(data: DataDir, host: str, port: int, *more: str) -> Child:
    # What is wrong here ends the start: a warehouse that cannot live would be started again for ever.
    config.load(data.config)
    os.close(_locked(data, "loader", time.monotonic() + PORT_WAIT_S))
    where = ["--console-host", host, "--console-port", str(port)]
    return Child(
        "warehouse", [sys.executable, "-m", "warehouse.daemon", "--data", str(data.root), *where, *more]
    )


def _visitors(data: DataDir, public: Door, private: Door) -> Child:
    from collector.demo.site import NAME, ensure_site
    from warehouse.act.demo import publish_examples

    ensure_site(data, private.port)
    publish_examples(data, NAME)
    command = [sys.executable, "-m", "collector.demo.traffic", "--data", str(data.root)]
    return Child("demo-visitors", [*command, "--url", public.url, "--shop", f"{private.url}/shop"])


def _show(data: DataDir, doors: list[Door], *, demo: bool) -> None:
    private = doors[-1]
    if demo:
        _show_demo(data, private.url)
    try:
        _show_console(data, private, demo=demo and is_loopback(private.host))
    except PeopleError as error:
        logs.warn("nobody gets into the console", error=str(error))
    sys.stdout.flush()


def _show_console(data: DataDir, private: Door, *, demo: bool) -> None:
    """How one gets in: while nobody can, by a link that makes the first admin."""
    from warehouse.people import users
    from warehouse.people.command import BY, HOURS, address
    from warehouse.people.store import People

    people = People(data)
    if demo and users.is_new(people):
        click.echo(f"  console  {private.url}/console/    without a login: a demo on this machine alone")
    elif secret := users.first_link(people, BY):
        click.echo(f"  console  {address(private.url, secret)}")
        click.echo(f"           makes the first admin: works once, for {HOURS} hours; again: hetk user link")
    else:
        click.echo(f"  console  {private.url}/console/")
    if not is_loopback(private.host):
        click.echo(f"           other machines reach {private.host}: put TLS in front of it", err=True)


def _show_demo(data: DataDir, private: str) -> None:
    from collector.demo.site import past_is_sent

    click.echo(f"  shop     {private}/shop/    what you do in it is in the lake a second later")
    if not past_is_sent(data):
        click.echo("  past     eight weeks of visits are being put in: all there in half a minute")
    click.echo(f"  private  {private}/metrics")
    click.echo("  ask it, in another terminal:")
    where = "" if data.root == Path("hetk-data") else f" --data {data.root}"
    # From an environment that is not activated the command has its whole path.
    program = sys.argv[0] if Path(sys.argv[0]).name == "hetk" and not shutil.which("hetk") else "hetk"
    for query in DEMO_QUERIES:
        click.echo(f'    {program} sql{where} "{query}"')


@contextmanager
def _claimed(data: DataDir) -> Iterator[None]:
    """One server per data directory. A lock is gone with its process, however it ended; a pid file is not."""
    lock = _locked(data, "serve", 0.0)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    # A heartbeat of the server before must not pass for ours.
    data.heartbeat.unlink(missing_ok=True)
    try:
        yield
    finally:
        os.close(lock)


def _locked(data: DataDir, name: str, deadline: float) -> int:
    """The handle of run/NAME.lock, held. Raises DataDirInUse when somebody has it until `deadline`."""
    try:
        data.create()
        lock = os.open(data.run / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ClickException(
            f"cannot write into {data.root}: {error.strerror}. Choose another with --data."
        ) from error
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(PROBE_EVERY_S)
                continue
            holder = os.read(lock, 20).decode()
            os.close(lock)
            what = "server" if name == "serve" else name
            raise DataDirInUse(data.root, what, int(holder) if holder.isdigit() else None) from None
        return lock


def free_port(host: str, port: int, option: str) -> int:
    """The port itself when it is free, any free one for 0. Raises ClickException naming the port and the fix.

    Without SO_REUSEPORT: the workers share the port among themselves, a stranger must not slip in.
    """
    deadline = time.monotonic() + PORT_WAIT_S
    while True:
        try:
            return _bind(host, port)
        except socket.gaierror as error:
            raise ClickException(f"{host} is not an address of this machine: {error.strerror}") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(PROBE_EVERY_S)
                continue
            raise ClickException(_port_trouble(host, port, option, error)) from error


def _bind(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        bound: int = probe.getsockname()[1]
        return bound


def _port_trouble(host: str, port: int, option: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        fix = f"Stop it (who: ss -ltnp | grep :{port}) or take another with {option}."
        return f"port {port} on {host} is in use by another program. {fix}"
    if error.errno == errno.EACCES:
        return f"port {port} needs privileges. Take one above 1023 with {option}, and put a proxy in front."
    return f"cannot listen on {host} port {port}: {error.strerror}. Choose others with {option}."


@dataclass
class Door:
    """A port that must answer before the server is ready."""

    name: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - not bound here
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def answers(self) -> bool:
        connection = http.client.HTTPConnection(self.url.partition("//")[2], timeout=PROBE_TIMEOUT_S)
        try:
            connection.request("GET", self.path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Readiness:
    """Says `ready` once, when every door answers; says once what it waits for when that takes long."""

    def __init__(self, doors: list[Door], on_ready: Callable[[], None]) -> None:
        self._waiting = list(doors)
        self._doors = doors
        self._on_ready = on_ready
        self._started = time.monotonic()
        self._next = 0.0
        self._told = False

    def tick(self) -> None:
        now = time.monotonic()
        if not self._waiting or now < self._next:
            return
        self._next = now + PROBE_EVERY_S
        self._waiting = [door for door in self._waiting if not door.answers()]
        if not self._waiting:
            addresses = [f"{door.name} {door.url}" for door in self._doors]
            click.echo(f"ready {'  '.join(addresses)}")
            sys.stdout.flush()
            self._on_ready()
        elif not self._told and now - self._started > SLOW_START_S:
            self._told = True
            logs.warn("not ready yet", waiting_for=[door.url + door.path for door in self._waiting])


def _supervise(children: list[Child], doors: list[Door], on_ready: Callable[[], None] = lambda: None) -> None:
    logs.set_up()
    code = Supervisor(children).run(Readiness(doors, on_ready).tick)
    if code:
        raise SystemExit(code)
