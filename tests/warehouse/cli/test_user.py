"""`hetk user`: links on stdout, people with roles, in words that say what to do next."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from collector.datadir import DataDir
from warehouse.cli import main
from warehouse.people import users
from warehouse.people.store import People


def hetk(data: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    done = CliRunner().invoke(main, ["user", *arguments, "--data", str(data)])
    assert done.exit_code == code, done.output
    return done.stdout.strip(), done.stderr.strip()


def test_the_first_admin_begins_with_a_link(tmp_path: Path) -> None:
    assert "hetk user link" in hetk(tmp_path, "list")[1]
    link, _ = hetk(tmp_path, "link", "--url", "https://console.example/")
    assert link.startswith("https://console.example/console/setup#")
    people = People(DataDir(tmp_path))
    users.use_link(people, link.partition("#")[2], "ana", "a hash", "127.0.0.1")
    assert "hetk user list" in hetk(tmp_path, "link", code=2)[1]


def test_people_come_change_and_go(tmp_path: Path) -> None:
    link, words = hetk(tmp_path, "add", "Ana Öö", "--role", "admin")
    assert link.startswith("http://127.0.0.1:8081/console/setup#")
    assert "once" in words
    assert "already" in hetk(tmp_path, "add", "ana öö", code=1)[1]
    assert hetk(tmp_path, "list")[0] == "admin    has not signed in yet          Ana Öö"
    hetk(tmp_path, "role", "Ana Öö", "viewer")
    listed = json.loads(hetk(tmp_path, "list", "--json")[0])
    assert [(one["name"], one["role"], one["active"]) for one in listed] == [("Ana Öö", "viewer", False)]
    assert hetk(tmp_path, "link", "ana ÖÖ")[0] != link
    hetk(tmp_path, "remove", "Ana Öö")
    assert "nobody called" in hetk(tmp_path, "remove", "Ana Öö", code=1)[1]
