"""A real collector in a process of its own, a plain HTTP client, and its journal as rows."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple

from collector import sites
from collector.datadir import DataDir
from collector.journal_read import read_lines, segments
from collector.uuid7 import uuid7

ROOT = Path(__file__).parents[2]
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
NOW_MS = 1_795_000_000_000


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Running:
    """`stop()` ends it with SIGTERM and returns the exit code."""

    def __init__(
        self,
        root: Path,
        settings: dict[str, str] | None = None,
        wrapper: list[str] | None = None,
        key: str | None = None,
    ) -> None:
        self.data = DataDir(root)
        self.data.create()
        self.key = sites.add_site(self.data.sites, "shop", ["https://shop.example"])
        if key is not None:  # the same on several servers
            self.data.sites.write_text(self.data.sites.read_text().replace(self.key, key))
            self.key = key
        self.server_key = sites.make_key(self.data.sites, "shop", "server")
        self.log: list[str] = []
        environment = {"HETK_RATES_ADDRESS_REQUESTS_PER_SECOND": "0"} | (settings or {})
        self.command = [
            *(wrapper or []),
            sys.executable,
            "-m",
            "collector",
            "--data",
            str(root),
            "--port",
            "0",
        ]
        self.process = subprocess.Popen(
            self.command, stderr=subprocess.PIPE, text=True, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        )  # fmt: skip
        self.port = self._wait_for_port()
        self.pid = self._pid_of_python()
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    def _wait_for_port(self) -> int:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if '"collector ready"' in line:
                return int(json.loads(line[line.index("{") :])["port"])
        raise AssertionError("".join(self.log))

    def _read_log(self) -> None:
        """A full pipe would stop the server."""
        assert self.process.stderr is not None
        self.log += self.process.stderr

    def _pid_of_python(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        comm = Path(f"/proc/{self.process.pid}/comm").read_text()
        return int(children[0]) if "strace" in comm and children else self.process.pid

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"User-Agent": BROWSER} | (headers or {}))
            response: HTTPResponse = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def raw(self, data: bytes, wait: float = 10) -> bytes:
        """Bytes to the socket, all bytes of the answer until the server closes or is quiet."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            connection.sendall(data)
            received = b""
            try:
                while block := connection.recv(65536):
                    received += block
                    length = re.search(rb"Content-Length: (\d+)\r\n.*?\r\n\r\n", received, re.DOTALL)
                    if length and len(received) >= length.end() + int(length[1]):
                        break
            except TimeoutError:
                pass
            return received

    def post(self, batch: Any, headers: dict[str, str] | None = None, path: str = "/v1/events") -> Answer:
        body = batch if isinstance(batch, bytes) else json.dumps(batch).encode()
        return self.ask("POST", path, body, headers)

    def lines(self) -> list[dict[str, Any]]:
        """All batches in the journal, each verified."""
        rows = []
        for path in segments(self.data.journal):
            for line in read_lines(path):
                assert line.ok, line
                row = json.loads(line.data)
                if "h" not in row:
                    rows.append(row)
        return rows

    def stop(self) -> int:
        if self.process.poll() is None:
            os.kill(self.pid, signal.SIGTERM)
        code = self.process.wait(60)
        self._reader.join(5)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


def event(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid7(NOW_MS)), "event": "page_view", "t": NOW_MS} | fields


def batch(key: str, *events: Any, **fields: Any) -> dict[str, Any]:
    return {"v": 1, "key": key, "sent": NOW_MS, "events": list(events) or [event()]} | fields


def raw_batch(
    key: str, event_text: str = "", props: str = "{}", ctx: str = "{}", envelope: str = ""
) -> bytes:
    """A batch of one event from pieces of text that need not be JSON."""
    one = f'{{"id":"{uuid7(NOW_MS)}","event":"page_view","t":{NOW_MS},"props":{props}{event_text}}}'
    return f'{{"v":1,"key":"{key}","sent":{NOW_MS},"ctx":{ctx}{envelope},"events":[{one}]}}'.encode()
