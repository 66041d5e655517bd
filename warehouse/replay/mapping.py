"""`--map`, `--map-value` and `--set` in; for each row of the file one event of the wire contract out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from click import ClickException

from collector.uuid8 import uuid8
from warehouse.replay.clock import to_ms

# Fields of an event on the wire (collector/event.py), and the batch fields that rows are grouped by.
EVENT_TEXTS = ("event", "visitor", "user", "session", "url", "ref", "title", "page_type")
BATCH_TEXTS = ("lang", "locale", "tz", "user_agent")
TEXTS = frozenset((*EVENT_TEXTS, *BATCH_TEXTS))
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
# What the table calls them is understood too.
ALIASES = {
    "timestamp": "ts",
    "ts_client": "ts",
    "event_name": "event",
    "visitor_id": "visitor",
    "user_id": "user",
    "session_id": "session",
    "client_session_id": "session",
    "url_path": "url",
    "referrer": "ref",
    "referer": "ref",
    "referrer_domain": "ref",
    "page_title": "title",
    "page_lang": "lang",
    "timezone": "tz",
    "search_query": "query",
    "search_results": "results",
    "search_pos": "pos",
}
# Props the warehouse makes columns of. A column that already has one of hetk's names needs no --map.
KNOWN_PROPS = (
    *(
        "query",
        "search_term",
        "results",
        "pos",
        "product_id",
        "item_id",
        "category",
        "brand",
        "price",
        "quantity",
    ),
    *(
        "currency",
        "value",
        "cart_id",
        "order_id",
        "transaction_id",
        "coupon",
        "items",
        "country",
        "region",
        "city",
    ),
)
KNOWN = frozenset(("ts", "url_host", *TEXTS, *UTM, *ALIASES, *KNOWN_PROPS))
INT64_MAX = 2**63 - 1


class BadRow(ValueError):
    """This row cannot be an event; `reason` is counted, `detail` shown for the first ones."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Row:
    """One event, and the batch fields it can only share a batch with."""

    event: dict[str, Any]
    batch: tuple[str | None, ...]  # in the order of BATCH_TEXTS


@dataclass
class Mapping:
    """Which column becomes which field, which values are renamed, what is the same for every row."""

    columns: dict[str, str] = field(default_factory=dict)  # column -> target
    values: dict[str, dict[str, str]] = field(
        default_factory=dict
    )  # target -> value in the file -> value sent
    constants: dict[str, Any] = field(default_factory=dict)  # target -> value
    left_out: list[str] = field(default_factory=list)


def target_name(name: str) -> str:
    return ALIASES.get(name, name)


def read_mapping(
    columns: Sequence[str],
    maps: Iterable[str],
    map_values: Iterable[str],
    sets: Iterable[str],
    known: frozenset[str] = KNOWN,
) -> Mapping:
    """Checks the options against the file; `known` columns need no --map.

    Raises ClickException naming the option and the fix.
    """
    chosen = _read_maps(columns, maps)
    constants = _read_sets(sets)
    taken = {*chosen.values(), *constants}
    for column in columns:
        target = target_name(column)
        if column not in chosen and column in known and target not in taken:
            chosen[column] = target
            taken.add(target)
    mapping = Mapping(chosen, {}, constants, [c for c in columns if c not in chosen])
    mapping.values = _read_map_values(map_values, mapping)
    for target in ("ts", "event"):
        if target not in taken:
            hint = f"--map COLUMN={target}" + (" or --set event=NAME" if target == "event" else "")
            raise ClickException(f"which column is {target}? Add {hint}. Columns: {', '.join(columns)}")
    return mapping


