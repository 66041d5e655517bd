"""The loader on a disk whose n-th sync fails: it tries again, and every event is stored exactly once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warehouse.load.world import World, body, books, event, line

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[3]
GCC = shutil.which("gcc")
# Counts every fsync and fdatasync of the process; the one whose number is in FAIL_AT fails once with EIO.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>
static atomic_int seen;
static int pass(const char *name, int fd) {
  const char *at = getenv("FAIL_AT");
  if (at && atomic_fetch_add(&seen, 1) + 1 == atoi(at)) {
    if (write(2, "EIO injected\n", 13) < 0) return -1;
    errno = EIO;
    return -1;
  }
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}
int fsync(int fd) { return pass("fsync", fd); }
int fdatasync(int fd) { return pass("fdatasync", fd); }
"""
# The thread that `hetk serve` loads with, until the journal is empty and removed.
PROGRAM = """
import sys, time
from pathlib import Path
from collector.datadir import DataDir
from warehouse import ingest
ingest.RETRY_SECONDS = 0.05
data = DataDir(Path(sys.argv[1]))
thread = ingest.Ingest(data)
thread.start()
deadline = time.monotonic() + 60
while list(data.journal.glob("*.hj")) and time.monotonic() < deadline:
    time.sleep(0.02)
thread.stop()
thread.join()
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if GCC is None:
        pytest.skip("gcc is missing: apt-get install gcc")
    folder = tmp_path_factory.mktemp("shim")
    source, library = folder / "eio.c", folder / "eio.so"
    source.write_text(SHIM)
    subprocess.run([GCC, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
    return library


def load(world: World, shim: Path, fail_at: int) -> str:
    environment = os.environ | {"LD_PRELOAD": str(shim), "FAIL_AT": str(fail_at), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(world.data.root)],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stderr


def test_a_sync_that_fails_loses_and_doubles_nothing(tmp_path: Path, shim: Path) -> None:
    world = World(tmp_path / "data")
    world.load()
    failures, fail_at = 0, 0
    bad = [{"i": 2, "id": None, "reason": "bad_event", "raw": "{}"}]
    while True:
        fail_at += 1
        world.write(*[line(body([event(), event()]), rejected=bad) for _ in range(5)])
        log = load(world, shim, fail_at)
        assert not list(world.data.journal.glob("*.hj")), log
        assert world.books() == books(15 * fail_at, 10 * fail_at, rejected=5 * fail_at), log
        if "EIO injected" not in log:
            break  # the load has fewer syncs than that: each of them has failed once
        failures += 1
    print(f"{failures} syncs, each failed once")
    assert failures >= 6
