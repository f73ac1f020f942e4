"""A small OpenID Connect provider on loopback: identifies the user without a prompt, like a
company's own after log-in.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass
class Provider:
    """Where it is, and what it says of the person who comes."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)


class Answers(BaseHTTPRequestHandler):
    """Discovery, authorization, token, user info."""

    provider: Provider

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        if where.path == "/authorize":
            asked = parse_qs(where.query)
            back = urlencode({"code": "c", "state": asked["state"][0]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
            self.end_headers()
        elif where.path == "/userinfo":
            self._json(self.provider.person)
        else:
            url = self.provider.url
            self._json(
                {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "userinfo_endpoint": f"{url}/userinfo",
                    "jwks_uri": f"{url}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._json({"access_token": "t", "token_type": "Bearer"})

    def _json(self, body: dict[str, Any]) -> None:
        said = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing in the tests' output."""


@contextmanager
def serving(person: dict[str, Any]) -> Iterator[Provider]:
    """Run it for as long as the block lasts."""
    provider = Provider(person=person)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Answers,), {"provider": provider}))
    provider.url = f"http://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
