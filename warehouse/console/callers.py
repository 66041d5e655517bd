"""A request in; who it comes from, by cookie or token, and from where, out; cookies given and taken."""

from __future__ import annotations

import ipaddress

from aiohttp import web

from collector.config import Geo, Http
from collector.places import Places
from warehouse.console.local import is_local
from warehouse.people import entry, users
from warehouse.people.entry import PREFIX, WHOLE_MS, Who
from warehouse.people.log import By, reduced
from warehouse.people.store import People, digest

DEMO = Who(0, "", "analyst", "demo")
WHO = web.RequestKey("who", Who)


class Callers:
    """Of one private port. `demo`: while nobody has an account, this machine needs none."""

    def __init__(self, people: People, http: Http, *, demo: bool) -> None:
        self.people = people
        self._places = Places(Geo(), http)
        self._demo = demo

    def who(self, request: web.Request) -> Who | None:
        """Nobody is None. A token that is sent counts alone. Raises PeopleError."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return entry.by_token(self.people, digest(secret.strip())) if secret.startswith(PREFIX) else None
        if cookie := request.cookies.get(self._cookie(request)):
            found = entry.by_session(self.people, digest(cookie))
            if found is not None:
                return found
        return DEMO if self._demo and users.is_new(self.people) else None

    def by(self, request: web.Request) -> By:
        """For the log."""
        who = request.get(WHO)
        return By(who.name if who else "", self.source(request))

    def source(self, request: web.Request) -> str:
        """The network, for the log."""
        return reduced(self._client(request)[0])

    def address(self, request: web.Request) -> str:
        """Whose tries are counted together; of IPv6 the part that one household has."""
        address, _ = self._client(request)
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return address
        return str(ipaddress.ip_network(f"{known}/64", strict=False)) if known.version == 6 else address

    def origin(self, request: web.Request) -> str:
        """What the address bar shows: a trusted proxy says whether it speaks TLS."""
        return f"{'https' if self._is_https(request) else 'http'}://{request.host}"

    def stands_open(self, request: web.Request) -> bool:
        """Whether a request that nobody signed is this machine's own, at a demo: by its name, past no proxy."""
        forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
        return is_local(request.host) and not forwarded

    def let_in(self, request: web.Request, response: web.Response, secret: str) -> None:
        """The cookie: out of reach of scripts and of other sites' requests."""
        https = self._is_https(request)
        response.set_cookie(
            self._cookie(request), secret, max_age=WHOLE_MS // 1000, path=_path(https),
            httponly=True, secure=https, samesite="Strict",
        )  # fmt: skip

    def let_out(self, request: web.Request, response: web.Response) -> None:
        """Takes the cookie back."""
        https = self._is_https(request)
        response.del_cookie(
            self._cookie(request), path=_path(https), httponly=True, secure=https, samesite="Strict"
        )

    def _cookie(self, request: web.Request) -> str:
        """With TLS a name that no other host can set; without, one per port: cookies know no ports."""
        if self._is_https(request):
            return "__Host-hetk"
        port = request.host.rpartition(":")[2]
        return f"hetk-{port}" if port.isdigit() else "hetk"

    def _is_https(self, request: web.Request) -> bool:
        if request.scheme == "https":
            return True
        said = request.headers.get("X-Forwarded-Proto", "").split(",")[0].strip().lower()
        return said == "https" and self._client(request)[1]

    def _client(self, request: web.Request) -> tuple[str, bool]:
        return self._places.client(request.remote or "", request.headers)


def _path(https: bool) -> str:
    return "/" if https else "/console/"
