"""What Markdown must not touch: formulas, addresses, chosen mentions and single tildes.

They are taken out of the source before it is parsed, each behind a mark of noncharacters, and put
back afterwards: as an element in running text, as they were written in code and attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

TILDE = "\ufdd0"
EDGE = "\ufdd1"
FORBIDDEN = re.compile("[\ufdd0-\ufdef]")
MARK = re.compile(f"{EDGE}([0-9]+){EDGE}")
QUOTED_EDGE = quote(EDGE)
QUOTED_MARK = re.compile(f"{QUOTED_EDGE}([0-9]+){QUOTED_EDGE}")
TAG = re.compile(r"<[a-z][^<>]*>")
LONGEST_FORMULA = 2_000

# Where Japanese, Chinese or Korean text goes on, an address has ended: these are written
# percent-encoded in addresses. Typographic quotation marks end it too.
_CJK = (
    "\u1100-\u11ff\u2018-\u201f\u2026\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f"
    "\uff00-\uffef"
)
_END = rf"\s<>\"`|\\{_CJK}{EDGE}{TILDE}"
_ASCII_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,252}[A-Za-z0-9])?"
_HOST = rf"(?:{_ASCII_HOST}|[^\W_][\w\-]{{0,62}}(?:\.[\w\-]{{1,63}}){{0,4}}?\.[A-Za-z]{{2,24}})"
ADDRESS = re.compile(
    rf"(?:https?://{_HOST}|www\.{_ASCII_HOST})(?::[0-9]{{1,5}})?(?:[/?#][^{_END}]*)?", re.IGNORECASE
)
EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
CHOSEN = re.compile(r"[@＠]\[([^\[\]\n]{1,80})\]\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)")
DISPLAY = re.compile(rf"\$\$((?:(?!\n\s*\n|~~~)[^$`]){{1,{LONGEST_FORMULA}}})\$\$")
INLINE = re.compile(r"\$(?=\S)([^$`\n]{1,500}?(?<![\s\\]))\$(?![A-Za-z0-9$])")
PARENTHESES = re.compile(rf"\\\(((?:(?!\\[()]|\n\s*\n)[^`]){{1,{LONGEST_FORMULA}}})\\\)")
BRACKETS = re.compile(rf"\\\[((?:(?!\\[\[\]]|\n\s*\n)[^`]){{1,{LONGEST_FORMULA}}})\\\](?!\()")
# Where something to hold may begin; everything else is copied.
BEGINS = re.compile(
    r"\\[\s\S]|\$+|~+|(?<![A-Za-z0-9])(?:https?://|www\.)|[@＠]\["
    r"|(?<![A-Za-z0-9._%+\-@])[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@",
    re.IGNORECASE,
)
QUOTE_PREFIX = re.compile(r"\n[ \t]*(?:>[ \t]?)+")
SENTENCE = re.compile("[、。，．「」『』！？ぁ-ゖ]")
WORDS_IN_TEX = re.compile(r"\\(?:text|mathrm|textrm|mbox|operatorname)\*?\s*\{[^{}]*\}")
SIGNS = re.compile(
    r"[\\^_=+*/<>|!-]|^[A-Za-z]{1,2}['′]?$|^[A-Za-z]\(|^[0-9]+[A-Za-z]$|^[0-9]+(?:\.[0-9]+)?$"
)
BRACKETED = re.compile(r"[^\s<>]+>")
TRAILING = "?!.,:;*_~'"


@dataclass(frozen=True, slots=True)
class Formula:
    """Mathematics in TeX."""

    source: str
    tex: str
    is_display: bool


@dataclass(frozen=True, slots=True)
class Address:
    """A bare address of the web or of a mailbox."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A mention chosen from the list: the name as it was then, and the person's public id."""

    source: str
    name: str
    person: str


Held = Formula | Address | Chosen


