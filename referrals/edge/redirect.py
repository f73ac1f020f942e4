"""`GET /r/<code>`, answered before any other middleware.

One round trip to Redis, no SQL, and no click is lost when Redis is down.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time as clock
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from hiredis import pack_command
from redis.exceptions import NoScriptError, RedisError

from portal.core.db.redis import own_connection
from referrals.edge import bots, link_cache
from referrals.edge.visitor_id import client_ip, visitor_of
from referrals.services.links.redirect_target import CHANNELS, with_query

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

PREFIX = "/r/"
COOKIE = "hz_ref"
COOKIE_SECONDS = 60 * 60 * 24 * 90
STATUS = {302: "302 Found", 405: "405 Method Not Allowed"}
ALWAYS = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex, nofollow"),
)
STREAM = "hz:clicks"
SEEN_SECONDS = 3_600
REST_SECONDS = 2.0  # how long Redis is left alone after it failed
KNOWN_LINKS = 20_000

# Looks the link up, recognises the same person within the hour (and returns their earlier click
# id), stores the click. KEYS: link, seen, stream. ARGV: verdict, click id, visitor, channel,
# referrer host, milliseconds, seconds.
SCRIPT = """
local link = redis.call('HMGET', KEYS[1], 'id', 'target')
if not link[1] then return {-1} end
if link[1] == '0' then return {0} end
local verdict, id = ARGV[1], ARGV[2]
if verdict == 'human' then
  local earlier = redis.call('SET', KEYS[2], id, 'NX', 'EX', ARGV[7], 'GET')
  if earlier then verdict, id = 'duplicate', earlier end
end
redis.call('XADD', KEYS[3], '*', 'l', link[1], 'v', verdict, 'k', id,
    'h', ARGV[3], 'c', ARGV[4], 'r', ARGV[5],
  't', ARGV[6])
return {1, link[2], id, link[1]}
"""


class RedirectMiddleware:
    """Answers /r/<code> before anything else runs; every other path passes untouched."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(PREFIX) and len(path) > len(PREFIX):
            answer = lead(request.method or "", request.META, path[len(PREFIX) :].rstrip("/"))
            response = HttpResponse(status=answer.status, headers=dict(answer.headers))
            if answer.cookie:
                response.cookies.load(answer.cookie)
            return response
        return self.get_response(request)


@dataclass(frozen=True)
class Answer:
    """What is answered, before it is anybody's response object: making one costs as much as the
    rest.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    cookie: str = ""


class RedirectApplication:
    """Answers /r/<code> around the whole WSGI application: what Django does before its first
    middleware costs twice that.

    The middleware answers where no WSGI server stands around it, and when this fails.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or len(path) == len(PREFIX):
            return self.application(environ, start_response)
        try:
            answer = lead(environ["REQUEST_METHOD"], environ, path[len(PREFIX) :].rstrip("/"))
        except Exception:
            log.exception("redirect_failed")
            return self.application(environ, start_response)
        finally:
            if (
                connection.connection is not None
            ):  # PostgreSQL was asked, and Django's own signal is not sent here
                close_old_connections()
        headers = [*answer.headers, ("Content-Length", "0")]
        start_response(
            STATUS[answer.status],
            [*headers, ("Set-Cookie", answer.cookie)] if answer.cookie else headers,
        )
        return [b""]


def lead(method: str, meta: Mapping[str, Any], raw: str) -> Answer:
    """Lead to where a code leads; an unknown code leads to our own welcome page."""
    if method not in ("GET", "HEAD"):
        return Answer(405, (("Allow", "GET, HEAD"),))
    code = raw.lower()
    if not 2 <= len(code) <= 32 or not code.replace("-", "").isalnum() or not code.isascii():
        return _to("/welcome/")
    verdict = bots.judge(method, meta)
    host = bots.host_of(meta["HTTP_REFERER"]) if "HTTP_REFERER" in meta else ""
    visitor = visitor_of(client_ip(meta), meta.get("HTTP_USER_AGENT", ""))
    query = meta.get("QUERY_STRING", "")
    click = {
        "v": verdict,
        "k": new_click_id(),
        "h": visitor,
        "c": channel_of(query),
        "r": host,
        "t": str(int(clock.time() * 1000)),
    }
    found = _through_redis(code, click)
    if found is None:
        found = _without_redis(code, click)
    if not found:
        return _to("/welcome/")
    target, click_id = found
    is_person = verdict == bots.HUMAN or bots.may_be_a_person(verdict, meta)
    location = with_query(target, query, code=code, click_id=click_id)
    return _to(location, cookie_of(code, click_id) if is_person else "")


