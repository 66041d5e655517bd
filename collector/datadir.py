"""Where everything lives on disk: one directory in, the path of each thing hetk keeps out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataDir:
    """The data directory (mode 0700). Files in it that hetk does not know are left alone."""

    root: Path

    @property
    def config(self) -> Path:
        """Optional settings, TOML."""
        return self.root / "hetk.toml"

    @property
    def sites(self) -> Path:
        """Sites with their keys and origins (0600, replaced atomically, watched by the collector)."""
        return self.root / "sites.json"

    @property
    def salts(self) -> Path:
        """Daily salts of the cookieless visitor id (0600)."""
        return self.root / "salts.json"

    @property
    def why_key(self) -> Path:
        """Signs the links that say why something was shown (0600)."""
        return self.root / "why.key"

    @property
    def journal(self) -> Path:
        """Journal segments, the only door between collector and warehouse (0700)."""
        return self.root / "journal"

    @property
    def catalog(self) -> Path:
        """The DuckLake catalog, one SQLite file in WAL mode."""
        return self.root / "lake.sqlite"

    @property
    def lake(self) -> Path:
        """The Parquet files of the lake."""
        return self.root / "lake"

    @property
    def sdk(self) -> Path:
        """Every SDK build ever served, by content hash."""
        return self.root / "sdk"

    @property
    def plans(self) -> Path:
        """Optional tracking plans, `SITE.toml` each: the events and props a site means to send."""
        return self.root / "plans"

    @property
    def campaigns(self) -> Path:
        """Campaigns, a folder a site with a `NAME.toml` each, and what is published of them."""
        return self.root / "campaigns"

    @property
    def demo_past(self) -> Path:
        """There once the past of the demo shop is sent."""
        return self.root / "demo.past"

    @property
    def untrusted_proxy(self) -> Path:
        """The network of a proxy that is not in http.trusted_proxies; written by the collector for `hetk doctor`."""
        return self.run / "untrusted_proxy"

    @property
    def publish(self) -> Path:
        """What the warehouse publishes for devices: a `config-<site>.json` per site, served by /v1/config."""
        return self.root / "publish"

    @property
    def run(self) -> Path:
        """Live state of the processes: locks, heartbeats, metrics. May be deleted when nothing runs."""
        return self.root / "run"

    @property
    def heartbeat(self) -> Path:
        """Written each second by the warehouse: {"pid", "at_ms", "migration", "loader"}; /readyz reads it."""
        return self.run / "warehouse.json"

    @property
    def metrics(self) -> Path:
        """prometheus_client's multi-process directory, shared by workers and warehouse."""
        return self.run / "metrics"

    @property
    def stage(self) -> Path:
        """Scratch files of the loader; emptied at its start."""
        return self.root / "stage"

    def create(self) -> None:
        """Makes the directories, 0700. Raises OSError when the place cannot be written."""
        for path in (
            self.root,
            self.journal,
            self.lake,
            self.sdk,
            self.publish,
            self.run,
            self.metrics,
            self.stage,
        ):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
