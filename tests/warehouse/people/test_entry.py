"""Sessions that end by themselves, tokens with a role of their own, passwords that are hard to guess."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from collector.datadir import DataDir
from tests.warehouse.people.test_users import BY, Clock, first
from warehouse.errors import PeopleError
from warehouse.people import entry, passwords, users
from warehouse.people.entry import DAY_MS, IDLE_MS, WHOLE_MS, Who
from warehouse.people.passwords import Busy, Passwords, check
from warehouse.people.roles import Role
from warehouse.people.store import People, digest


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> People:
    made = People(DataDir(tmp_path / "data"), clock)
    first(made)
    return made


def session(people: People, name: str = "ana") -> Who:
    id, _, hashed = users.password_of(people, name) or (0, "", "")
    who = entry.by_session(people, digest(entry.begin(people, id, hashed or "", BY)))
    assert who is not None
    return who


def test_a_session_ends_when_nobody_uses_it(people: People, clock: Clock) -> None:
    who = session(people)
    clock.ms += IDLE_MS
    assert entry.again(people, who)
    clock.ms += 1
    assert not entry.again(people, who)


def test_a_session_that_is_used_ends_all_the_same(people: People, clock: Clock) -> None:
    who = session(people)
    assert not entry.is_stale(people, who)
    for _ in range(WHOLE_MS // (6 * DAY_MS)):
        clock.ms += 6 * DAY_MS
        assert entry.again(people, who)
        assert entry.is_stale(people, who)
        entry.seen(people, who)
    clock.ms += 1
    assert not entry.again(people, who)


def test_another_password_ends_the_other_sessions(people: People) -> None:
    here, there = session(people), session(people)
    users.set_password(people, here.id, "another hash", here.key, BY)
    assert entry.again(people, here)
    assert not entry.again(people, there)
    with pytest.raises(PeopleError, match="changed"):
        entry.begin(people, here.id, "hash", BY)


def test_a_link_that_is_used_ends_all_sessions(people: People) -> None:
    who = session(people)
    users.use_link(people, users.link(people, "ana", BY), "", "new hash", "127.0.0.1")
    assert not entry.again(people, who)


def test_who_is_removed_or_gets_another_role_is_out_at_once(people: People) -> None:
    users.use_link(people, users.add(people, "ben", "analyst", BY), "", "hash", "127.0.0.1")
    ben = session(people, "ben")
    token = entry.make_token(people, ben, "script", "analyst", 0, BY)
    program = entry.by_token(people, digest(token))
    assert program
    users.set_role(people, "ben", "viewer", BY)
    assert not entry.again(people, ben)
    assert not entry.again(people, program)
    demoted = entry.by_token(people, digest(token))
    assert demoted
    assert demoted.role == "viewer"
    users.remove(people, "ben", BY)
    assert entry.by_token(people, digest(token)) is None
    assert entry.by_session(people, ben.key) is None
    with pytest.raises(PeopleError, match="meanwhile"):
        entry.make_token(people, ben, "late", "viewer", 0, BY)


def test_a_token_ends_by_its_date_or_by_its_owner(people: People, clock: Clock) -> None:
    who = session(people)
    short, long = (entry.make_token(people, who, "a script", "viewer", days, BY) for days in (1, 0))
    assert short.startswith("ht_")
    clock.ms += DAY_MS
    assert entry.by_token(people, digest(short)) is None
    program = entry.by_token(people, digest(long))
    assert program
    assert (program.name, program.role, program.by) == ("ana", "viewer", "token")
    entry.seen(people, program)
    newest, _ = entry.own(people, who)["tokens"]
    assert (newest["expires_ms"], newest["seen_ms"]) == (None, clock.ms)
    entry.revoke_token(people, who, newest["id"], BY)
    assert entry.by_token(people, digest(long)) is None
    with pytest.raises(PeopleError):
        entry.revoke_token(people, who, newest["id"], BY)


@pytest.mark.parametrize(
    ("name", "role", "days", "words"),
    [
        ("", "viewer", 1, "what the token is for"),
        ("x", "admin", 1, "viewer or analyst"),
        ("x", "viewer", -1, "days"),
        ("x", "viewer", 4_000, "days"),
    ],
)
def test_no_token_may_more_than_read(people: People, name: str, role: Role, days: int, words: str) -> None:
    with pytest.raises(PeopleError, match=words):
        entry.make_token(people, session(people), name, role, days, BY)


def test_a_viewer_makes_no_token_of_an_analyst(people: People) -> None:
    users.use_link(people, users.add(people, "eve", "viewer", BY), "", "hash", "127.0.0.1")
    with pytest.raises(PeopleError, match=r"may be viewer$"):
        entry.make_token(people, session(people, "eve"), "x", "analyst", 1, BY)


def test_nobody_elses_token_can_be_revoked(people: People) -> None:
    users.use_link(people, users.add(people, "eve", "viewer", BY), "", "hash", "127.0.0.1")
    token = entry.make_token(people, session(people), "mine", "viewer", 0, BY)
    with pytest.raises(PeopleError):
        entry.revoke_token(people, session(people, "eve"), 1, BY)
    assert entry.by_token(people, digest(token))


def test_nothing_that_lets_one_in_is_stored(people: People) -> None:
    who = session(people)
    secrets = [
        entry.make_token(people, who, "x", "viewer", 0, BY),
        users.link(people, "ana", BY),
        entry.begin(people, who.id, "hash", BY),
    ]
    stored = b"".join(path.read_bytes() for path in people.path.parent.iterdir())
    assert [secret for secret in secrets if secret.encode() in stored] == []


def test_one_person_has_so_many_sessions(
    people: People, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(entry, "SESSIONS_MAX", 3)
    opened = []
    for _ in range(5):
        clock.ms += 1
        opened.append(session(people))
    assert [entry.again(people, who) for who in opened] == [False, False, True, True, True]


def test_a_password_fits_itself_however_it_is_typed() -> None:
    async def look() -> list[bool]:
        hasher = Passwords()
        hashed = await hasher.hash("põder ja põdrasõnn")
        assert hashed.startswith("$argon2id$")
        assert not hasher.is_old(hashed)
        assert hasher.is_old(
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$+r0d29hqEB0yasKr55ZgICsQGSkl0v0kgwhd+U3wyRo"
        )
        typed = [
            "põder ja põdrasõnn",
            "po\u0303der ja po\u0303draso\u0303nn",
            "põder ja põdrasõnn ",
            "x" * 300,
        ]
        return [await hasher.fits(hashed, one) for one in typed] + [await hasher.fits(None, typed[0])]

    assert asyncio.run(look()) == [True, True, False, False, False]


def test_for_nobody_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time would tell which names there are."""
    hasher = Passwords()
    verified: list[str] = []

    def verify(hashed: str, _: str) -> bool:
        verified.append(hashed)
        return False

    monkeypatch.setattr(hasher, "_verify", verify)

    async def look() -> None:
        await hasher.fits(None, "whatever it is")
        await hasher.fits("$argon2id$of-somebody", "whatever it is")

    asyncio.run(look())
    assert [hashed.startswith("$argon2id$") for hashed in verified] == [True, True]


def test_a_crowd_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAITING_MAX", 2)

    async def look() -> list[object]:
        hasher = Passwords()
        return list(await asyncio.gather(*(hasher.fits(None, "x") for _ in range(5)), return_exceptions=True))

    found = asyncio.run(look())
    assert sum(isinstance(one, Busy) for one in found) == 3


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaa", "password1234", "1234567890", "Ana Maasikas", "qwertyqwerty", "x" * 300],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(PeopleError):
        check(password, "ana maasikas")


@pytest.mark.parametrize("password", ["seven quiet otters", "kümme kõva käbi", "लाल पतंग उड़ी", "G7#kq!92xPv"])
def test_a_good_password_is_taken(password: str) -> None:
    check(password, "ana")