def _to(location: str, cookie: str = "") -> Answer:
    return Answer(
        302,
        (("Location", location if location.isascii() else iri_to_uri(location)), *ALWAYS),
        cookie,
    )


def cookie_of(code: str, click_id: str) -> str:
    """Return the first-party cookie with code and click id; it survives sign-up, the mail check and
    single sign-on.
    """
    secure = "; Secure" if settings.SECURE_TLS else ""
    value = f"{code}.{click_id}.{int(clock.time())}"
    return f"{COOKIE}={value}; HttpOnly; Max-Age={COOKIE_SECONDS}; Path=/; SameSite=Lax{secure}"


def remember(response: HttpResponse, code: str, click_id: str) -> None:
    """Give a response that cookie."""
    response.cookies.load(cookie_of(code, click_id))


def new_click_id() -> str:
    """Return 128 random bits as 22 characters."""
    return base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")


def channel_of(query: str) -> str:
    """Return the share channel a link was decorated with (?s=line), or ""."""
    if "s=" not in query:
        return ""
    for part in query.split("&"):
        if part.startswith("s="):
            return part[2:] if part[2:] in CHANNELS else ""
    return ""


# --- Redis, and what happens without it ---


class _State:
    """What this process knows: the script's digest, whether Redis rests, and links it has seen."""

    def __init__(self) -> None:
        self.sha = ""
        self.rest_until = 0.0
        self.links: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.lock = threading.Lock()

    def keep(self, code: str, fields: dict[str, Any]) -> None:
        with self.lock:
            self.links[code] = fields
            self.links.move_to_end(code)
            if len(self.links) > KNOWN_LINKS:
                self.links.popitem(last=False)


state = _State()


def _through_redis(code: str, click: dict[str, str]) -> tuple[str, str] | tuple[()] | None:
    """Return (target, click id), () for an unknown code, None when Redis cannot be reached."""
    if clock.monotonic() < state.rest_until:
        return None
    try:
        for _ in range(2):
            reply = _script(code, click)
            if reply[0] == 1:
                target = reply[1].decode()
                known = state.links.get(code)
                if known is None or known["target"] != target:
                    state.keep(code, {"id": reply[3].decode(), "target": target})
                return target, reply[2].decode()
            if reply[0] == 0:
                return ()
            if link_cache.fill(code) is None:  # one SQL look-up, then Redis knows
                return ()
    except RedisError as error:
        state.rest_until = clock.monotonic() + REST_SECONDS
        log.warning("redirect_without_redis", error=str(error)[:120])
    except DatabaseError as error:
        log.warning("redirect_without_database", error=str(error)[:120])
        return ()
    return None


def _script(code: str, click: dict[str, str]) -> Any:
    """Run the script.

    The command goes straight over this thread's connection: the client around it costs as much
    again.
    """
    client = own_connection()
    arguments: tuple[Any, ...] = (
        3,
        link_cache.KEY + code,
        f"hz:seen:{code}:{click['h']}",
        STREAM,
        click["v"],
        click["k"],
        click["h"],
        click["c"],
        click["r"],
        click["t"],
        SEEN_SECONDS,
    )
    if state.sha and client.connection is not None:
        try:
            command = pack_command(
                ("EVALSHA", state.sha, *arguments)
            )  # the client's own packer takes five times as long
            client.connection.send_packed_command([command], check_health=False)
            return client.connection.read_response()
        except NoScriptError:
            pass
    state.sha = str(client.script_load(SCRIPT))
    return client.evalsha(state.sha, *arguments)


def _without_redis(code: str, click: dict[str, str]) -> tuple[str, str] | tuple[()]:
    """Find the link in this process or in PostgreSQL and keep the click there, or in a file when
    even that is away.
    """
    fields = state.links.get(code)
    if fields is None:
        try:
            fields = link_cache.look_up(code)
        except DatabaseError:
            fields = None
        if fields is None:
            return ()
        state.keep(code, fields)
    entry = {**click, "l": str(fields["id"])}
    try:
        from referrals.services.links.clicks import keep  # they import each other

        keep([(f"d-{click['k']}", entry)])
    except DatabaseError:
        spool(entry)
    return str(fields["target"]), click["k"]


def spool(entry: dict[str, str]) -> None:
    """Append a click to this host's file; the drain takes it in when PostgreSQL is back."""
    folder = settings.HAZUMI_DATA_DIR / "clicks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{os.getpid()}.jsonl").open("a") as file:
        file.write(json.dumps(entry) + "\n")
