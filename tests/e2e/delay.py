"""A slow line in front of a server: connections come in, the same bytes go out, answers some milliseconds
later; or nothing at all while it is cut.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from types import TracebackType


class Delay:
    """Forwards 127.0.0.1:`port` to `target`; use it in a with statement."""

    def __init__(self, target: int, answer_ms: int) -> None:
        self._target, self._answer_s = target, answer_ms / 1000
        self._line: _Line | None = None
        self.port = 0

    def __enter__(self) -> Delay:
        self.mend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def mend(self) -> None:
        self._line = _Line(self.port, self._target, self._answer_s)
        self.port = self._line.server_address[1]

    def cut(self) -> None:
        """Open connections die, new ones are refused."""
        if self._line:
            self._line.cut()
        self._line = None


class _Line(ThreadingTCPServer):
    """From one mending to the next cut."""

    allow_reuse_address = True
    server_address: tuple[str, int]

    def __init__(self, port: int, target: int, answer_s: float) -> None:
        super().__init__(("127.0.0.1", port), _Connection)
        self.target, self.answer_s = target, answer_s
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def hold(self, end: socket.socket) -> None:
        """`end` dies with the line, at once if that is cut already."""
        with self._lock:
            self._open.add(end)
            if self._is_cut:
                _hang_up(end)

    def let_go(self, end: socket.socket) -> None:
        with self._lock:
            self._open.discard(end)

    def cut(self) -> None:
        self.shutdown()
        with self._lock:
            self._is_cut = True
            for end in self._open:
                _hang_up(end)
        self.server_close()  # waits for the threads of all connections


class _Connection(BaseRequestHandler):
    server: _Line
    request: socket.socket

    def handle(self) -> None:
        near = self.request
        with socket.create_connection(("127.0.0.1", self.server.target)) as far:
            for end in (near, far):
                self.server.hold(end)
            answers = threading.Thread(target=_carry, args=[far, near, self.server.answer_s])
            answers.start()
            _carry(near, far, 0)
            answers.join()
            for end in (near, far):
                self.server.let_go(end)


def _carry(source: socket.socket, to: socket.socket, wait_s: float) -> None:
    try:
        while data := source.recv(65_536):
            time.sleep(wait_s)
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)
    except OSError:  # one end has gone, as browsers do: the other one goes too
        _hang_up(source)
        _hang_up(to)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):  # gone already
        end.shutdown(socket.SHUT_RDWR)
