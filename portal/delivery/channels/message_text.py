"""Turns a delivery's body into a chat message: a title, a link and a few lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a chat message."""

    title: str
    url: str
    text: str
    facts: tuple[tuple[str, str], ...] = ()


def line(body: dict[str, Any], base: str) -> Line:
    """Read a body: either plain (title, url, text, facts) or an event's envelope, whose `data`
    holds them.
    """
    data = body.get("data") if isinstance(body.get("data"), dict) else body
    data = data or {}
    url = str(data.get("url") or "")
    if url.startswith("/"):
        url = base + url
    title = str(data.get("title") or body.get("type") or "")
    facts = data.get("facts") or {}
    # A fact's title names what it is about; without a text its name says at least what happened to
    # it.
    text = str(
        data.get("text")
        or ("" if data is body or facts or not data.get("title") else body.get("type") or "")
    )
    return Line(title, url, text, tuple((str(k), str(v)) for k, v in dict(facts).items()))


def lines(bodies: Iterable[dict[str, Any]], base: str) -> list[Line]:
    """Read several bodies."""
    return [line(body, base) for body in bodies]