def _pairs(option: str, texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for text in texts:
        for pair in text.split(","):
            left, sign, right = (part.strip() for part in pair.partition("="))
            if not sign or not left or not right:
                raise ClickException(f"{option} wants NAME=NAME[,NAME=NAME...]; {pair!r} is not that.")
            yield left, right


def _read_maps(columns: Sequence[str], maps: Iterable[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for column, target in _pairs("--map", maps):
        if column not in columns:
            raise ClickException(
                f"--map {column}={target}: the file has no column {column}. Columns: {', '.join(columns)}"
            )
        if target_name(target) in chosen.values():
            raise ClickException(f"--map: two columns for {target_name(target)}; keep one of them.")
        chosen[column] = target_name(target)
    return chosen


def _read_sets(sets: Iterable[str]) -> dict[str, Any]:
    constants: dict[str, Any] = {}
    for option in sets:  # a value may hold commas: one pair for each --set
        name, sign, text = option.partition("=")
        if not sign or not name.strip():
            raise ClickException(f"--set wants NAME=VALUE; {option!r} is not that.")
        target = target_name(name.strip())
        constants[target] = (
            text if target in TEXTS or target in UTM or target == "url_host" else _literal(text)
        )
    return constants


def _literal(text: str) -> Any:
    """Numbers and booleans as such, anything else as text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int | float) else text


def _read_map_values(map_values: Iterable[str], mapping: Mapping) -> dict[str, dict[str, str]]:
    renames: dict[str, dict[str, str]] = {}
    for text in map_values:
        name, colon, pairs = text.partition(":")
        target = mapping.columns.get(name.strip(), target_name(name.strip()))
        if not colon or target not in {*mapping.columns.values(), *mapping.constants}:
            raise ClickException(
                f"--map-value wants FIELD:OLD=NEW[,OLD=NEW...] with a mapped field; {text!r} is not that."
                f" Mapped: {', '.join(mapping.columns.values())}"
            )
        renames.setdefault(target, {}).update(_pairs("--map-value", [pairs]))
    return renames


class RowMapper:
    """Turns row number `n` into an event whose id is always the same for the same file and row."""

    def __init__(self, mapping: Mapping, columns: Sequence[str], digest: bytes) -> None:
        self._mapping = mapping
        self._picked = [(columns.index(column), target) for column, target in mapping.columns.items()]
        self._digest = digest

    def __call__(self, number: int, values: Sequence[Any]) -> Row:
        """Raises BadRow when the row has no time or no event name."""
        fields = self._fields(values)
        event = self._identity(number, fields)
        for name in EVENT_TEXTS:
            if (value := fields.pop(name, None)) is not None:
                event[name] = as_text(value)
        _add_people(event)
        _add_host(event, fields.pop("url_host", None))
        _add_campaign(event, fields)
        batch = tuple(None if (v := fields.pop(name, None)) is None else as_text(v) for name in BATCH_TEXTS)
        if fields:
            event["props"] = {name: _as_json(value) for name, value in fields.items()}
        return Row(event, batch)

    def _fields(self, values: Sequence[Any]) -> dict[str, Any]:
        fields = dict(self._mapping.constants)
        for index, target in self._picked:
            if (value := values[index]) is not None and value != "":
                fields[target] = value
        for target, renames in self._mapping.values.items():
            if target in fields:
                fields[target] = renames.get(as_text(fields[target]), fields[target])
        return fields

    def _identity(self, number: int, fields: dict[str, Any]) -> dict[str, Any]:
        if fields.get("event") is None:
            raise BadRow("event_missing", f"row {number + 1}: no event name")
        try:
            ms = to_ms(fields.pop("ts", None))
        except ValueError as error:
            raise BadRow("bad_time", f"row {number + 1}: {error}") from None
        # seq keeps the order of the file where times are equal.
        return {"id": str(row_id(self._digest, number, ms)), "t": ms, "seq": number}


def row_id(digest: bytes, number: int, ms: int) -> UUID:
    """The row's id, of its time and of (file digest, row number): equal rows stay distinct."""
    return uuid8(ms, digest + number.to_bytes(8, "big"))


def _add_people(event: dict[str, Any]) -> None:
    """Sessions are made per visitor: a file that knows only users or sessions has those as its visitors."""
    if "visitor" not in event and (known := event.get("user") or event.get("session")):
        event["visitor"] = known


def _add_host(event: dict[str, Any], host: Any) -> None:
    """A path (all that web logs and the table's url_path have) becomes an address of its site."""
    if host is not None and event.get("url", "/").startswith("/"):
        event["url"] = f"https://{as_text(host)}{event.get('url', '/')}"


def _add_campaign(event: dict[str, Any], fields: dict[str, Any]) -> None:
    """The warehouse reads campaigns from the address, as it does for a browser."""
    campaign = {name: as_text(fields.pop(name)) for name in UTM if name in fields}
    if campaign:
        from urllib.parse import urlencode

        url = event.get("url", "")
        event["url"] = url + ("&" if "?" in url else "?") + urlencode(campaign)
    if (ref := event.get("ref")) and "/" not in ref and "." in ref:
        event["ref"] = f"https://{ref}/"  # a bare domain, as in a column referrer_domain


def as_text(value: Any) -> str:
    """Ids as text; 541312140.0 (an integer column that once held nulls) is 541312140."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _as_json(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and abs(value) > INT64_MAX:
        return str(value)
    if isinstance(value, dict):
        return {str(name): _as_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(inner) for inner in value]
    if isinstance(value, str | int | float | bool | Decimal) or value is None:
        return value
    return str(value)
