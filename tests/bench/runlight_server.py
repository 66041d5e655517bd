"""The path of a SQLite file and a port in; runlight on that port out, in threads as in its own server. Run by
the bench with the environment that runlight is installed in.
"""

from __future__ import annotations

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from runlight import Runlight, wsgi  # type: ignore[import-not-found]
from runlight.store import Stores  # type: ignore[import-not-found]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 1024


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """No line for each request."""


def main() -> None:
    database, port = sys.argv[1:]
    shop = {"name": "shop.example", "hostnames": ["shop.example"], "timezone": "Europe/London"}
    application = wsgi.app(Runlight(store=Stores.sqlite(database), site=shop, rate_limit=False))
    server = Server(("127.0.0.1", int(port)), Quiet)
    server.set_app(application)
    server.serve_forever()


if __name__ == "__main__":
    main()
