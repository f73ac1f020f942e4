"""The load generator parses responses as servers write them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portal.dev.bench import client


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n0\r\n\r\n")
            return
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Length", "5")
        if self.path == "/close":
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode()


def test_every_kind_of_answer_is_counted(port: int) -> None:
    load = client.run(port, [get("/"), get("/chunked"), get("/close")], seconds=0.3, concurrency=3)
    assert load.broken == 0
    assert load.count((200,)) + load.count((404,)) == len(load.latencies) > 10
    assert 0 < load.percentile(0.5) <= load.percentile(0.99)


def test_once_means_once(port: int) -> None:
    load = client.run(port, [get("/")] * 7, seconds=5, concurrency=2, once=True)
    assert load.count((200,)) == 7
    assert load.seconds < 4


def test_one_request_gives_its_body(port: int) -> None:
    assert client.one(port, get("/"))[::2] == (200, b"hello")
