"""docs/moments-stories.md in; the same page out, with each command of it followed by what it prints now.

`python -m tests.e2e.stories` replays the real data into a fresh lake and writes the page. Where the data is (see
docs/moments-stories.md) is said by HETK_TEST_DATA.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path

from click.testing import CliRunner

from collector.datadir import DataDir
from tests.e2e.books import loaded
from tests.e2e.server import ROOT, Server, real_files
from tests.e2e.test_replay import REES46, RETENTIONEERING, replay
from tests.moments import golden
from warehouse.cli import main as hetk
from warehouse.store import open_lake

PAGE = ROOT / "docs" / "moments-stories.md"
COMMAND = re.compile(r"```\n\$ hetk (.*)\n(?:.*\n)*?```")
NAMES = re.compile(r"^  visitor .*\n", re.M)  # visitors of a web log are named anew in each lake
WEBLOG = ["--format", "combined", "--set", "url_host=www.semicomplete.com"]
REPLAYED = (
    ("rees46", "clickstream/rees46_half.parquet", REES46),
    ("weblog", "weblog/apache_logs.gz", WEBLOG),
    ("shop", "clickstream/retentioneering_ecom.parquet", RETENTIONEERING),
)


def make_lake(folder: Path) -> Path:
    """A data directory with the three replayed sets, and the hand-written people as a site each."""
    with Server(folder / "data") as server:
        for site, name, options in REPLAYED:
            [file] = real_files(name)
            server.add_site(site)
            loaded(server, site, replay(server, site, file, options)["accepted"])
        assert server.stop()[0] == 0
    con = open_lake(DataDir(server.data))
    golden.load(con, {session["name"]: session for session in golden.sessions_of("people")})
    con.close()
    return server.data


def renewed(page: str, data: Path) -> str:
    """The page with what its commands print; a command that fails raises AssertionError."""

    def ran(found: re.Match[str]) -> str:
        done = CliRunner().invoke(hetk, [*shlex.split(found[1]), "--data", str(data)])
        assert done.exit_code == 0, f"hetk {found[1]}: {done.output}"
        return f"```\n$ hetk {found[1]}\n{NAMES.sub('', done.output).rstrip()}\n```"

    return COMMAND.sub(ran, page)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(renewed(PAGE.read_text("utf-8"), make_lake(Path(folder))), encoding="utf-8")
