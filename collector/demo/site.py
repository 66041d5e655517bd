"""The data directory in; the demo's site with its keys, the snippet of its shop, and whether its past is sent, out."""

from __future__ import annotations

from collector import scripts, sites
from collector.datadir import DataDir
from collector.demo.html import Snippet
from collector.files import replace_file

NAME = "demo"


def ensure_site(data: DataDir, port: int) -> None:
    """Makes the site `demo`, once. Both names of this machine, with the shop's port today, are its origins."""
    origins = [f"http://{host}:{port}" for host in ("localhost", "127.0.0.1")]
    if any(site.name == NAME for site in sites.list_sites(data.sites)):
        sites.allow_origins(data.sites, NAME, origins)
    else:
        sites.add_site(data.sites, NAME, origins)
    server_key(data)  # made before the workers read the sites, so that they know it from the first request


def snippet(data: DataDir, collector: str) -> Snippet:
    """The script tag's values: this build's hashed name at that collector and its hash, the site's key."""
    built = next(path for path in scripts.built_files() if path.name == "hetk.js")
    code = built.read_bytes()
    return Snippet(
        f"{collector}/{scripts.hashed_name(built.name, code)}", scripts.integrity(code), write_key(data)
    )


def write_key(data: DataDir) -> str:
    """The demo's write key."""
    return sites.make_key(data.sites, NAME, "write")


def server_key(data: DataDir) -> str:
    """The demo's server key."""
    return sites.make_key(data.sites, NAME, "server")


def opened_ms(data: DataDir) -> int:
    """When the demo started for the first time: its past ends there."""
    return next(one.created_ms for one in sites.list_sites(data.sites) if one.name == NAME)


def past_is_sent(data: DataDir) -> bool:
    """Whether the shop has its past already."""
    return data.demo_past.exists()


def end_past(data: DataDir) -> None:
    """All of the past is acknowledged."""
    replace_file(data.demo_past, b"sent\n")
