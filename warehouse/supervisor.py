"""Child processes in; all of them kept alive until a signal says stop, then stopped in time, out.

Children die with their parent (PR_SET_PDEATHSIG), so a killed supervisor leaves nobody on the ports.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from collector import logs

PR_SET_PDEATHSIG = 1
TICK_S = 0.05
STOP_S = 4.0  # SIGTERM to exit in less than 5 s, whatever a child does
BACKOFF_FIRST_S = 0.1
BACKOFF_MAX_S = 10.0
STEADY_S = 30.0  # a child that lived so long starts again without waiting
EXIT_USAGE = 2


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    backoff_s: float = BACKOFF_FIRST_S
    restarts: int = field(default=0)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, preexec_fn=die_with(os.getpid())
        )
        self.started_at = time.monotonic()


def die_with(parent: int) -> Callable[[], None] | None:
    """Runs in the child before exec: it ends with its parent. Linux only; elsewhere it stops when told to."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return prepare


class Supervisor:
    """Starts the children, restarts whoever dies, stops all on SIGTERM or SIGINT."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self._stop = threading.Event()

    def run(self, on_tick: Callable[[], None]) -> int:
        """Blocks until a signal; `on_tick` is called all the while. Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        for child in self._children:
            child.start()
        while not self._stop.wait(TICK_S):
            for child in self._children:
                if self._keep_alive(child) == EXIT_USAGE:
                    self._shut_down()
                    return EXIT_USAGE
            on_tick()
        self._shut_down()
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _keep_alive(self, child: Child) -> int | None:
        """Restarts a dead child when its pause is over. Returns an exit code that no restart can help."""
        now = time.monotonic()
        if child.process is None:
            if now >= child.restart_at:
                child.start()
            return None
        code = child.process.poll()
        if code is None:
            return None
        if code == EXIT_USAGE and child.restarts == 0:
            return code
        child.process = None
        steady = now - child.started_at >= STEADY_S
        child.backoff_s = BACKOFF_FIRST_S if steady else min(child.backoff_s * 2, BACKOFF_MAX_S)
        child.restart_at = now + child.backoff_s
        child.restarts += 1
        pause = round(child.backoff_s, 2)
        logs.warn("a process died", name=child.name, exit_code=code, restart_in_s=pause)
        return None

    def _shut_down(self) -> None:
        """All at once: each answers what it accepted, syncs, and leaves the backlog on disk."""
        running = [(child.name, child.process) for child in self._children if child.process]
        for _, process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_S
        for name, process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0.01))
            except subprocess.TimeoutExpired:
                logs.warn("a process did not stop in time and was killed", name=name, after_s=STOP_S)
                process.kill()
                process.wait()
