"""What the collector accepts, DuckDB must be able to read: damaged batches by the thousand through both."""

from __future__ import annotations

import random
import re
from pathlib import Path

import duckdb
import pytest

from collector import decode
from collector.config import Limits
from collector.decode import Parsed, parse
from collector.errors import Refused
from collector.uuid7 import uuid7

CASES = 12_000
CONSENT = "STRUCT(analytics BOOLEAN, personalization BOOLEAN, ads BOOLEAN, ver VARCHAR, gpc BOOLEAN)"
PAGE = "url VARCHAR, ref VARCHAR, title VARCHAR, page_type VARCHAR"
WHO = 'visitor VARCHAR, "user" VARCHAR, "session" VARCHAR'
CONTEXT = (
    f"STRUCT({WHO}, {PAGE}, mode VARCHAR, consent {CONSENT}, lang VARCHAR, locale VARCHAR, tz VARCHAR, "
    "screen INTEGER[], viewport INTEGER[], dpr DOUBLE, conn VARCHAR)"
)
EVENT = f"STRUCT(id UUID, event VARCHAR, t BIGINT, seq BIGINT, props JSON, {PAGE}, {WHO})"
BATCH = (
    f'STRUCT(v INTEGER, "key" VARCHAR, sent BIGINT, lib VARCHAR, deferred BOOLEAN, history BOOLEAN, '
    f"ctx {CONTEXT}, events {EVENT}[])"
)
PLAIN = (
    b'{"v":1,"key":"k","sent":1795000000000,"ctx":{"visitor":"a","consent":{"analytics":true},'
    b'"screen":[1,2],"dpr":2.5},"events":[{"id":"%s","event":"a","t":1795000000000,"seq":1,"props":{"a":[1,{"b":2}]},"title":"x"}]}'
)
VALUES = [
    b"null",
    b"true",
    b"1",
    b"-0",
    b"1e5",
    b"1E400",
    b"1e-400",
    b"0.1",
    b"123456789012345678901234567890",
    b"NaN",
    b"Infinity",
    b'""',
    b'"\\ud800"',
    b'"\\udc00\\ud800"',
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b'"\x01"',
    b'"\x7f"',
    b'"\\u0000"',
    b'"\\x"',
    b'"\xe2\x80\xa8"',
    b"[]",
    b"{}",
    b'{"a":1,"a":2}',
    b"[1,]",
    b'{"id":1}',
    b'"a\\"b"',
    b"[" * 18 + b"]" * 18,
    b'"' + b"x" * 300 + b'"',
    b"\xef\xbb\xbf1",
    b"01",
    b"+1",
    b".5",
    b'"\\ud83d\\ude00"',
    b"\t1\r\n",
    b"1 2",
    b'"1"',
    b'"true"',
    b"/**/1",
    b"2147483648",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"[1,2]",
    b"[1.0,2]",
    b'"2020-01-01"',
    b'"\\ud83d',
    b"1_0",
]
NAMES = [
    *(
        b"v key sent ctx events lib deferred history visitor consent analytics screen dpr title id event t "
        rb"seq props url zz \u0069d tit\u006ce I ID Title mode session ver"
    ).split(),
    b"",
    b"\xc3\xa4",
]


def mutated(chance: random.Random) -> bytes:
    body = PLAIN % str(uuid7(1)).encode()
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        kind = chance.random()
        if kind < 0.55 and b"{" in body:
            at = chance.choice([index for index, byte in enumerate(body) if byte == 0x7B]) + 1
            comma = b"" if body[at : at + 1] == b"}" else b","
            body = body[:at] + b'"%s":%s%s' % (chance.choice(NAMES), chance.choice(VALUES), comma) + body[at:]
        elif kind < 0.75 and (values := list(re.finditer(rb'(?<=:)("[^"]*"|[0-9.]+|true)', body))):
            value = chance.choice(values)
            body = body[: value.start()] + chance.choice(VALUES) + body[value.end() :]
        else:
            at = chance.randrange(len(body))
            body = body[:at] + bytes([chance.randrange(256)]) + body[at + chance.choice((0, 1, 3)) :]
    return body


def accepted(seed: int) -> list[Parsed]:
    chance, found = random.Random(seed), []
    for _ in range(CASES):
        try:
            found.append(parse(mutated(chance), Limits()))
        except Refused as refused:
            assert refused.status in (400, 413)
    return found


def refused_by_duckdb(rows: list[Parsed], scratch: Path) -> list[bytes]:
    """Reads all bodies as the loader does; on an error halves until the bad ones are alone."""
    with scratch.open("wb") as file:
        file.writelines(b'{"b":%s}\n' % row.body for row in rows)
    query = (
        f"SELECT coalesce(len(b.events), 0) FROM read_json('{scratch}', format='newline_delimited', "
        f"columns={{b: '{BATCH}'}})"
    )
    try:
        with duckdb.connect() as connection:
            counts = [count for (count,) in connection.execute(query).fetchall()]
    except duckdb.Error:
        if len(rows) == 1:
            return [rows[0].body]
        half = len(rows) // 2
        return refused_by_duckdb(rows[:half], scratch) + refused_by_duckdb(rows[half:], scratch)
    assert counts == [len(row.batch.events) for row in rows]
    return []


@pytest.mark.parametrize("seed", [1, 2])
def test_duckdb_reads_whatever_is_accepted(tmp_path: Path, seed: int) -> None:
    rows = accepted(seed)
    assert len(rows) > CASES // 4
    assert refused_by_duckdb(rows, tmp_path / "rows.json") == []


@pytest.mark.long
def test_the_fuzz_sees_a_missing_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "_is_plain", lambda body, batch, limits: True)
    assert refused_by_duckdb(accepted(1), tmp_path / "rows.json")
