"""`make bench-console`: how long the console's first page takes, and how far the live strip is behind.

The lake is a generated shop that ends today, its days closed; a real server answers as a browser would ask it.
"Cold" is the first answer after a start; "filtered" asks with another filter each time, so that nothing that was
answered is asked again; "unchanged" asks with the ETag of the last answer. Live: an event sent to the public port
until a stream of the console tells its search.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from collector import sites
from collector.datadir import DataDir
from tests.bench.pages import keep, table
from tests.bench.shop import generate
from tests.bench.warehouse import make_lake, make_native
from tests.e2e.people import sign_in
from tests.e2e.server import ROOT, Server
from warehouse.models import runner

REPORT = ROOT / "docs" / "benchmarks.md"
OVERVIEW = ROOT / "warehouse/console/web/src/pages/overview.tsx"
DAYS = 90
LIVE_ROUNDS = 15
FILTERS = (
    ("intent", "know"), ("intent", "go"), ("intent", "buy"), ("device_type", "mobile"), ("device_type", "desktop"),
    ("channel", "direct"), ("channel", "search"), ("channel", "email"), ("lang", "en"), ("lang", "hi"),
    ("country", "IN"), ("country", "EE"), ("search", "term 1"), ("page", "/c/1"),
)  # fmt: skip
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000_000])
    rows: list[list[str]] = []
    for size in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory(prefix="hetk-bench-") as folder:
            data, events = shop(Path(folder), size)
            with Server(data.root) as server:
                rows += [[f"{events:,}", *row] for row in measured(server)]
    head = ["events", "what", "n", "p50 ms", "p95 ms", "largest"]
    text = "\n\n".join(
        ["## Console (`make bench-console`)", __doc__.partition("\n\n")[2].strip(), table(head, rows)]
    )
    keep(REPORT, "console", text)
    sys.stdout.write(text + "\n")


def shop(folder: Path, size: int) -> tuple[DataDir, int]:
    """A data directory with that many events of the last 90 days."""
    data = DataDir(folder / "data")
    data.root.mkdir()
    sites.add_site(data.sites, "shop", ["http://localhost"])
    now = datetime.now(UTC).replace(tzinfo=None)
    native, lake = make_native(folder / "native.duckdb"), make_lake(data)
    generate(native, size, first=now.date() - timedelta(days=DAYS - 1))
    native.execute(
        f"COPY (FROM events WHERE ts <= now()::TIMESTAMP ORDER BY ts) TO '{folder}/events.parquet'"
    )
    native.close()
    lake.execute(f"INSERT INTO events FROM '{folder}/events.parquet'")
    row = lake.execute("SELECT count(*) FROM events").fetchone()
    runner.close_days(lake, now)
    lake.close()
    assert row
    return data, int(row[0])


def measured(server: Server) -> Iterator[list[str]]:
    """What was measured: its name, how often, milliseconds."""
    cookie = sign_in(server)
    names = overview_tiles()
    yield line("first page, cold", [answer_ms(server, cookie, names, {"range": "7d"})[0]])
    for days in ("7d", "28d", "90d"):
        if days != "7d":
            yield line(f"{days}, first asked for", [answer_ms(server, cookie, names, {"range": days})[0]])
        views = [{"range": days, name: value} for name, value in FILTERS]
        yield line(f"{days}, filtered", [answer_ms(server, cookie, names, view)[0] for view in views])
    _, tag = answer_ms(server, cookie, names, {"range": "7d"})
    yield line(
        "first page, unchanged",
        [answer_ms(server, cookie, names, {"range": "7d"}, tag)[0] for _ in range(20)],
    )
    yield line("live strip behind", live_ms(server, cookie))


def line(what: str, taken: list[float]) -> list[str]:
    p95 = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
    return [
        what,
        str(len(taken)),
        f"{statistics.median(taken):,.0f}",
        f"{min(p95, max(taken)):,.0f}",
        f"{max(taken):,.0f}",
    ]


def overview_tiles() -> str:
    """The tiles of the first page, as its source lists them."""
    found = re.search(r"const NAMES = \[(.*?)\]", OVERVIEW.read_text("utf-8"), re.S)
    assert found, "the overview lists its tiles in NAMES"
    return ",".join(re.findall(r"'(\w+)'", found[1]))


def answer_ms(
    server: Server, cookie: str, names: str, view: dict[str, str], tag: str = ""
) -> tuple[float, str]:
    """Of one answer, whole; and its ETag."""
    query = urlencode({"site": "shop", "names": names, **view})
    headers = {"Cookie": cookie, **({"If-None-Match": tag} if tag else {})}
    request = urllib.request.Request(f"{server.private_url}/console/api/tiles?{query}", headers=headers)
    started = time.perf_counter()
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            answer.read()
            tag = answer.headers["ETag"] or ""
    except urllib.error.HTTPError as same:
        if same.code != 304:
            raise
    return (time.perf_counter() - started) * 1000, tag


def live_ms(server: Server, cookie: str) -> list[float]:
    """From the sending of a search until the stream tells it."""
    heard: dict[str, float] = {}
    new = threading.Condition()

    def listen() -> None:
        request = urllib.request.Request(
            f"{server.private_url}/console/api/live?site=shop", headers={"Cookie": cookie}
        )
        with urllib.request.urlopen(request, timeout=300) as stream:
            for raw in stream:
                if raw.startswith(b"data:"):
                    told = (json.loads(raw[5:]).get("now") or {}).get("searches", [])
                    with new:
                        for one in told:
                            heard.setdefault(one["query"], time.perf_counter())
                        new.notify()

    threading.Thread(target=listen, daemon=True).start()
    key = sites.Sites.load(DataDir(server.data).sites).by_name["shop"].keys[0].key
    taken = []
    for n in range(LIVE_ROUNDS + 1):
        query = f"live {n} {uuid.uuid4().hex[:6]}"
        sent = time.perf_counter()
        send_search(server, key, query)
        with new:
            assert new.wait_for(lambda: query in heard, timeout=60), query  # noqa: B023 - used within its round
        taken.append((heard[query] - sent) * 1000)
        time.sleep(0.37)  # no common beat with the loader's
    return taken[1:]  # the first one wakes the watcher


def send_search(server: Server, key: str, query: str) -> None:
    """As a page would."""
    now = int(time.time() * 1000)
    event = {"id": str(uuid.uuid4()), "t": now, "seq": 1, "event": "search", "props": {"search_term": query}}
    body = json.dumps({"v": 1, "key": key, "sent": now, "ctx": {}, "events": [event]}).encode()
    headers = {"Content-Type": "text/plain", "User-Agent": AGENT, "Origin": "http://localhost"}
    urllib.request.urlopen(
        urllib.request.Request(f"{server.url}/v1/events", data=body, headers=headers), timeout=30
    ).read()


if __name__ == "__main__":
    main()