@dataclass(slots=True)
class Source:
    """A Markdown text with marks, and what they stand for."""

    text: str = ""
    held: list[Held] = field(default_factory=list)

    def mark(self, item: Held) -> str:
        self.held.append(item)
        return f"{EDGE}{len(self.held) - 1}{EDGE}"

    def written(self, text: str) -> str:
        """Return `text` as it was written."""
        return MARK.sub(lambda found: self.held[int(found[1])].source, text)

    def plain(self, text: str) -> str:
        """Return `text` for search and excerpts: a chosen mention is the name."""
        return MARK.sub(lambda found: _words(self.held[int(found[1])]), text)

    def restore_attributes(self, html: str) -> str:
        """Put back what stands inside of tags, and the tildes everywhere."""
        html = html.replace(TILDE, "~").replace(quote(TILDE), "~")
        if EDGE not in html and QUOTED_EDGE not in html:
            return html
        return TAG.sub(lambda tag: self._attribute(tag[0]), html)

    def _attribute(self, tag: str) -> str:
        tag = MARK.sub(lambda found: escape(self.held[int(found[1])].source), tag)
        return QUOTED_MARK.sub(lambda found: escape(self.held[int(found[1])].source), tag)

    def pieces(self, text: str) -> Iterator[str | Held]:
        """Split a text into what is written and what was held."""
        position = 0
        for found in MARK.finditer(text):
            if found.start() > position:
                yield text[position : found.start()]
            yield self.held[int(found[1])]
            position = found.end()
        if position < len(text):
            yield text[position:]


def _words(item: Held) -> str:
    return f"@{item.name}" if isinstance(item, Chosen) else item.source


def hold(markdown: str) -> Source:
    """Take out of a Markdown text what its parser must not touch."""
    markdown = FORBIDDEN.sub("", markdown)
    source, parts, position = Source(), [], 0
    while (begin := BEGINS.search(markdown, position)) is not None:
        parts.append(markdown[position : begin.start()])
        written, position = _take(markdown, begin, source)
        parts.append(written)
    parts.append(markdown[position:])
    source.text = "".join(parts)
    return source


def _take(text: str, begin: re.Match[str], source: Source) -> tuple[str, int]:
    """Return what stands for the place that begins here, and where the text goes on."""
    sign, start = begin[0], begin.start()
    if sign == "~":
        return TILDE, begin.end()  # two strike out, one is a range: 10~20
    item: Held | None = None
    if sign[0] in "\\$":
        item = _formula(text, start, sign)
    elif sign[0] in "@＠":
        if chosen := CHOSEN.match(text, start):
            item = Chosen(chosen[0], chosen[1], chosen[2])
    elif sign[-1] == "@":
        if mailbox := EMAIL.match(text, start):
            item = Address(mailbox[0], f"mailto:{mailbox[0]}")
    elif sign[0] != "~" and text[start - 1 : start] == "<":
        whole = BRACKETED.match(text, start)
        return (whole[0], whole.end()) if whole else (sign, begin.end())
    elif sign[0] != "~":
        item = _address(text, start)
    return (source.mark(item), start + len(item.source)) if item else (sign, begin.end())


def _formula(text: str, start: int, sign: str) -> Formula | None:
    before = text[start - 1 : start]
    if sign == "$$":
        found, is_display = DISPLAY.match(text, start), True
    elif sign == "$" and not (before.isascii() and before.isalnum()):
        found, is_display = INLINE.match(text, start), False
    elif sign == r"\(":
        found, is_display = PARENTHESES.match(text, start), False
    elif sign == r"\[":
        found, is_display = BRACKETS.match(text, start), True
    else:
        return None
    if found is None or not _is_mathematics(found[1]):
        return None
    return Formula(found[0], QUOTE_PREFIX.sub("\n", found[1]).strip(), is_display)


def _is_mathematics(tex: str) -> bool:
    """A sentence between two amounts is none, and neither are words in escaped brackets."""
    bare = WORDS_IN_TEX.sub(r"\\text", tex).strip()
    return bool(bare) and SENTENCE.search(bare) is None and SIGNS.search(bare) is not None


def _address(text: str, start: int) -> Address | None:
    found = ADDRESS.match(text, start)
    if found is None:
        return None
    written = _balanced(found[0]).rstrip(TRAILING)
    host = written.split("://", 1)[-1]
    if not host or ("://" not in written and "." not in host.removeprefix("www.")):
        return None
    return Address(written, written if "://" in written else f"http://{written}")


def _balanced(address: str) -> str:
    """End an address before a bracket that it did not open."""
    opened = {")": 0, "]": 0}
    for place, sign in enumerate(address):
        if sign in "([":
            opened[")" if sign == "(" else "]"] += 1
        elif sign in ")]":
            if not opened[sign]:
                return address[:place]
            opened[sign] -= 1
    return address
