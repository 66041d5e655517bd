"""A server under load in; how long acknowledged probe events take until SQL shows them, out."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import duckdb

from collector.uuid7 import uuid7
from tests.bench.servers import Measured
from warehouse.store import open_lake, renew

PROBE_SECONDS = 0.1
LOOK_SECONDS = 0.05
# The time bound lets file statistics skip all but the newest files.
PROBES = "SELECT event_id::VARCHAR FROM events WHERE event = 'bench_probe' AND ts_received > ?"
LOOK_BACK = timedelta(seconds=60)


class Probe(threading.Thread):
    """Sends an event every 0.1 s and looks for it every 0.05 s, until `finish`."""

    def __init__(self, server: Measured) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._acked: dict[str, float] = {}
        self._done = threading.Event()
        self._sender = threading.Thread(target=self._send, daemon=True)
        self.delays: list[float] = []

    def finish(self, wait_seconds: float = 30.0) -> list[float]:
        """Stops sending, waits for the rest; returns the delays in seconds. Raises when one never came."""
        self._done.set()
        self.join(wait_seconds)
        assert not self._acked, f"{len(self._acked)} acknowledged events are not in the lake"
        return self.delays

    def run(self) -> None:
        assert self._server.data is not None
        self._sender.start()
        with open_lake(self._server.data, read_only=True) as con:
            while not self._done.is_set() or self._sender.is_alive() or self._acked:
                renew(con, self._server.data)
                since = datetime.now(UTC).replace(tzinfo=None) - LOOK_BACK
                try:
                    rows = con.execute(PROBES, [since]).fetchall()
                except duckdb.Error:  # a purge took the reader's copy of the catalog: it looks again
                    continue
                for (found,) in rows:
                    acked = self._acked.pop(found, None)
                    if acked is not None:
                        self.delays.append(time.monotonic() - acked)
                time.sleep(LOOK_SECONDS)

    def _send(self) -> None:
        while not self._done.is_set():
            now = time.time_ns() // 1_000_000
            name = str(uuid7(now))
            event = {"id": name, "event": "bench_probe", "t": now}
            body = json.dumps({"v": 1, "key": self._server.key, "sent": now, "events": [event]}).encode()
            urlopen(Request(f"{self._server.url}/v1/events", body), timeout=10).close()
            self._acked[name] = time.monotonic()
            time.sleep(PROBE_SECONDS)
