"""Each row of the table is sent to a real server: the answer names field and fix, the books are exact, the
next one passes.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.collector.server import NOW_MS, Running, batch, event, raw_batch


class Row(NamedTuple):
    name: str
    body: Callable[[str], Any]
    status: int
    error: str  # of the answer, or the reason of the rejected event
    says: str
    journaled: tuple[int, int] = (0, 0)  # events received and rejected
    headers: dict[str, str] = {}  # noqa: RUF012 never changed


def deep(levels: int) -> str:
    return '{"a":' + "[" * levels + "]" * levels + "}"


GZIP = {"Content-Encoding": "gzip"}
BOMB = gzip.compress(b'{"v":1,"key":"' + b"a" * 50_000_000)
ROWS = [
    Row("empty", lambda k: b"", 400, "bad_json", "send one JSON object"),
    Row("not json", lambda k: b"hello", 400, "bad_json", "send one JSON object"),
    Row("half json", lambda k: b'{"v":1,', 400, "bad_json", "truncated"),
    Row("a list", lambda k: b"[1]", 400, "bad_batch", "Expected `object`"),
    Row("two objects", lambda k: raw_batch(k) + b"{}", 400, "bad_json", "trailing"),
    Row("no key", lambda k: {"v": 1, "sent": NOW_MS, "events": [event()]}, 400, "bad_batch", "`key`"),
    Row("wrong version", lambda k: batch(k, v=2), 400, "bad_batch", "v: "),
    Row("version as text", lambda k: batch(k, v="1"), 400, "bad_batch", "v: "),
    Row("sent as text", lambda k: batch(k, sent="now"), 400, "bad_batch", "sent: "),
    Row(
        "sent out of int64",
        lambda k: raw_batch(k).replace(b'"sent":', b'"sent":9999999'),
        400,
        "bad_batch",
        "sent: ",
    ),
    Row("events is no list", lambda k: batch(k) | {"events": {}}, 400, "bad_batch", "events: "),
    Row("no events", lambda k: batch(k) | {"events": []}, 400, "no_events", "at least one"),
    Row("too many events", lambda k: batch(k, *[event()] * 501), 413, "too_many_events", "split"),
    Row(
        "screen out of int32",
        lambda k: raw_batch(k, ctx=f'{{"screen":[{2**70},1]}}'),
        400,
        "bad_batch",
        "ctx.screen",
    ),
    Row("unknown key", lambda k: batch("wk_nobody"), 401, "unknown_key", "hetk site"),
    Row(
        "foreign origin",
        lambda k: batch(k),
        403,
        "foreign_origin",
        "hetk site origin",
        headers={"Origin": "https://evil.example"},
    ),
    Row(
        "null origin",
        lambda k: batch(k),
        403,
        "foreign_origin",
        "hetk site origin",
        headers={"Origin": "null"},
    ),
    Row("history with a write key", lambda k: batch(k, history=True), 403, "server_key_needed", "--server"),
    Row("body too large", lambda k: b" " * 600_000, 413, "too_large", "split"),
    Row(
        "not utf-8",
        lambda k: raw_batch(k, props='{"a":"~"}').replace(b"~", b"\xff"),
        400,
        "bad_json",
        "UTF-8",
    ),
    Row("utf-16", lambda k: raw_batch(k).decode().encode("utf-16"), 400, "bad_json", ""),
    Row("nan", lambda k: raw_batch(k, props='{"a":NaN}'), 400, "bad_json", "invalid character"),
    Row("infinity", lambda k: raw_batch(k, props='{"a":-Infinity}'), 400, "bad_json", ""),
    Row(
        "1e999", lambda k: raw_batch(k, props='{"a":1e999}'), 400, "bad_event", "Number out of range", (1, 1)
    ),
    Row(
        "5000 digits",
        lambda k: raw_batch(k, props=f'{{"a":{"9" * 5000}}}'),
        400,
        "bad_event",
        "out of range",
        (1, 1),
    ),
    Row("deep", lambda k: raw_batch(k, props=deep(17)), 400, "too_deep", "flatten", (1, 1)),
    Row("very deep", lambda k: raw_batch(k, props=deep(5000)), 400, "bad_json", "flatten"),
    Row("abyss", lambda k: b"[" * 400_000, 400, "bad_batch", ""),
    Row("raw newline in a string", lambda k: raw_batch(k, props='{"a":"x\ty"}'), 400, "bad_json", ""),
    Row("trailing comma", lambda k: raw_batch(k, props='{"a":1,}'), 400, "bad_json", "trailing comma"),
    Row("id is no uuid", lambda k: batch(k, event(id="7")), 400, "bad_id", "UUID", (1, 1)),
    Row("id is a number", lambda k: batch(k, event(id=7)), 400, "bad_id", "id", (1, 1)),
    Row("no id", lambda k: batch(k, {"event": "a", "t": 1}), 400, "bad_event", "`id`", (1, 1)),
    Row("no name", lambda k: batch(k, event(event="")), 400, "bad_event", "event: ", (1, 1)),
    Row("long name", lambda k: batch(k, event(event="a" * 201)), 400, "bad_event", "event: ", (1, 1)),
    Row("t with a fraction", lambda k: batch(k, event(t=1.5)), 400, "bad_event", "t: ", (1, 1)),
    Row("t out of int64", lambda k: batch(k, event(t=2**63)), 400, "bad_event", "t: ", (1, 1)),
    Row("props is a list", lambda k: batch(k, event(props=[])), 400, "bad_event", "props: ", (1, 1)),
    Row(
        "event is null",
        lambda k: batch(k) | {"events": [None]},
        400,
        "bad_event",
        "Expected `object`",
        (1, 1),
    ),
    Row(
        "10,000 props",
        lambda k: batch(k, event(props={f"p{n}": 1 for n in range(10_000)})),
        400,
        "event_too_large",
        "32768",
        (1, 1),
    ),
    Row(
        "2,500 props",
        lambda k: batch(k, event(props={f"p{n}": 1 for n in range(2500)})),
        400,
        "too_many_props",
        "255",
        (1, 1),
    ),
    Row(
        "large event",
        lambda k: batch(k, event(props={"a": "x" * 40_000})),
        400,
        "event_too_large",
        "32768",
        (1, 1),
    ),
    Row("brotli", lambda k: b"\x0b\x02\x80", 415, "bad_encoding", "gzip", headers={"Content-Encoding": "br"}),
    Row("gzip bomb", lambda k: BOMB, 413, "too_large", "split", headers=GZIP),
    Row("gzip bomb without a header", lambda k: BOMB, 413, "too_large", "split"),
    Row(
        "cut gzip",
        lambda k: gzip.compress(raw_batch(k))[:-9],
        400,
        "bad_gzip",
        "ends too early",
        headers=GZIP,
    ),
    Row(
        "damaged gzip",
        lambda k: gzip.compress(raw_batch(k))[:30] + b"zz" * 9,
        400,
        "bad_gzip",
        "",
        headers=GZIP,
    ),
    Row("gzip that is none", lambda k: raw_batch(k), 400, "bad_gzip", "is not", headers=GZIP),
    Row("zlib", lambda k: zlib.compress(raw_batch(k)), 400, "bad_gzip", "is not", headers=GZIP),
    Row(
        "two gzips",
        lambda k: gzip.compress(raw_batch(k)) * 2,
        400,
        "bad_gzip",
        "one gzip member",
        headers=GZIP,
    ),
    Row(
        "denied consent",
        lambda k: batch(k, event(user="u1"), ctx={"consent": {"analytics": False}}),
        400,
        "consent_denied",
        "consent_changed",
        (1, 1),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_bad_input_is_answered_with_field_and_fix_and_stops_nothing(server: Running, row: Row) -> None:
    before = len(server.lines())
    answer = server.post(row.body(server.key), row.headers)
    assert answer.status == row.status, answer
    told = answer.json
    assert row.error in (told["error"], *[rejected["reason"] for rejected in told.get("rejected", [])])
    assert row.says in told["detail"]
    assert answer.headers["access-control-allow-origin"] == "*"

    canary = server.post(batch(server.key))
    assert canary.status == 200
    assert canary.json == {"accepted": 1, "rejected": []}
    added = server.lines()[before:]
    received, rejected = row.journaled
    assert sum(line["n"] for line in added) == received + 1
    assert sum(len(line.get("x", [])) for line in added) == rejected
    assert sum(len(line["b"]["events"]) for line in added) == received - rejected + 1


ODD_BUT_GOOD = [
    ("bom", lambda k: b"\xef\xbb\xbf" + raw_batch(k)),
    ("raw newlines between tokens", lambda k: raw_batch(k).replace(b",", b",\r\n")),
    ("unknown fields", lambda k: raw_batch(k, event_text=',"zz":1', envelope=',"yy":{}')),
    ("absurd time", lambda k: json.dumps(batch(k, event(t=-5))).encode()),
    ("sql in names", lambda k: json.dumps(batch(k, event(event="'; DROP TABLE events; --"))).encode()),
    ("half an emoji", lambda k: raw_batch(k, event_text=r',"title":"\ud83d"')),
    ("nul", lambda k: raw_batch(k, event_text=r',"title":"a\u0000b"')),
    ("event name twice", lambda k: raw_batch(k, event_text=',"event":"other"')),
    ("event name twice, escaped", lambda k: raw_batch(k, event_text=r',"\u0065vent":"other"')),
    ("version twice", lambda k: raw_batch(k, envelope=',"v":1')),
    ("consent twice", lambda k: raw_batch(k, ctx='{"consent":{"analytics":true,"analytics":true}}')),
    ("prop twice", lambda k: raw_batch(k, props='{"a":1,"a":2}')),
    ("400 digits", lambda k: raw_batch(k, props=f'{{"a":{"9" * 400}}}')),
    ("gzip without a header", lambda k: gzip.compress(raw_batch(k))),
]


@pytest.mark.parametrize(("name", "body"), ODD_BUT_GOOD, ids=[name for name, _ in ODD_BUT_GOOD])
def test_odd_but_readable_batches_are_kept_on_one_clean_line(
    server: Running, name: str, body: Callable[[str], bytes]
) -> None:
    before = len(server.lines())
    answer = server.post(body(server.key))
    assert answer.status == 200, answer
    assert answer.json == {"accepted": 1, "rejected": []}
    (line,) = server.lines()[before:]
    assert line["n"] == 1
    assert len(line["b"]["events"]) == 1


def test_a_bad_event_does_not_cost_its_neighbours(server: Running) -> None:
    good = [event(seq=1), event(seq=2)]
    answer = server.post(batch(server.key, good[0], event(id="x"), good[1], event(t=None)))
    assert answer.status == 200
    assert answer.json["accepted"] == 2
    assert [(r["index"], r["reason"]) for r in answer.json["rejected"]] == [(1, "bad_id"), (3, "bad_event")]
    line = server.lines()[-1]
    assert line["n"] == 4
    assert [one["id"] for one in line["b"]["events"]] == [one["id"] for one in good]
    assert [(x["i"], x["reason"]) for x in line["x"]] == [(1, "bad_id"), (3, "bad_event")]
    assert json.loads(line["x"][0]["raw"])["id"] == "x"


def test_denied_consent_keeps_consent_changed_without_ids_and_leaves_no_contents(server: Running) -> None:
    secret = "Zq7secret"
    events = [event(event="consent_changed", visitor=secret), event(props={"a": secret}), event(id=secret)]
    answer = server.post(batch(server.key, *events, ctx={"visitor": secret, "consent": {"analytics": False}}))
    assert answer.json["accepted"] == 1
    line = server.lines()[-1]
    assert secret not in json.dumps(line)
    assert [one["event"] for one in line["b"]["events"]] == ["consent_changed"]
    assert "v" not in line["m"]
    assert sorted((x["i"], x["reason"]) for x in line["x"]) == [(1, "consent_denied"), (2, "bad_id")]


NOT_UTF8 = b"User-Agent: \xff\xfe\r\nReferer: \xff\r\nOrigin: \xff\r\nX-Forwarded-For: \xff\r\n"


def test_headers_that_are_not_utf8_are_no_reason_to_fail(server: Running) -> None:
    body = json.dumps(batch(server.key)).encode()
    head = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n%s\r\n"
    assert server.raw(head % (len(body), NOT_UTF8) + body).startswith(b"HTTP/1.1 403")
    assert server.raw(head % (len(body), b"User-Agent: \xff\xfe\r\n") + body).startswith(b"HTTP/1.1 200")
    path = b"GET /v1/pixel.gif?key=%s&a=%%ff&b=\xc3\xa4 HTTP/1.1\r\nHost: a\r\nReferer: \xff\r\n\r\n"
    assert not server.raw(path % server.key.encode()).startswith(b"HTTP/1.1 5")


def test_one_log_line_per_refused_request_and_nothing_personal_in_it(place: Any) -> None:
    running = Running(place)
    running.post(batch("wk_secretkey", ctx={"user": "private"}), {"User-Agent": "PrivateAgent/1.0"})
    assert running.stop() == 0
    refused = [json.loads(line) for line in running.log if '"refused"' in line]
    assert [(line["status"], line["error"]) for line in refused] == [(401, "unknown_key")]
    assert not any(
        word in "".join(running.log) for word in ("secretkey", "private", "PrivateAgent", "127.0.0.1:")
    )
