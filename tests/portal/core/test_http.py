"""The SSRF guard: 45 and more targets inside the network, and a loopback server for what may be
called.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portal.core.web import http_client

TARGETS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://app.localhost/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://192.0.0.8/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:1::1]/",
    "http://[2001:0:4136:e378::1]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://[3fff::1]/",
    "http://①②⑦.⓪.⓪.①/",
    "http://metadata.google.internal/",
    "http://printer.local/",
    "http://8.8.8.8:22/",
    "http://8.8.8.8:6379/",
    "ftp://8.8.8.8/",
    "file:///etc/passwd",
    "gopher://8.8.8.8/",
    "http://user:x@8.8.8.8/",
    "http://8.8.8.8\\@127.0.0.1/",
    "http://8.8.8.8 /",
    "http://8.8.8.8/\r\nHost: x",
    "http://",
    "//8.8.8.8/",
    "http://[::1",
    "http://8.8.8.8:99999/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("url", TARGETS)
def test_inner_targets_are_refused_when_saved_and_when_called(url: str) -> None:
    with pytest.raises(http_client.Unsafe):
        http_client.check_url(url)
    with pytest.raises(http_client.Unsafe):
        http_client.send("POST", url, body=b"{}")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert http_client.is_public(address)


def test_a_name_with_one_inner_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.5", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers)
    with pytest.raises(http_client.Unsafe):
        http_client.check_url("https://rebind.example/")


def test_a_name_is_resolved_once_and_the_socket_goes_to_what_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, *rest: Any, **more: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", 80))]

    def connect(address: Any, *rest: Any, **more: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(http_client.Unreachable):
        http_client.send("GET", "http://rebind.example/")
    assert asked == ["rebind.example"]
    assert connected == [("8.8.8.8", 80)]


class Server(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        if self.path == "/slow":
            # The caller hangs up. A traceback printed by this thread would disturb one that parses
            # Python meanwhile.
            with suppress(ConnectionError):
                for _ in range(50):
                    self.wfile.write(b"H")
                    time.sleep(0.1)
            return
        status = {"/redirect": 302}.get(self.path, 200)
        self.send_response(status)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        with suppress(ConnectionError):
            self.wfile.write(b"x" * 100_000 if self.path == "/big" else self.rfile.read(2))

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server(settings: Any) -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
    host = f"127.0.0.1:{listening.server_address[1]}"
    settings.HAZUMI_HTTP_ALLOW_HOSTS = [host]
    yield f"http://{host}"
    listening.shutdown()
    listening.server_close()


def test_an_allowed_host_is_called(server: str) -> None:
    response = http_client.send(
        "POST", f"{server}/ok", headers={"Content-Type": "application/json"}, body=b"{}"
    )
    assert (response.status, response.body) == (200, b"{}")


def test_redirects_are_not_followed(server: str) -> None:
    assert http_client.send("POST", f"{server}/redirect", body=b"{}").status == 302


def test_only_the_beginning_of_a_long_answer_is_kept(server: str) -> None:
    assert len(http_client.send("POST", f"{server}/big", body=b"{}").body) == http_client.BODY_LIMIT


def test_a_dripping_answer_ends_at_the_deadline(server: str) -> None:
    begun = time.monotonic()
    with pytest.raises(http_client.Unreachable):
        http_client.send("POST", f"{server}/slow", body=b"{}", timeout=0.5)
    assert time.monotonic() - begun < 2
