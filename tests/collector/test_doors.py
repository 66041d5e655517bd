"""Every door of the public port, as a browser, a server and a curious person use it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from uuid import UUID

import pytest

from collector import sites
from collector.config import Geo, Http
from collector.datadir import DataDir
from collector.places import Places
from collector.scripts import built_files, hashed_name, integrity
from tests.collector.server import BROWSER, ROOT, Running, batch, event


def test_a_batch_is_kept_verbatim_with_what_the_collector_knows(server: Running) -> None:
    body = json.dumps(batch(server.key, event(props={"query": "लाल जूते"}))).encode()
    before = time.time_ns() // 1000
    assert server.post(body).json == {"accepted": 1, "rejected": []}
    raw = b"".join(path.read_bytes() for path in server.data.journal.iterdir())
    assert b'"b":' + body + b"}\n" in raw
    line = server.lines()[-1]
    assert before <= line["r"] <= time.time_ns() // 1000
    assert (line["k"], line["n"]) == ("shop", 1)
    # A new directory has no salt of yesterday, so there is no v2 after midnight either.
    assert line["m"].keys() == {"p", "a", "v", "d", "o", "w"}
    assert (line["m"]["p"], line["m"]["a"], line["m"]["d"], line["m"]["o"]) == (
        "events",
        "write",
        "desktop",
        "Windows",
    )
    assert BROWSER.encode() not in raw
    assert b"127.0.0.1" not in raw


def test_the_device_s_own_id_is_used_alone(server: Running) -> None:
    server.post(batch(server.key, ctx={"visitor": "v1", "mode": "first_party"}))
    assert "v" not in server.lines()[-1]["m"]


def test_an_origin_that_is_registered_may_deliver_and_so_may_none(server: Running) -> None:
    assert server.post(batch(server.key), {"Origin": "https://shop.example"}).status == 200
    assert server.post(batch(server.key), {"Origin": "https://SHOP.example:443"}).status == 200
    assert server.post(batch(server.key)).status == 200
    assert server.post(batch(server.key), {"Origin": "https://shop.example.evil"}).status == 403


def test_history_passes_with_a_server_key_whose_agent_is_no_bot(server: Running) -> None:
    answer = server.post(batch(server.server_key, history=True), {"User-Agent": "python-requests/2.0"})
    assert answer.status == 200
    assert server.lines()[-1]["m"] == {"p": "events", "a": "server"}


def test_track_needs_only_a_name_and_makes_the_rest(server: Running) -> None:
    bearer = {"Authorization": f"Bearer {server.server_key}"}
    answer = server.post({"event": "purchase", "user": "u1", "props": {"value": 3}}, bearer, "/v1/track")
    assert (answer.status, answer.json) == (200, {"accepted": 1, "rejected": []})
    line = server.lines()[-1]
    (one,) = line["b"]["events"]
    assert UUID(one["id"]).version == 7
    assert abs(one["t"] - time.time() * 1000) < 5000
    assert (one["event"], one["user"], one["props"]) == ("purchase", "u1", {"value": 3})
    assert line["m"] == {"p": "track", "a": "server"}
    assert server.server_key not in json.dumps(line)


def test_identify_becomes_an_event_whose_props_are_the_traits(server: Running) -> None:
    bearer = {"Authorization": f"Bearer {server.server_key}"}
    assert (
        server.post(
            {"user": "u1", "visitor": "v1", "traits": {"plan": "gold"}}, bearer, "/v1/identify"
        ).status
        == 200
    )
    (one,) = server.lines()[-1]["b"]["events"]
    assert (one["event"], one["user"], one["visitor"], one["props"]) == (
        "identify",
        "u1",
        "v1",
        {"plan": "gold"},
    )


@pytest.mark.parametrize(
    ("path", "authorization", "body", "status", "error"),
    [
        ("/v1/track", None, {"event": "a"}, 401, "server_key_needed"),
        ("/v1/track", "Bearer wk_x", {"event": "a"}, 401, "server_key_needed"),
        ("/v1/track", "Bearer sk_x", {"event": "a"}, 401, "unknown_key"),
        ("/v1/track", "ok", {"evnt": "a"}, 400, "bad_batch"),
        ("/v1/track", "ok", {"event": "a", "props": {"a": "x" * 40_000}}, 413, "event_too_large"),
        (
            "/v1/track",
            "ok",
            {"event": "a", "props": dict.fromkeys(map(str, range(300)))},
            400,
            "too_many_props",
        ),
        ("/v1/identify", "ok", {"visitor": "v1"}, 400, "bad_batch"),
    ],
)
def test_servers_are_told_what_is_wrong(
    server: Running, path: str, authorization: str | None, body: object, status: int, error: str
) -> None:
    key = f"Bearer {server.server_key}" if authorization == "ok" else authorization
    before = len(server.lines())
    answer = server.post(body, {"Authorization": key} if key else {}, path)
    assert (answer.status, answer.json["error"]) == (status, error)
    assert len(server.lines()) == before


def test_a_secret_in_a_pixels_address_is_refused(server: Running) -> None:
    before = len(server.lines())
    wrong = server.ask("GET", f"/v1/pixel.gif?key={server.server_key}&event=open")
    assert (wrong.status, wrong.body[:6]) == (401, b"GIF89a")
    assert json.loads(wrong.headers["x-hetk-error"])["error"] == "write_key_needed"
    assert len(server.lines()) == before


def test_the_pixel_stores_an_event_and_is_a_gif(server: Running) -> None:
    path = f"/v1/pixel.gif?key={server.key}&event=open&p.campaign=x&utm=y&visitor=v7&title=%E0%A4%B2"
    answer = server.ask("GET", path, headers={"Referer": "https://shop.example/mail"})
    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.body.startswith(b"GIF89a")
    assert answer.headers["cache-control"] == "no-store"
    (one,) = server.lines()[-1]["b"]["events"]
    assert (one["event"], one["url"], one["title"]) == ("open", "https://shop.example/mail", "ल")
    assert one["props"] == {"campaign": "x"}
    assert server.lines()[-1]["b"]["ctx"] == {"visitor": "v7"}
    assert len(answer.body) == 43
    for query, status, error in (
        ("?key=wk_no", 401, "unknown_key"),
        (f"?key={server.key}&id=7", 400, "bad_batch"),
        ("", 400, "bad_batch"),
    ):
        wrong = server.ask("GET", f"/v1/pixel.gif{query}")
        assert (wrong.status, wrong.body) == (status, answer.body)
        assert json.loads(wrong.headers["x-hetk-error"])["error"] == error


def test_config_is_cacheable_follows_what_is_published_and_never_fails_for_it(server: Running) -> None:
    path = f"/v1/config?key={server.key}"
    first = server.ask("GET", path)
    assert (first.status, first.json["v"], first.json["site"]) == (200, 1, "shop")
    assert first.headers["cache-control"] == "public, max-age=300"
    assert first.json["consent"]["default"]["before"] == "cookieless"
    assert "Europe/Tallinn" in first.json["consent"]["jurisdictions"]["eu"]["zones"]
    assert len(first.body) < 6000
    etag = first.headers["etag"]
    assert server.ask("GET", path, headers={"If-None-Match": etag}).status == 304
    assert (
        server.ask("GET", path, headers={"If-None-Match": f"W/{etag}"}).status == 304
    )  # through nginx's gzip

    published = server.data.publish / "config-shop.json"
    published.write_text('{"rules":[1],"v":7,"site":"other"}')
    second = server.ask("GET", path, headers={"If-None-Match": etag})
    assert (second.status, second.json["rules"], second.json["v"], second.json["site"]) == (
        200,
        [1],
        1,
        "shop",
    )
    published.write_text("{")
    assert server.ask("GET", path).json == first.json
    published.unlink()
    assert server.ask("GET", "/v1/config?key=wk_no").json["error"] == "unknown_key"
    assert server.ask("GET", "/v1/config").status == 401


def test_scripts_are_served_by_name_and_by_hash_and_old_builds_stay(place: Path) -> None:
    old = b"console.log('an old build')"
    name = hashed_name("hetk.js", old)
    (place / "sdk").mkdir(parents=True)
    (place / "sdk" / name).write_bytes(old)
    running = Running(place)
    kept = running.ask("GET", f"/{name}")
    assert (kept.status, kept.body) == (200, old)
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-type"].startswith("text/javascript")
    assert kept.headers["access-control-allow-origin"] == "*"
    for path in built_files():
        current = path.read_bytes()
        plain = running.ask("GET", f"/{path.name}")
        assert (plain.status, plain.body) == (200, current)
        assert plain.headers["cache-control"] == "public, max-age=3600"
        assert running.ask("GET", f"/{hashed_name(path.name, current)}").body == current
        assert (place / "sdk" / hashed_name(path.name, current)).read_bytes() == current
        packed = running.ask("GET", f"/{path.name}", headers={"Accept-Encoding": "br, gzip"})
        assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
        assert (gzip.decompress(packed.body), len(packed.body) < len(current) / 1.5) == (current, True)
        known = {"If-None-Match": f'"other", {plain.headers["etag"].removeprefix("W/")}'}
        assert running.ask("GET", f"/{path.name}", headers=known).status == 304
    refused = running.ask("GET", "/hetk.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert running.ask("GET", "/hetk-000000000000.js").json["error"] == "no_such_script"
    assert running.stop() == 0


def test_the_integrity_of_a_script_is_its_sha384() -> None:
    assert integrity(b"") == "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"
    assert hashed_name("hetk.mjs", b"a") == f"hetk-{hashlib.sha256(b'a').hexdigest()[:12]}.mjs"


def test_preflights_wrong_methods_and_unknown_paths_have_an_answer(server: Running) -> None:
    preflight = server.ask("OPTIONS", "/v1/events", headers={"Origin": "https://shop.example"})
    assert preflight.status == 204
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    assert "POST" in preflight.headers["access-control-allow-methods"]
    wrong = server.ask("GET", "/v1/events")
    assert (wrong.status, wrong.json["error"], wrong.headers["allow"]) == (
        405,
        "wrong_method",
        "POST, OPTIONS",
    )
    for path in ("/v1/me", "/", "/v1/events/", "/metrics"):
        unknown = server.ask("GET", path)
        assert (unknown.status, unknown.json["error"]) == (404, "not_found")
        assert unknown.headers["access-control-allow-origin"] == "*"
    assert server.ask("HEAD", "/healthz").status == 200


def test_ready_means_the_loader_runs(server: Running) -> None:
    assert server.ask("GET", "/healthz").json == {"status": "ok"}
    beat = server.data.heartbeat
    now = int(time.time() * 1000)
    for text, status in (
        (None, 503),
        ("{", 503),
        (json.dumps({"at_ms": now, "loader": "starting"}), 503),
        (json.dumps({"at_ms": now - 6000, "loader": "running"}), 503),
        (json.dumps({"at_ms": now, "loader": "running", "pid": 1}), 200),
    ):
        if text is not None:
            beat.write_text(text)
        answer = server.ask("GET", "/readyz")
        assert answer.status == status
        assert (answer.json["status"] == "ready") is (status == 200)


def test_too_fast_is_a_429_with_retry_after_and_server_keys_and_this_machine_are_exempt(place: Path) -> None:
    running = Running(place, {"HETK_RATES_ADDRESS_EVENTS_PER_SECOND": "10"})
    big = batch(running.key, *(event() for _ in range(8)))
    assert [running.post(big).status for _ in range(6)] == [200] * 6
    answers = [running.post(big, {"X-Forwarded-For": "198.51.100.7"}) for _ in range(6)]
    slowed = [answer for answer in answers if answer.status == 429]
    assert slowed
    assert slowed[0].headers["retry-after"] == "1"
    assert "rates.address_events_per_second" in slowed[0].json["detail"]
    assert all(
        running.post(batch(running.server_key, *(event() for _ in range(8)))).status == 200 for _ in range(6)
    )
    assert running.stop() == 0
    assert len(running.lines()) == 18 - len(slowed)


@pytest.mark.long
def test_forwarded_addresses_and_countries_count_only_from_trusted_proxies(
    place: Path, tmp_path: Path
) -> None:
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "CF-IPCountry": "EE"}
    plain = Running(place, {"HETK_HTTP_TRUSTED_PROXIES": "10.0.0.0/8"})
    plain.post(batch(plain.key), headers)
    plain.post(batch(plain.key))
    assert plain.stop() == 0
    assert [line for line in plain.log if "127.0.0.0/24" in line and "http.trusted_proxies" in line]
    one, two = (line["m"] for line in plain.lines())
    assert one == two
    assert "co" not in one

    proxied = Running(tmp_path / "proxied", {"HETK_HTTP_TRUSTED_PROXIES": "127.0.0.0/8,203.0.113.0/24"})
    proxied.post(batch(proxied.key), headers)
    proxied.post(batch(proxied.key), headers | {"X-Forwarded-For": "6.6.6.6, 198.51.100.7"})
    proxied.post(batch(proxied.key), headers | {"X-Forwarded-For": "198.51.100.8"})
    assert proxied.stop() == 0
    one, two, three = (line["m"] for line in proxied.lines())
    assert (one["co"], one["gs"], one["j"]) == ("EE", "header", "eu")
    assert one["v"] == two["v"]  # what stands left of the first stranger is the stranger's word
    assert three["v"] != one["v"]


def test_the_address_of_a_visitor_behind_proxies_is_the_first_untrusted_hop() -> None:
    places = Places(Geo(), Http(trusted_proxies=("10.0.0.0/8", "::1")))
    header = {"X-Forwarded-For": "1.1.1.1, 2.2.2.2, 10.0.0.5"}
    assert places.client("10.0.0.9", header) == ("2.2.2.2", True)
    assert places.client("2.2.2.2", header) == ("2.2.2.2", False)
    assert places.client("::1", {"X-Forwarded-For": "nonsense"}) == ("::1", True)


def test_a_proxy_of_the_own_network_that_is_not_trusted_is_told_once() -> None:
    told: list[str] = []
    places = Places(Geo(), Http(), told.append)
    header = {"X-Forwarded-For": "1.1.1.1"}
    for peer in ("8.8.8.8", "127.0.0.1", "10.1.2.3", "10.9.9.9"):
        places.client(peer, header)
    assert told == ["10.1.2.0/24"]


@pytest.mark.parametrize("kept", [False, True])
def test_a_strange_proxy_costs_no_request_when_its_note_cannot_be_written(place: Path, kept: bool) -> None:
    data = DataDir(place)
    data.create()
    if not kept:
        data.untrusted_proxy.mkdir()
    running = Running(place, {"HETK_HTTP_TRUSTED_PROXIES": "10.0.0.0/8"})
    assert running.post(batch(running.key), {"X-Forwarded-For": "198.51.100.7"}).status == 200
    assert running.stop() == 0
    log = "".join(running.log)
    assert "forwarding headers from this network are ignored" in log
    assert ("not kept for `hetk doctor`" in log) is not kept
    assert not kept or data.untrusted_proxy.read_text() == "127.0.0.0/24"


@pytest.mark.long
def test_a_slow_body_is_a_408_and_others_are_served_meanwhile(place: Path) -> None:
    running = Running(place, {"HETK_HTTP_BODY_SECONDS_MAX": "0.5", "HETK_HTTP_KEEPALIVE_SECONDS": "1"})
    head = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as slow:
        slow.sendall(head)
        assert running.post(batch(running.key)).status == 200
        assert slow.recv(4096).startswith(b"HTTP/1.1 408")
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as silent:
        silent.sendall(b"POST /v1/ev")  # never ends its headers
        begun = time.monotonic()
        assert silent.recv(4096) == b""
        assert time.monotonic() - begun < 20
    assert running.stop() == 0


def test_a_too_large_body_is_read_so_that_its_sender_sees_the_413(server: Running) -> None:
    for size in (600_000, 3_000_000):
        head = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size
        assert server.raw(head + b"x" * size).startswith(b"HTTP/1.1 413")
    chunk = b"%x\r\n%s\r\n" % (60_000, b"x" * 60_000)
    head = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert server.raw(head + chunk * 12 + b"0\r\n\r\n").startswith(b"HTTP/1.1 413")


@pytest.mark.long
def test_two_workers_share_a_port_and_have_their_own_segments(place: Path) -> None:
    running = Running(place)
    second = subprocess.Popen(
        [*running.command[:-1], str(running.port), "--worker", "w1"],
        stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HETK_RATES_ADDRESS_REQUESTS_PER_SECOND": "0"},
    )  # fmt: skip
    assert second.stderr is not None
    assert any("collector ready" in line for line in second.stderr)
    assert all(running.post(batch(running.key)).status == 200 for _ in range(60))
    second.send_signal(signal.SIGTERM)
    assert second.wait(60) == 0
    second.stderr.close()
    assert running.post(batch(running.key)).status == 200
    assert running.stop() == 0
    assert len(running.lines()) == 61
    assert {path.name[:2] for path in running.data.journal.iterdir()} == {"w0", "w1"}


def test_a_new_site_s_consent_rule_reaches_the_device(place: Path) -> None:
    running = Running(place)
    key = sites.add_site(running.data.sites, "clinic", [], "opt_in")
    deadline = time.monotonic() + 30
    while (answer := running.ask("GET", f"/v1/config?key={key}")).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert answer.json["consent"]["default"]["before"] == "opt_in"
    assert running.stop() == 0
