from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from collector import sites
from collector.errors import SitesError
from collector.sites import (
    GRACE_MS,
    Sites,
    add_site,
    list_sites,
    make_key,
    origin_of,
    revoke_keys,
    rotate_key,
)
from tests.collector.server import Running, batch


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def test_a_new_site_has_a_write_key_that_leads_to_it(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    key = add_site(path, "shop", ["https://Shop.example:443/page"])
    assert key.startswith("wk_")
    assert path.stat().st_mode & 0o777 == 0o600
    found = Sites.load(path).by_key(key, now_ms())
    assert found is not None
    assert (found[0].name, found[0].origins, found[1]) == ("shop", ["https://shop.example"], "write")
    assert Sites.load(path).by_key("wk_other", now_ms()) is None


def test_a_server_key_is_made_once_and_shown_again(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    add_site(path, "shop", [])
    key = make_key(path, "shop", "server")
    assert key.startswith("sk_")
    written = path.stat().st_ino
    assert make_key(path, "shop", "server") == key
    assert path.stat().st_ino == written, "nothing changed: a running collector has nothing to load again"


def test_a_rotated_key_works_for_30_more_days_and_no_longer(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    old = add_site(path, "shop", [])
    new = rotate_key(path, "shop", "write")
    view = Sites.load(path)
    assert view.by_key(old, now_ms() + GRACE_MS - 60_000)
    assert view.by_key(old, now_ms() + GRACE_MS + 60_000) is None
    assert view.by_key(new, now_ms() + 10 * GRACE_MS)
    assert make_key(path, "shop", "write") == new


def test_revoked_keys_stop_at_once_and_a_second_rotation_does_not_lengthen_the_grace(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    first = add_site(path, "shop", [])
    rotate_key(path, "shop", "write")
    ends = [key.expires_ms for key in list_sites(path)[0].keys if key.key == first]
    rotate_key(path, "shop", "write")
    assert [key.expires_ms for key in list_sites(path)[0].keys if key.key == first] == ends
    assert revoke_keys(path, "shop", "write") == 3
    assert Sites.load(path).by_key(first, now_ms()) is None


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    add_site(path, "shop", [])
    with pytest.raises(SitesError, match="hetk site list"):
        add_site(path, "shop", [])
    with pytest.raises(SitesError, match=r"known: shop.*hetk site add other"):
        make_key(path, "other", "server")
    for bad in ("", "Shop", "a b", "../x", "a" * 64, "-a"):
        with pytest.raises(SitesError, match="a-z"):
            add_site(path, bad, [])
    with pytest.raises(SitesError, match=r"hetk site origin shop URL.*hetk site key shop --write"):
        add_site(path, "shop", [])
    for bad in (
        "https://*.shop.example",
        "https://*",
        "https://a.example https://b.example",
        "https://a.example/ https://b.example/",
        "https://a .example",
    ):
        with pytest.raises(SitesError, match="name every host in full, each by itself"):
            origin_of(bad)
    assert origin_of("https://[::1]:8443/") == "https://[::1]:8443"
    assert origin_of(" http://bücher.example:8000/*") == "http://bücher.example:8000"
    for bad in (
        "https://a.example,b.example",
        "https://a.example:port",
        "shop.example",
        "ftp://shop.example",
        "https://",
        "https://u@shop.example",
    ):
        with pytest.raises(SitesError, match=r"https://shop\.example"):
            origin_of(bad)
    path.write_text("{")
    with pytest.raises(SitesError, match="backup"):
        Sites.load(path)


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    threads = [threading.Thread(target=add_site, args=(path, f"s{n}", [])) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {site.name for site in list_sites(path)} == {f"s{n}" for n in range(20)}


@pytest.mark.long
def test_a_running_server_follows_new_sites_rotation_and_revocation_and_a_damaged_file(place: Path) -> None:
    running = Running(place)
    path = running.data.sites

    def wait_for(key: str, status: int) -> None:
        deadline = time.monotonic() + 30
        while running.post(batch(key)).status != status:
            assert time.monotonic() < deadline
            time.sleep(0.1)

    key = sites.add_site(path, "second", [])
    wait_for(key, 200)
    new = sites.rotate_key(path, "second", "write")
    wait_for(new, 200)
    assert running.post(batch(key)).status == 200
    sites.revoke_keys(path, "second", "write")
    wait_for(key, 401)
    assert running.post(batch(new)).status == 401
    path.write_text("{")
    deadline = time.monotonic() + 30
    while not any("sites not loaded" in line for line in running.log):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert running.post(batch(running.key)).status == 200
    assert running.stop() == 0
