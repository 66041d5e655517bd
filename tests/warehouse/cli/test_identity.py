"""`hetk identity` on a lake: rules are added, views follow at once, each can be taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.datadir import DataDir
from warehouse.cli import main
from warehouse.migrations import migrate
from warehouse.models.lab import insert
from warehouse.models.runner import build
from warehouse.store import open_lake

VISITS = [("v1", "u1"), ("v1", None), ("v2", "u2"), ("v2", None), ("v3", None)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    data = DataDir(tmp_path / "data")
    con = open_lake(data)
    migrate(con)
    build(con)
    for n, (visitor, user) in enumerate(VISITS):
        row = {"event_id": f"00000000-0000-7000-8000-{n:012d}", "site_id": "shop", "event": "page_view"}
        insert(con, "events", [row | {"ts": f"2026-01-0{n + 1}", "visitor_id": visitor, "user_id": user}])
    con.close()
    return data.root


def hetk(root: Path, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["identity", *arguments, "--site", "shop", "--data", str(root)])
    assert done.exit_code == code, done.output
    return done.output


def people(root: Path) -> list[tuple[str, str]]:
    con = open_lake(DataDir(root), read_only=True)
    try:
        return con.execute("SELECT person_id, person_why FROM sessions ORDER BY started_at").fetchall()
    finally:
        con.close()


@pytest.mark.long
def test_merges_splits_and_takes_back(root: Path) -> None:
    before = people(root)
    assert before == [
        ("u1", "signed_in"), ("u1", "only_user"), ("u2", "signed_in"), ("u2", "only_user"),
        ("v:v3", "visitor"),
    ]  # fmt: skip
    hetk(root, "merge", "--user", "u1", "--into", "u2", "--reason", "one address")
    assert [person for person, _ in people(root)] == ["u2"] * 4 + ["v:v3"]
    assert people(root)[0] == ("u2", "merged")
    hetk(root, "unmerge", "--user", "u2", "--from", "u1")
    assert people(root) == before
    hetk(root, "split", "--visitor", "v1", "--user", "u1")
    assert people(root)[:2] == [("u1", "signed_in"), ("v:v1", "visitor")]
    hetk(root, "merge", "--visitor", "v3", "--user", "u1")
    assert people(root)[4] == ("u1", "rule")
    hetk(root, "unmerge", "--visitor", "v3", "--user", "u1")
    hetk(root, "unmerge", "--visitor", "v1", "--user", "u1")
    assert people(root) == before
    told = json.loads(hetk(root, "show", "--user", "u1", "--json"))
    assert [rule["rule"] for rule in told["rules"]] == [
        "merge",
        "unmerge",
        "split",
        "merge",
        "unmerge",
        "unmerge",
    ]
    assert {one["person_id"] for one in told["stands_for"]} == {"u1"}
    assert "merge  u2 and u1  one address" in hetk(root, "show", "--user", "u1")


@pytest.mark.long
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["merge", "--user", "u1", "--into", "u9"], 1, "no event of the site 'shop' has the user id 'u9'"),
        (["merge", "--user", "u1", "--into", "u1"], 2, "one user already"),
        (["split", "--user", "u1"], 2, "--visitor ID"),
        (["unmerge", "--user", "u1", "--from", "u2"], 1, "no rule"),
        (["show"], 2, "--visitor and --user"),
    ],
)
def test_says_what_is_wrong(root: Path, arguments: list[str], code: int, words: str) -> None:
    assert words in hetk(root, *arguments, code=code)
