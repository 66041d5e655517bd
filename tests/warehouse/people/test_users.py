"""People of the console: names, roles, links that work once, the last admin, two admins at once."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from collector.datadir import DataDir
from warehouse.errors import LinkGone, PeopleClosed, PeopleError
from warehouse.people import log, users
from warehouse.people.log import By, newest, reduced
from warehouse.people.store import People, copy, damage

BY = By("ana", "127.0.0.1")
XSS = (Path(__file__).parents[1] / "console" / "xss.txt").read_text("utf-8").splitlines()


class Clock:
    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> People:
    return People(DataDir(tmp_path / "data"), clock)


def first(people: People, name: str = "ana") -> int:
    link = users.first_link(people, BY)
    assert link is not None
    return users.use_link(people, link, name, "hash", "127.0.0.1")


def both(*work: Callable[[], object]) -> list[object]:
    """At the same moment; what each raised, or None."""
    start = threading.Barrier(len(work))
    raised: list[object] = [None] * len(work)

    def run(at: int, act: Callable[[], object]) -> None:
        start.wait(10)
        try:
            act()
        except PeopleError as error:
            raised[at] = error

    threads = [threading.Thread(target=run, args=(at, act)) for at, act in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


def test_nobody_but_the_owner_reads_the_file(people: People) -> None:
    first(people)
    files = [people.path, *people.path.parent.glob("people.sqlite-*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(people.path.parent.stat().st_mode) == 0o700


def test_the_first_link_makes_one_admin_and_no_second(people: People) -> None:
    old, link = users.first_link(people, BY), users.first_link(people, BY)
    assert old
    assert link
    with pytest.raises(LinkGone):
        users.use_link(people, old, "eve", "hash", "127.0.0.1")
    assert users.read_link(people, link) == users.Link(None, "admin")
    users.use_link(people, link, " Ana  Öö ", "hash", "127.0.0.1")
    with pytest.raises(LinkGone):
        users.use_link(people, link, "eve", "hash", "127.0.0.1")
    assert users.first_link(people, BY) is None
    assert [(one["name"], one["role"], one["active"]) for one in users.everybody(people)] == [
        ("Ana Öö", "admin", True)
    ]


def test_a_first_link_is_void_once_somebody_else_is_admin(people: People) -> None:
    begun = users.first_link(people, BY)
    assert begun
    users.use_link(people, users.add(people, "ana", "admin", BY), "", "hash", "127.0.0.1")
    with pytest.raises(LinkGone):
        users.use_link(people, begun, "eve", "hash", "127.0.0.1")


def test_of_two_who_open_one_link_at_once_one_gets_in(people: People) -> None:
    link = users.first_link(people, BY) or ""
    raised = both(*[
        lambda n=n: users.use_link(people, link, f"person {n}", "hash", "127.0.0.1") for n in range(4)
    ])  # fmt: skip
    assert sum(one is None for one in raised) == 1
    assert len(users.everybody(people)) == 1


def test_the_link_of_somebody_invited_works_once_too(people: People) -> None:
    first(people)
    link = users.add(people, "ben", "viewer", BY)
    raised = both(*[lambda: users.use_link(people, link, "", "hash", "127.0.0.1") for _ in range(4)])
    assert sum(one is None for one in raised) == 1


def test_a_link_is_too_old_after_two_days(people: People, clock: Clock) -> None:
    first(people)
    link = users.add(people, "ben", "viewer", BY)
    clock.ms += users.LINK_MS - 1
    assert users.read_link(people, link).name == "ben"
    clock.ms += 1
    with pytest.raises(LinkGone, match="hetk user link"):
        users.use_link(people, link, "", "hash", "127.0.0.1")
    assert users.everybody(people)[1]["link_ms"] is None


def test_a_new_link_makes_the_one_before_void_and_the_password_hold(people: People) -> None:
    first(people)
    old = users.link(people, "ANA", BY)
    users.link(people, "ana", BY)
    with pytest.raises(LinkGone):
        users.read_link(people, old)
    found = users.password_of(people, "ana")
    assert found
    assert found[2] == "hash"


def test_any_name_that_can_be_seen_is_a_name(people: People) -> None:
    for name in (text[:64] for text in XSS[::4]):
        users.add(people, name, "viewer", BY)
        assert users.everybody(people)[0]["name"] == users.clean(name)
        users.remove(people, name, BY)
    assert users.everybody(people) == []


@pytest.mark.parametrize("name", ["", "  ", "\u200d", "a\0b", "a\u202eb", "\u2066", "x" * 65])
def test_a_name_that_cannot_be_seen_is_none(people: People, name: str) -> None:
    with pytest.raises(PeopleError, match="characters"):
        users.add(people, name, "viewer", BY)


@pytest.mark.parametrize("twin", ["ana öö", "ANA ÖÖ", "ana  o\u0308o\u0308", "an\u200da öö", "\uff21na öö"])
def test_two_people_cannot_look_alike(people: People, twin: str) -> None:
    users.add(people, "Ana Öö", "viewer", BY)
    with pytest.raises(PeopleError, match="already"):
        users.add(people, twin, "viewer", BY)


def test_the_last_admin_stays(people: People) -> None:
    first(people)
    users.add(people, "invited", "admin", BY)  # has no password yet, so lets nobody in
    with pytest.raises(PeopleError, match="last admin"):
        users.remove(people, "ana", BY)
    with pytest.raises(PeopleError, match="last admin"):
        users.set_role(people, "ana", "viewer", BY)
    assert not users.is_new(people)


def test_two_admins_cannot_take_the_right_from_each_other_at_once(people: People) -> None:
    first(people)
    users.use_link(people, users.add(people, "ben", "admin", BY), "", "hash", "127.0.0.1")
    raised = both(
        lambda: users.set_role(people, "ana", "viewer", BY), lambda: users.remove(people, "ben", BY)
    )
    assert sum(one is None for one in raised) == 1
    assert [one["name"] for one in users.everybody(people) if one["role"] == "admin"] != []
    with pytest.raises(PeopleError, match="hetk user list"):
        users.set_role(people, "nobody", "admin", BY)


def test_what_is_done_is_in_the_log_and_what_failed_is_not(people: People, clock: Clock) -> None:
    first(people)
    with pytest.raises(PeopleError):
        users.remove(people, "ana", BY)
    users.add(people, "ben", "analyst", BY)
    lines = newest(people, None, 10)
    assert [(one["who"], one["what"], one["target"], one["source"]) for one in lines] == [
        ("ana", "user_added", "ben (analyst)", "127.0.0.1"),
        ("ana", "link_used", "", "127.0.0.1"),
        ("ana", "link_made", "", "127.0.0.1"),
    ]
    assert lines[0]["at_ms"] == clock.ms
    assert newest(people, lines[0]["id"], 1) == [lines[1]]


def test_the_log_does_not_grow_for_ever(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "CUT_EVERY", 10)
    monkeypatch.setattr(log, "LINES_MAX", 20)
    with people.change() as con:
        for _ in range(45):
            log.note(con, people.now_ms(), BY, "queried")
    lines = newest(people, None, 100)
    assert (lines[0]["id"], lines[-1]["id"]) == (45, 21)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("::1", "::1"),
        ("unix:", ""),
    ],
)
def test_only_the_network_is_kept_of_an_address(address: str, network: str) -> None:
    assert reduced(address) == network


def test_a_copy_lets_nobody_in_who_was_only_passing(people: People, tmp_path: Path) -> None:
    first(people)
    link = users.add(people, "ben", "viewer", BY)
    target = tmp_path / "copy" / "console" / "people.sqlite"
    target.parent.mkdir(parents=True)
    copy(people.path, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    other = People(DataDir(tmp_path / "copy"), people.now_ms)
    assert [one["name"] for one in users.everybody(other)] == ["ana", "ben"]
    with pytest.raises(LinkGone):
        users.read_link(other, link)


def test_a_damaged_or_newer_file_is_named(people: People) -> None:
    first(people)
    with people.change() as con:
        con.execute("INSERT INTO links VALUES ('x', NULL, 0)")
    import sqlite3

    with closing(sqlite3.connect(people.path, isolation_level=None)) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(PeopleClosed, match=r"people\.sqlite .*upgrade hetk"):
        users.everybody(people)
    for path in people.path.parent.glob("people.sqlite*"):
        path.write_bytes(b"no database at all" * 100)
    with pytest.raises(PeopleClosed, match="backup"):
        users.everybody(people)


def test_a_damaged_file_is_told_from_a_whole_one(people: People, tmp_path: Path) -> None:
    first(people)
    assert damage(people.path) == []
    raw = bytearray(people.path.read_bytes())
    cut, scratched, other = (tmp_path / name for name in ("cut", "scratched", "other"))
    cut.write_bytes(raw[: len(raw) // 2])
    raw[4096:8192] = b"x" * 4096
    scratched.write_bytes(raw)
    with closing(sqlite3.connect(other)) as con:
        con.execute("CREATE TABLE users (id)")
    assert [bool(damage(path)) for path in (cut, scratched, other)] == [True] * 3
    assert "sessions" in " ".join(damage(other))
    assert damage(tmp_path / "none") != []
    assert not (tmp_path / "none").exists()
