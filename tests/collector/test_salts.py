from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from collector.salts import Salts


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6)


def ids(path: Path, when: str, agent: str = "ua") -> tuple[str, str | None]:
    return Salts(path).ids(at(when), "shop", "192.0.2.1", agent)


def test_all_workers_of_a_directory_make_the_same_id_and_it_tells_people_and_sites_apart(
    tmp_path: Path,
) -> None:
    path = tmp_path / "salts.json"
    one = ids(path, "2026-11-22 12:00")
    assert ids(path, "2026-11-22 13:00") == one
    assert one[1] is None
    assert len(one[0]) == 32
    assert ids(path, "2026-11-22 13:00", "other")[0] != one[0]
    assert Salts(path).ids(at("2026-11-22 13:00"), "blog", "192.0.2.1", "ua") != one
    assert path.stat().st_mode & 0o777 == 0o600


def test_until_two_o_clock_ids_come_under_both_salts_and_then_the_old_one_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "salts.json"
    salts = Salts(path)

    def now(when: str) -> tuple[str, str | None]:
        return salts.ids(at(when), "shop", "192.0.2.1", "ua")

    before = now("2026-11-22 23:59")[0]
    today, yesterday = now("2026-11-23 00:01")
    assert yesterday == before
    assert today != before
    assert now("2026-11-23 01:59") == (today, before)
    assert len(json.loads(path.read_bytes())) == 2
    assert now("2026-11-23 02:00") == (today, None)
    assert list(json.loads(path.read_bytes())) == ["2026-11-23"]


def test_a_damaged_salt_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "salts.json"
    path.write_text("{")
    assert ids(path, "2026-11-22 12:00") == ids(path, "2026-11-22 12:01")
