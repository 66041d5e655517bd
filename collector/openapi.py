"""The public port as OpenAPI 3.1: the types of the wire contract and the limits in, the body of GET
/openapi.json out.
"""

from __future__ import annotations

from typing import Any

import msgspec

from collector.act.asked import Asked, Decided
from collector.config import Config
from collector.event import Batch, Identify, Track
from collector.pipeline import Answer, Told
from collector.why import Why

ROOT = "#/components/schemas/"
_TOO_LARGE = {"413": "too large: split and send the parts"}
_TROUBLE = {
    "400": "cannot be read: do not retry",
    "401": "unknown key: do not retry",
    "403": "origin or key may not do this: do not retry",
    "408": "the body was too slow: retry",
    "415": "an encoding that is not taken: send it plain or as gzip",
    "429": "too fast: retry after Retry-After",
    "503": "nothing was stored: retry after Retry-After",
}


class Error(msgspec.Struct, omit_defaults=True):
    """Every answer that is not a success. `rejected` when all events of a batch were."""

    error: str
    detail: str
    accepted: int = 0
    rejected: list[Told] = []


class Status(msgspec.Struct, omit_defaults=True):
    """Whether the process answers, or batches can be stored and are loaded."""

    status: str
    reasons: list[str] = []


def document(config: Config) -> bytes:
    """Built once; the limits in it are the settings'."""
    tree = {
        "openapi": "3.1.0",
        "info": {
            "title": "hetk collector",
            "version": "1",
            "description": "What a sender says to a collector; docs/protocol.md says it in words.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {
            "schemas": _schemas(config),
            "securitySchemes": {
                "serverKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "hetk site key NAME --server",
                }
            },
        },
    }
    return msgspec.json.encode(tree)


def _schemas(config: Config) -> dict[str, Any]:
    types = [Batch, Track, Identify, Answer, Error, Status, Asked, Decided, Why]
    _, schemas = msgspec.json.schema_components(types, ref_template=ROOT + "{name}")
    limits = config.limits
    schemas["Batch"]["properties"]["events"] |= {"minItems": 1, "maxItems": limits.batch_events_max}
    for name, field in (("Event", "props"), ("Track", "props"), ("Identify", "traits")):
        _bound(schemas[name]["properties"][field], limits.props_max)
    return schemas


def _bound(schema: dict[str, Any], most: int) -> None:
    for one in [schema, *schema.get("anyOf", [])]:
        if one.get("type") == "object":
            one["maxProperties"] = most


def _paths() -> dict[str, Any]:
    return {
        "/v1/events": {"post": _events("sendEvents", "A batch of events", "Batch")},
        "/v1/track": {"post": _events("track", "One event of a server or device", "Track") | _SERVER},
        "/v1/identify": {"post": _events("identify", "This visitor is that user", "Identify") | _SERVER},
        "/v1/pixel.gif": {"get": _pixel()},
        "/v1/config": {"get": _config()},
        "/v1/decide": {"post": _decide() | _SERVER},
        "/v1/stores": {"get": _stores()},
        "/v1/why/{signed}": {"get": _why()},
        "/hetk.js": {"get": _get("script", "The SDK", {"200": _content("it", "text/javascript", {})})},
        "/openapi.json": {"get": _get("openapi", "This document", {"200": _json("the document", {})})},
        "/healthz": {"get": _get("health", "The process answers", {"200": _json("it does", _ref("Status"))})},
        "/readyz": {
            "get": _get(
                "ready",
                "Batches can be stored and are loaded",
                {"200": _json("ready", _ref("Status")), "503": _json("not ready", _ref("Status"))},
            )
        },
    }  # fmt: skip


_SERVER: dict[str, Any] = {"security": [{"serverKey": []}]}


def _events(name: str, summary: str, body: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "description": "The Content-Type is not looked at; the body may be gzip.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(body)}}},
        "responses": {"200": _json("on disk, synced", _ref("Answer"))} | _errors(_TROUBLE | _TOO_LARGE),
    }


def _pixel() -> dict[str, Any]:
    optional = ("event", "url", "ref", "title", "page_type", "id")
    image = _content("one pixel; the event is on disk", "image/gif", {})
    errors = _errors(_TROUBLE | _TOO_LARGE)
    for one in errors.values():  # an image was asked for: what is wrong stands in X-Hetk-Error
        one["content"] |= image["content"]
    return {
        "operationId": "pixel",
        "summary": "One event without scripts",
        "description": "All other parameters become props.",
        "parameters": [_query("key", True), *(_query(name, False) for name in optional)],
        "responses": {"200": image} | errors,
    }


def _decide() -> dict[str, Any]:
    told = {name: text for name, text in (_TROUBLE | _TOO_LARGE).items() if name not in ("403", "429", "503")}
    return {
        "operationId": "decide",
        "summary": "What to show at a place",
        "description": "Nothing is stored: the caller keeps `state` and gives it back with the next question.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Asked")}}},
        "responses": {"200": _json("decided", _ref("Decided"))} | _errors(told),
    }


def _stores() -> dict[str, Any]:
    answers = {"200": _json("the stores", {"type": "object"}), "304": {"description": "not changed"}}
    return _get("stores", "Where the site's stores are and when they are open", answers) | {
        "parameters": [_query("key", True), _query("v", False)],
        "responses": answers
        | _errors({"400": _TROUBLE["400"], "401": _TROUBLE["401"], "404": "there are none"}),
    }


def _why() -> dict[str, Any]:
    words = _content("in words", "text/html", {})
    words["content"] |= _json("in words", _ref("Why"))["content"]
    answers = {"200": words} | _errors({"403": "not signed by us"})
    return _get("why", "Why something was shown: a link of POST /v1/decide", answers) | {
        "parameters": [{"name": "signed", "in": "path", "required": True, "schema": {"type": "string"}}]
    }


def _config() -> dict[str, Any]:
    answers = {"200": _json("the document", {"type": "object"}), "304": {"description": "not changed"}}
    return _get("config", "What the device needs to decide on its own", answers) | {
        "parameters": [_query("key", True)],
        "responses": answers | _errors({name: _TROUBLE[name] for name in ("400", "401")}),
    }


def _get(name: str, summary: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "responses": answers | _errors({"400": "no well-formed request"}),
    }


def _query(name: str, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}


def _errors(statuses: dict[str, str]) -> dict[str, Any]:
    return {status: _json(text, _ref("Error")) for status, text in statuses.items()}


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return _content(description, "application/json", schema)


def _content(description: str, kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {kind: {"schema": schema}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": ROOT + name}
