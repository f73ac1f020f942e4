"""Load generator: one thread, non-blocking keep-alive sockets, a fixed number of connections,
bounded in time.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

PATIENCE = 10.0  # seconds to wait for the answers under way when the time is over


@dataclass
class Load:
    """What one run measured. Latencies are in seconds, in the order the answers came."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bytes: int = 0
    broken: int = 0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds below which `share` of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0

    def count(self, statuses: tuple[int, ...]) -> int:
        return sum(self.statuses[status] for status in statuses)


class _Connection:
    """One kept-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.buffer = b""
        self.began = 0.0
        self.need = -1  # bytes of head and body together, once the head is there
        self.chunked = False
        self.closes = False
        self.socket = self.open()

    def open(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def send(self, request: bytes) -> None:
        self.buffer, self.need, self.chunked, self.closes = b"", -1, False, False
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what is there; True when the answer is whole.

        Raises ConnectionError when the server hung up.
        """
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError
        self.buffer = self.buffer + part if self.buffer else part
        if self.need < 0 and not self.chunked:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.buffer[:end].lower()
            self.closes = b"\r\nconnection: close" in head
            self.chunked = b"\r\ntransfer-encoding: chunked" in head
            at = head.find(b"\r\ncontent-length:")
            if at >= 0:
                self.need = end + 4 + int(head[at + 17 :].split(b"\r\n", 1)[0])
            elif not self.chunked:
                self.need = end + 4
        return (
            self.buffer.endswith(b"\r\n0\r\n\r\n")
            if self.chunked
            else len(self.buffer) >= self.need
        )

    @property
    def status(self) -> int:
        return int(self.buffer[9:12])


def run(
    port: int,
    requests: Sequence[bytes],
    *,
    seconds: float,
    concurrency: int = 16,
    once: bool = False,
) -> Load:
    """Send `requests` in rotation (each at most once with `once`) for `seconds` over `concurrency`
    connections.
    """
    load = Load()
    source: Iterator[bytes] = iter(requests) if once else cycle(requests)
    waiting: set[_Connection] = set()
    with selectors.DefaultSelector() as selector:
        began = time.perf_counter()
        over = began + seconds
        for _ in range(concurrency):
            connection = _Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            _next(connection, source, waiting)
        while waiting and time.perf_counter() < over + PATIENCE:
            for key, _ in selector.select(1.0):
                connection = key.data
                try:
                    if not connection.receive():
                        continue
                except OSError:
                    load.broken += 1
                    _again(selector, connection)
                else:
                    _note(load, connection)
                    if connection.closes:
                        _again(selector, connection)
                waiting.discard(connection)
                if time.perf_counter() < over:
                    _next(connection, source, waiting)
        load.seconds = time.perf_counter() - began
        load.broken += len(waiting)
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return load


def _next(connection: _Connection, source: Iterator[bytes], waiting: set[_Connection]) -> None:
    request = next(source, None)
    if request is not None:
        connection.send(request)
        waiting.add(connection)


def _note(load: Load, connection: _Connection) -> None:
    load.latencies.append(time.perf_counter() - connection.began)
    load.statuses[connection.status] += 1
    load.bytes += len(connection.buffer)


def _again(selector: selectors.BaseSelector, connection: _Connection) -> None:
    selector.unregister(connection.socket)
    connection.socket.close()
    connection.socket = connection.open()
    selector.register(connection.socket, selectors.EVENT_READ, connection)


def one(port: int, request: bytes) -> tuple[int, bytes, bytes]:
    """Send one request; return its status, its head and its body."""
    connection = _Connection(port)
    connection.send(request)
    while not connection.receive():
        pass
    connection.socket.close()
    head, _, body = connection.buffer.partition(b"\r\n\r\n")
    return connection.status, head, body
