"""The doors: a request in, a response out. What a door does with events is the pipeline's business."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
from aiohttp import web

from collector import logs
from collector.act.asked import Asked
from collector.body import read_body
from collector.decode import Parsed, check_props, encode_batch, parse, parse_as, unreadable
from collector.delivery import Delivery, Meta, Tools
from collector.errors import JournalError, Refused
from collector.event import Batch, Event, Identify, Track
from collector.metrics import Counts
from collector.pipeline import Answer, accept
from collector.published import ACT_MAX_AGE_SECONDS, Published
from collector.readiness import why_not_ready
from collector.scripts import Scripts
from collector.uuid7 import uuid7
from collector.why import HEADERS as WHY_HEADERS
from collector.why import Links, Reason, page, told

TRACK = msgspec.json.Decoder(Track)
DECIDE = msgspec.json.Decoder(Asked)
IDENTIFY = msgspec.json.Decoder(Identify)
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
EVENTS_PATH = "/v1/events"
PIXEL_PATH = "/v1/pixel.gif"
PIXEL_FIELDS = ("url", "ref", "title", "page_type")
PIXEL_PROP = "p."
STORES_MAX_AGE_SECONDS = 86_400
GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# Not no-store: a script that receives such an answer keeps its no-store page out of Chromium's back/forward
# cache. Retry-After is not among the headers a page may read unless it is exposed.
ANSWER = {"Cache-Control": "no-cache", "Access-Control-Expose-Headers": "Retry-After"}
# Scripts and answers are public and carry no cookies: any page may read them, 4xx included (a page that
# cannot read a 4xx takes it for a network error and retries for ever).
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
NOT_STORED = OPEN | {"Cache-Control": "no-store"}
JSON_HEADERS = OPEN | ANSWER | {"Content-Type": "application/json"}
PREFLIGHT = OPEN | {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Content-Encoding, Authorization",
    "Access-Control-Max-Age": "86400",
}

Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]


@dataclass(slots=True)
class Doors:
    """All handlers with what they use."""

    tools: Tools
    scripts: Scripts
    published: Published
    heartbeat: Path
    description: bytes
    links: Links

    async def events(self, request: web.BaseRequest) -> web.Response:
        """POST /v1/events: a batch."""
        answer = await accept(
            # No name for the body here: it would be kept, beside the journal's line, while the disk works.
            self.deliver(request.remote or "", request.headers, await read_body(request, self.tools.config)),
            self.tools,
        )
        return respond(answer)

    def deliver(self, peer: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """A batch as the pipeline takes it. Raises Refused."""
        received_us = now_us()
        parsed = parse(body, self.tools.config.limits)
        return self._delivery(peer, headers, received_us, "events", parsed.batch.key, parsed)

    async def track(self, request: web.BaseRequest) -> web.Response:
        """POST /v1/track: one event of a back end or a device."""
        key = bearer(request)
        body = await read_body(request, self.tools.config)
        one = parse_as(body, TRACK, self.tools.config.limits)
        received_us = now_us()
        now_ms = received_us // 1000
        t = now_ms if one.t is None else one.t
        event = Event(
            one.id or uuid7(now_ms), one.event, t, one.seq, one.props,
            one.url, one.ref, one.title, one.page_type, one.visitor, one.user, one.session,
        )  # fmt: skip
        batch = Batch(
            v=1, key="server", sent=one.sent or now_ms, lib=one.lib, ctx=one.ctx, deferred=one.deferred,
            history=one.history, events=[event],
        )  # fmt: skip
        return respond(await self._accept_one(request, received_us, "track", key, batch))

    async def identify(self, request: web.BaseRequest) -> web.Response:
        """POST /v1/identify: this visitor is that user."""
        key = bearer(request)
        body = await read_body(request, self.tools.config)
        one = parse_as(body, IDENTIFY, self.tools.config.limits)
        received_us = now_us()
        now_ms = received_us // 1000
        event = Event(
            one.id or uuid7(now_ms), "identify", now_ms if one.t is None else one.t,
            props=one.traits, visitor=one.visitor, user=one.user, session=one.session,
        )  # fmt: skip
        batch = Batch(v=1, key="server", sent=one.sent or now_ms, lib=one.lib, ctx=one.ctx, events=[event])
        return respond(await self._accept_one(request, received_us, "identify", key, batch))

    async def pixel(self, request: web.BaseRequest) -> web.Response:
        """GET /v1/pixel.gif: one event through a query string, for pages without scripts and mails."""
        query, received_us = {name: readable(value) for name, value in request.query.items()}, now_us()
        now_ms = received_us // 1000
        if query.get("key", "").startswith("sk_"):
            raise Refused(
                401,
                "write_key_needed",
                "a server key is a secret, and addresses are public: rotate it, and put the key here that "
                "`hetk site key NAME --write` prints",
            )
        fields = {name: query[name] for name in PIXEL_FIELDS if query.get(name)}
        fields.setdefault("url", readable(request.headers.get("Referer", "")))
        event = {
            "id": query.get("id") or str(uuid7(now_ms)),
            "event": query.get("event", "page_view"),
            "t": now_ms,
        }
        props = {
            name.removeprefix(PIXEL_PROP): value
            for name, value in query.items()
            if name.startswith(PIXEL_PROP)
        }
        tree = {"v": 1, "key": query.get("key", ""), "sent": now_ms, "lib": "pixel"}
        tree["ctx"] = {"visitor": query["visitor"]} if query.get("visitor") else {}
        tree["events"] = [
            event
            | {name: value for name, value in fields.items() if value}
            | ({"props": props} if props else {})
        ]
        try:
            batch = msgspec.convert(tree, Batch)
        except msgspec.ValidationError as error:
            raise unreadable(error) from None
        await self._accept_one(request, received_us, "pixel", batch.key, batch)
        return web.Response(body=PIXEL, content_type="image/gif", headers=NOT_STORED)

    async def config(self, request: web.BaseRequest) -> web.Response:
        """GET /v1/config?key=K: what the device needs to decide on its own."""
        found = self.tools.sites.by_key(request.query.get("key", ""), now_us() // 1000)
        if found is None:
            raise Refused(
                401, "unknown_key", "this key is unknown or revoked: take the one `hetk snippet NAME` prints"
            )
        body, etag, age, _ = self.published.document(found[0])
        headers = OPEN | {"ETag": etag, "Cache-Control": f"public, max-age={age}"}
        if has_already(request, etag):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="application/json", headers=headers)

    async def stores(self, request: web.BaseRequest) -> web.Response:
        """GET /v1/stores?key=K&v=VERSION: where the site's stores are and when they are open."""
        found = self.tools.sites.by_key(request.query.get("key", ""), now_us() // 1000)
        if found is None:
            raise Refused(
                401, "unknown_key", "this key is unknown or revoked: take the one `hetk snippet NAME` prints"
            )
        published = self.published.stores(found[0])
        if published is None:
            raise Refused(404, "no_stores", "this site has published none: docs/act.md, Stores")
        body, version = published
        # An address with the version of now says its content; another one is asked again soon.
        age = STORES_MAX_AGE_SECONDS if request.query.get("v") == version else ACT_MAX_AGE_SECONDS
        etag = f'"{version}"'
        headers = OPEN | {"ETag": etag, "Cache-Control": f"public, max-age={age}"}
        if has_already(request, etag):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type="application/json", headers=headers)

    async def decide(self, request: web.BaseRequest) -> web.Response:
        """POST /v1/decide: what to show, for back ends; the caller keeps what was shown before."""
        key = bearer(request)
        found = self.tools.sites.by_key(key, now_us() // 1000)
        if found is None or found[1] != "server":
            raise Refused(401, "unknown_key", "this key is unknown or revoked: `hetk site key NAME --server`")
        body = await read_body(request, self.tools.config)
        asked = parse_as(body, DECIDE, self.tools.config.limits)
        act = self.published.document(found[0]).act
        answer = asked.answer(act, now_us() // 1000)
        one = answer.decision
        if answer.because is not None and one.action and one.revision is not None and one.basis:
            lang = asked.ctx.lang or (act.lang if act else "")
            reason = Reason(found[0].name, one.action, one.revision, one.basis, answer.because, lang)
            answer.why = self.links.sign(reason)
        return web.Response(
            body=msgspec.json.encode(answer), content_type="application/json", headers=NOT_STORED
        )

    async def why(self, request: web.BaseRequest) -> web.Response:
        """GET /v1/why/...: the reason of one decision in words, as a page or, when asked for, as JSON."""
        said = told(self.links.read(request.path))
        if "application/json" in request.headers.get("Accept", ""):
            body, kind = msgspec.json.encode(said), "application/json"
        else:
            body, kind = page(said), "text/html"
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=WHY_HEADERS)

    async def script(self, request: web.BaseRequest) -> web.Response:
        """GET /hetk.js and all its builds."""
        name = request.path.removeprefix("/")
        script = self.scripts.get(name)
        if script is None:
            raise Refused(
                404,
                "no_such_script",
                "this build was never served from here; `hetk snippet NAME` prints the current tag",
            )
        age = (
            "31536000, immutable"
            if script.immutable
            else str(self.tools.config.device.script_max_age_seconds)
        )
        headers = OPEN | {
            "ETag": script.etag,
            "Cache-Control": f"public, max-age={age}",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
        }
        if has_already(request, script.etag):
            return web.Response(status=304, headers=headers)
        body = script.data
        if GZIP.search(request.headers.get("Accept-Encoding", "")):
            body, headers = script.packed, headers | {"Content-Encoding": "gzip"}
        return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)

    async def openapi(self, request: web.BaseRequest) -> web.Response:
        """GET /openapi.json: these doors for machines."""
        return web.Response(body=self.description, content_type="application/json", headers=OPEN | ANSWER)

    async def health(self, request: web.BaseRequest) -> web.Response:
        """GET /healthz: the process answers."""
        return web.json_response({"status": "ok"}, headers=NOT_STORED)

    async def ready(self, request: web.BaseRequest) -> web.Response:
        """GET /readyz: batches can be stored, and the warehouse loads them."""
        reasons = []
        try:
            await self.tools.journal.probe()
        except JournalError as error:
            reasons.append(f"the journal cannot be written: {error}")
        if reason := why_not_ready(self.heartbeat, now_us() // 1000):
            reasons.append(reason)
        body = {"status": "not ready", "reasons": reasons} if reasons else {"status": "ready"}
        return web.json_response(body, status=503 if reasons else 200, headers=NOT_STORED)

    async def _accept_one(
        self, request: web.BaseRequest, received_us: int, protocol: str, key: str, batch: Batch
    ) -> Answer:
        check_props(batch, self.tools.config.limits)
        parsed = Parsed(batch, encode_batch(batch), 1, [])
        peer = request.remote or ""
        return await accept(
            self._delivery(peer, request.headers, received_us, protocol, key, parsed), self.tools
        )

    def _delivery(
        self,
        peer: str,
        headers: Mapping[str, str],
        received_us: int,
        protocol: str,
        key: str,
        parsed: Parsed,
    ) -> Delivery:
        address, from_proxy = self.tools.places.client(peer, headers)
        return Delivery(received_us, key, parsed, headers, address, from_proxy, Meta(protocol))


class Books:
    """Counts and logs of requests, the same for every way in."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._log = logs.Bounded()

    def count(self, door: str, status: int) -> None:
        """One request answered."""
        self._counts.requests[door, status] += 1

    def refuse(self, door: str, error: Exception) -> Reply:
        """The answer to a request that went wrong, by the sender's mistake or by ours."""
        if not isinstance(error, Refused):
            logs.log.error("failed", exc_info=error, extra={"facts": {"door": door}})
            error = Refused(500, "failed", "this is a mistake of the server, not of the request: see its log")
        else:
            self._log.info("refused", door=door, status=error.status, error=error.error)
        self._counts.refused[error.error] += 1
        return refused(error)


class Reply(NamedTuple):
    """An answer in JSON, before it is anybody's HTTP response."""

    status: int
    body: bytes
    headers: Mapping[str, str]


def answered(answer: Answer) -> Reply:
    """200 when anything was accepted; all rejected is the sender's mistake and not to be retried."""
    if not answer.rejected:
        return Reply(200, _all_accepted(answer.accepted), JSON_HEADERS)
    if answer.accepted:
        return Reply(200, msgspec.json.encode(answer), JSON_HEADERS)
    detail = answer.rejected[0].detail
    told = {"error": "all_rejected", "detail": detail, "accepted": 0, "rejected": answer.rejected}
    return Reply(400, msgspec.json.encode(told), JSON_HEADERS)


@lru_cache(1024)
def _all_accepted(number: int) -> bytes:
    return msgspec.json.encode(Answer(number, []))


def refused(error: Refused) -> Reply:
    """An error as JSON; readable for pages of any origin."""
    body = msgspec.json.encode({"error": error.error, "detail": error.detail})
    return Reply(error.status, body, {**JSON_HEADERS, **error.headers})


def respond(answer: Answer) -> web.Response:
    """For aiohttp."""
    return response(answered(answer))


def response(reply: Reply) -> web.Response:
    """For aiohttp."""
    return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


def picture(reply: Reply) -> web.Response:
    """An error where an image was asked for: the image all the same, what is wrong in a header."""
    told = reply.body.decode().encode("ascii", "backslashreplace").decode()
    headers = NOT_STORED | {"X-Hetk-Error": told}
    return web.Response(status=reply.status, body=PIXEL, content_type="image/gif", headers=headers)


def bearer(request: web.BaseRequest) -> str:
    """The server key. Raises Refused 401 when there is none."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip().startswith("sk_"):
        raise Refused(
            401,
            "server_key_needed",
            "send the header `Authorization: Bearer sk_...`; `hetk site key NAME --server` prints the key",
        )
    return key.strip()


def has_already(request: web.BaseRequest, etag: str) -> bool:
    """A proxy that compresses makes an ETag weak; the content is the same."""
    known = request.headers.get("If-None-Match", "").split(",")
    return etag.removeprefix("W/") in (one.strip().removeprefix("W/") for one in known)


def readable(text: str) -> str:
    """Bytes that are not UTF-8 come out of aiohttp as lone surrogates, which JSON cannot carry."""
    return text.encode("utf-8", "replace").decode()


def now_us() -> int:
    """Microseconds since 1970 UTC."""
    return time.time_ns() // 1000
