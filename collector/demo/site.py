"""The data directory in; the demo's site with its write key, and the snippet the shop carries, out."""

from __future__ import annotations

from collector import scripts, sites
from collector.datadir import DataDir
from collector.demo.html import Snippet

NAME = "demo"


def ensure_site(data: DataDir, port: int) -> None:
    """Makes the site `demo`, once. Both names of this machine, with the shop's port today, are its origins."""
    origins = [f"http://{host}:{port}" for host in ("localhost", "127.0.0.1")]
    if any(site.name == NAME for site in sites.list_sites(data.sites)):
        sites.allow_origins(data.sites, NAME, origins)
    else:
        sites.add_site(data.sites, NAME, origins)


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
