"""Texts that have broken software, and a walk over every field of the site that could take one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

STRINGS = (
    "",
    " ",
    "\x00",
    "\x0b\x1b[31m\x07",
    "a\nb",
    "a\r\nSet-Cookie: x=1",
    "\u0085\u009c\u00ad",
    "\uffff",
    "\ufdd0",
    "\ufeff=1+1",
    "\u202egnp.exe",
    "\u2066\u2067\u200f",
    "\u200b\u200c\u200d",
    "\u0e47" * 500,
    "Z\u0351\u036b\u0343" * 200,
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "𝕳𝖆𝖟𝖚𝖒𝖎",
    "%",
    "%s%d%(x)s",
    "{0}{x.y}{{",
    "{% load x %}{{ request }}",
    "${7*7}#{7*7}",
    "../../../etc/passwd",
    "..%2f%c0%af",
    "' OR 1=1 --",
    '"><img src=x onerror=alert(1)>',
    "<![CDATA[x]]>]]>&nope;",
    "1e309",
    "-0",
    "NaN",
    "1" + "0" * 40,
    "-9223372036854775809",
    "9223372036854775807",
    "2147483648",
    "1_000",
    "٣",
    "0001-01-01",
    "9999-12-31T23:59:59.999999+14:00",
    "2026-02-30",
    "http://[::1",
    "//evil.example\\@host",
    "javascript:alert(1)",
    "abc",
    "a@" + "b" * 250 + ".example",
    "ab@" + ".".join(["b" * 60] * 5) + ".example",
    "[[[[]]]]",
    "true",
    "null",
    "e3h9OjF9",
    "字" * 70_000,
    "x" * 70_000,
)
# What only JSON can say.
VALUES: tuple[Any, ...] = (
    "\ud800",
    {"\udfff": 1},
    None,
    True,
    [],
    {},
    [[]],
    ["\x00"],
    {"a": {"b": []}},
    10**40,
    -1,
    -0.0,
    1e308,
    0.1,
    2**63,
)
READ = {
    method: re.compile(
        rf"""(?:{names})(?:\.get(?:list)?\(|\[)\s*["']([\w:.-]+)["']"""
        rf"""|["']([\w:.-]+)["']\s+(?:not\s+)?in\s+request\.(?:{names})"""
    )
    for method, names in (("get", "GET|query_params|query"), ("post", "POST"))
}


def names_read_by(view: Any, method: str) -> list[str]:
    """Return the names of fields that a view, or what it calls in its module, reads by itself."""
    first = inspect.unwrap(getattr(view, "cls", None) or getattr(view, "view_class", view))
    module = inspect.getmodule(first)
    waiting: list[Any] = [first]
    seen: set[Any] = set()
    found: set[str] = set()
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        source = inspect.getsource(part)
        found.update(one or other for one, other in READ[method].findall(source))
        for name in set(re.findall(r"\b(\w+)\(", source)):
            called = getattr(module, name, None)
            if inspect.isfunction(called) and inspect.getmodule(called) is module:
                waiting.append(inspect.unwrap(called))
    return sorted(found)


@dataclass
class Form:
    """A form of a page: where it is sent, and its fields with what they begin with."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(
                Form(at.get("action") or at.get("hx-post", ""), at.get("method", "get").lower())
            )
        if not self.found or not (name := at.get("name")):
            if tag == "option" and self._select and self.found:
                fields = self.found[-1].fields
                if "selected" in at or not fields.get(self._select):
                    fields[self._select] = at.get("value", "")
            return
        if tag == "select":
            self._select = name
            self.found[-1].fields.setdefault(name, "")
        elif tag in ("input", "textarea", "button"):
            picked = at.get("type") not in ("radio", "checkbox") or "checked" in at
            if picked or name not in self.found[-1].fields:
                self.found[-1].fields[name] = at.get("value") or "テスト用の文です。"

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def forms_in(html: str) -> list[Form]:
    """Return the forms of a page that have fields."""
    parser = Forms()
    parser.feed(html)
    return [form for form in parser.found if form.fields]


def sample(place: str, every: bool, count: int = 1) -> Iterator[str]:
    """Yield strings for one field: all, or a few that differ from field to field."""
    if every:
        yield from STRINGS
        return
    start = sum(map(ord, place)) * 7
    for turn in range(count):
        yield STRINGS[(start + turn * 17) % len(STRINGS)]
