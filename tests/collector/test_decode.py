from __future__ import annotations

import json

import pytest

from collector.config import Limits
from collector.decode import depth, parse
from collector.errors import Reason, Refused
from tests.collector.server import batch, event, raw_batch

LIMITS = Limits()


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(batch("k")).encode(),
        json.dumps(batch("k"), indent=1).replace("\n", " ").encode(),
        json.dumps(batch("k", event(title="लाल जूते"), ctx={"screen": [1, 2]}), ensure_ascii=False).encode(),
        raw_batch("k", props='{"url":"a","id":"b","user":{"session":1}}'),
        raw_batch("k", props='{"a":"[[[[[[[[[[[[[[[[[[[[[["}'),
        raw_batch("k", event_text=r',"title":"\u0000\ud83d\ude00"'),
        raw_batch("k", event_text=',"title":null'),
        json.dumps(batch("k", *[event(props={"a": "x" * 1000}) for _ in range(60)])).encode(),
    ],
)
def test_a_good_batch_is_kept_verbatim(body: bytes) -> None:
    parsed = parse(body, LIMITS)
    assert parsed.body == body
    assert parsed.rejected == []


def test_a_name_that_is_there_twice_is_written_once() -> None:
    parsed = parse(raw_batch("k", event_text=',"event":"second"'), LIMITS)
    assert parsed.body.count(b'"event"') == 1
    assert parsed.batch.events[0].event == "second"


@pytest.mark.parametrize(
    "second", [',"event":"second"', ',"event" :"second"', ',"event"\t:"second","title":"\\":"']
)
def test_a_name_twice_is_seen_in_a_batch_without_ctx(second: str) -> None:
    whole = json.loads(raw_batch("k"))
    one = json.dumps(whole["events"][0], separators=(",", ":"))[:-1] + second + "}"
    body = f'{{"v":1,"key":"k","sent":{whole["sent"]},"events":[{one}]}}'.encode()
    parsed = parse(body, LIMITS)
    assert parsed.body != body
    assert parsed.body.count(b'"event":') == 1


def test_half_an_emoji_becomes_a_replacement_character() -> None:
    parsed = parse(raw_batch("k", event_text=r',"title":"red \ud83d shoe \ud83d\ude00 \ude00"'), LIMITS)
    assert parsed.batch.events[0].title == "red \ufffd shoe \U0001f600 \ufffd"
    json.loads(parsed.body)["events"][0]["title"].encode("utf-8")


def test_escaped_backslashes_before_a_u_are_left_alone() -> None:
    text = r',"title":"\\ud83d \ud83d"'
    assert parse(raw_batch("k", event_text=text), LIMITS).batch.events[0].title == r"\ud83d" + " \ufffd"


def test_depth_is_allowed_up_to_its_limit_exactly() -> None:
    def nested(levels: int) -> bytes:
        return raw_batch("k", props='{"a":' + "[" * levels + "]" * levels + "}")

    at_limit = nested(LIMITS.depth_max - 2)  # the event, props
    assert depth(at_limit) == LIMITS.depth_max + 2  # the batch, events
    assert parse(at_limit, LIMITS).rejected == []
    assert [rejected.reason for rejected in parse(nested(LIMITS.depth_max - 1), LIMITS).rejected] == [
        Reason.TOO_DEEP
    ]


@pytest.mark.parametrize("more", [0, 1])
def test_depth_counts_alike_when_events_are_looked_at_one_by_one(more: int) -> None:
    levels = LIMITS.depth_max - 2 + more
    props = '{"a":' + "[" * levels + "]" * levels + "}"
    body = raw_batch("k", props=props, event_text=r',"title":"[[[[ half an emoji \ud83d"')
    assert len(parse(body, LIMITS).rejected) == more


def test_brackets_in_strings_are_not_depth() -> None:
    assert depth(rb'{"a":"[[[\"[[","b":[{}]}') == 3


def test_each_limit_counts_exactly() -> None:
    limits = Limits(batch_events_max=2, props_max=3, event_bytes_max=300)
    assert (
        parse(
            json.dumps(batch("k", event(), event(props={"a": 1, "b": 2, "c": 3}))).encode(), limits
        ).rejected
        == []
    )
    with pytest.raises(Refused, match="split"):
        parse(json.dumps(batch("k", event(), event(), event())).encode(), limits)
    too_many = parse(json.dumps(batch("k", event(props=dict.fromkeys("abcd")))).encode(), limits)
    assert [rejected.reason for rejected in too_many.rejected] == [Reason.TOO_MANY_PROPS]
    large = parse(json.dumps(batch("k", event(), event(title="x" * 300))).encode(), limits)
    assert [(rejected.i, rejected.reason) for rejected in large.rejected] == [(1, Reason.EVENT_TOO_LARGE)]
