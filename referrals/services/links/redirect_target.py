"""Redirect target of a link: only hosts its program names, never one from the request."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from portal.core.web import sharing
from referrals.models import Program, ReferralLink

CHANNELS = frozenset("copy share line mail x linkedin qr embed".split())


MOST_FIELDS = 50  # of a visitor's query; the rest is left out, and the visitor is redirected


class BadTarget(ValueError):
    """The address is not http(s), or not on one of the program's hosts."""


def check_target(url: str, hosts: list[str]) -> str:
    """Return a target address that may be redirected to. Raises BadTarget."""
    if any(ord(char) < 33 or ord(char) == 127 or char == "\\" for char in url):
        raise BadTarget(url)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        parts.port  # noqa: B018  raises ValueError for a malformed port
    except ValueError as error:
        raise BadTarget(url) from error
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password:
        raise BadTarget(url)
    if parts.scheme == "http" and settings.PRODUCTION:
        raise BadTarget(url)
    if host not in {row.strip().lower() for row in hosts} | {
        urlsplit(settings.HAZUMI_BASE_URL).hostname
    }:
        raise BadTarget(url)
    return url


def target_of(link: ReferralLink) -> str:
    """Return where a link leads: its content, its program's target, or our own welcome page."""
    program: Program = link.program
    if program.state not in (Program.State.OPEN, Program.State.PAUSED) or link.user_id is None:
        return "/welcome/"  # an ended program or a person who left: an honest page without credit
    if link.content_url:
        content = sharing.find(
            link.content_url, AnonymousUser()
        )  # what an anonymous visitor may read; a path of ours or nothing
        return (
            content.path if content is not None and content.is_public else f"/welcome/{link.code}/"
        )
    if program.target_url:
        try:
            return check_target(program.target_url, program.hosts)
        except BadTarget:
            pass
    return f"/welcome/{link.code}/"


def with_query(target: str, incoming: str, *, code: str, click_id: str) -> str:
    """Return the target with its own query and fragment, the visitor's query, and on a foreign host
    our click id.
    """
    if (
        incoming[:2] == "s=" and incoming[2:] in CHANNELS
    ):  # how it was shared, and nothing else: most often
        incoming = ""
    if not incoming and target.startswith("/") and "?" not in target and "#" not in target:
        return target
    parts = urlsplit(target)
    own = parse_qsl(parts.query, keep_blank_values=True)
    names = {name for name, _ in own} | {"hz", "via"}
    few = "&".join(incoming[:2_000].split("&", MOST_FIELDS)[:MOST_FIELDS])
    asked = [
        (name, value)
        for name, value in parse_qsl(few, keep_blank_values=True)
        if name not in names
        and not (name == "s" and value in CHANNELS)  # how it was shared is ours alone
    ]
    ours = [("via", code), ("hz", click_id)] if parts.netloc else []
    return urlunsplit(parts._replace(query=urlencode(own + asked + ours)))
