"""Outgoing HTTP with an SSRF guard: the name is resolved once, every address checked, and the
connection pinned to it.

No redirects, ports 80 and 443 only, one deadline over the whole exchange, and at most 16 kB of
response kept.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, quote, urlsplit

import certifi
from django.conf import settings

BODY_LIMIT = 16 * 1024
PORTS = (80, 443)
# Names that mean "inside" wherever they resolve to.
INNER_NAMES = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "home.arpa",
)
GLOBAL_V6 = ipaddress.ip_network("2000::/3")
REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.88.99.0/24",
        "192.0.0.0/24",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
    )
)
NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")


class Unsafe(ValueError):
    """The address must not be called from here: not a public web address."""


class Unreachable(OSError):
    """The other side could not be reached or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: status, headers with lower-case names, and the first 16 kB of the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str
    allowed: bool


def check_url(url: str) -> None:
    """Refuse `url` (raises `Unsafe`) when it may not be called; a name that does not resolve now is
    judged at the call.
    """
    target = _parse(url)
    if target.allowed:
        return
    try:
        _resolve(target)
    except Unreachable:
        return


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout: float = 15.0,
) -> Response:
    """Call `url` once.

    Raises `Unsafe` before anything is sent, `Unreachable` when no whole answer came in `timeout` s.
    """
    target = _parse(url)
    address = _resolve(target)
    connection = _connection(target, address, timeout)
    # A socket time-out starts anew with every byte; this ends the exchange for good.
    deadline = threading.Timer(timeout, _cut, (connection,))
    deadline.daemon = True
    deadline.start()
    try:
        sent = {
            "User-Agent": "Hazumi",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **(headers or {}),
        }
        connection.request(method, target.path, body=body or None, headers=sent)
        answer = connection.getresponse()
        kept = answer.read(BODY_LIMIT)
        return Response(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, kept
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        deadline.cancel()
        connection.close()


def is_public(address: str) -> bool:
    """Answer whether an IP address lies in the public internet, looking through addresses that
    carry another.
    """
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _carried(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip not in GLOBAL_V6 or ip.teredo is not None:
            return False
    if any(ip.version == network.version and ip in network for network in REFUSED_NETWORKS):
        return False
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback
    )


def _carried(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside a mapped, compatible, NAT64 or 6to4 address."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in SIX_TO_FOUR:
        return ip.sixtofour
    if any(ip in network for network in NAT64) or int(ip) >> 32 == 0:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _parse(url: str) -> _Target:
    if len(url) > 2000 or re.search(r"[\s\\\x00-\x20\x7f]", url):
        raise Unsafe("The address contains characters that do not belong in one.")
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Unsafe("The address cannot be read.") from error
    if parts.scheme not in ("http", "https"):
        raise Unsafe("Only http and https are called.")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Unsafe("The address must not contain a user name.")
    host = _host(parts)
    allowed = f"{host}:{port}" in getattr(settings, "HAZUMI_HTTP_ALLOW_HOSTS", ())
    if not allowed:
        if port not in PORTS:
            raise Unsafe("Only the ports 80 and 443 are called.")
        if any(host == name or host.endswith("." + name) for name in INNER_NAMES):
            raise Unsafe("The name belongs to an inner network.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Target(parts.scheme, host, port, _ascii_path(path), allowed)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise Unsafe("The address names no host.")
    if ":" in host:
        return host
    try:
        return host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError as error:
        raise Unsafe("The host name cannot be read.") from error


def _ascii_path(path: str) -> str:
    return quote(path, safe="/?&=%:@!$'()*+,;~-._[]")


def _resolve(target: _Target) -> str:
    """Resolve once.

    One inner address among several refuses the name: which one answers is not ours to choose.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("The name could not be resolved.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise Unreachable("The name could not be resolved.")
    if not target.allowed and not all(is_public(address) for address in addresses):
        raise Unsafe("The address leads into an inner network.")
    return addresses[0]


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _connection(target: _Target, address: str, timeout: float) -> http.client.HTTPConnection:
    connection: http.client.HTTPConnection
    if target.scheme == "https":
        connection = http.client.HTTPSConnection(
            target.host, target.port, timeout=timeout, context=_tls()
        )
    else:
        connection = http.client.HTTPConnection(target.host, target.port, timeout=timeout)

    # The name stays for Host, SNI and the certificate; the socket goes to the address that was
    # judged.
    def connect_pinned(
        _: object, limit: float | None = None, source: object = None
    ) -> socket.socket:
        return socket.create_connection((address, target.port), timeout)

    connection._create_connection = connect_pinned  # type: ignore[attr-defined]  # noqa: SLF001  the only way in
    return connection


def _cut(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
