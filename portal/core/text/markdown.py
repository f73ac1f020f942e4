"""The only Markdown renderer and sanitizer: raw HTML is off, the tree is decorated, then nh3
filters by an allow-list.

Bodies are rendered when they are written, never when they are read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from hashlib import blake2s
from html import escape
from typing import Protocol

import comrak
import nh3
from django.utils.translation import override
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound
from selectolax.lexbor import LexborHTMLParser, LexborNode

from portal.core.text import mathematics
from portal.core.text.footnotes import is_reference, number_footnotes
from portal.core.text.held import CHOSEN, EDGE, Address, Chosen, Formula, Held, Source, hold
from portal.core.text.names import RIGHT_TO_LEFT

MAX_LENGTH = 200_000
MAX_HIGHLIGHTED = 20_000
LINK_REL = "nofollow ugc noopener"

# Goes up when the same text gives other HTML: stored texts of an earlier version are rendered anew.
VERSION = 2

# "@" after a letter or digit of an address is no mention: mail@example.com. A name may have spaces.
MENTION = re.compile(r"(?<![A-Za-z0-9._%+\-/@＠])[@＠]([^\W_][^\n@＠]{0,79})")
SIZE = re.compile(r"/([1-9]\d{0,3})x([1-9]\d{0,3})/$")  # of a picture of ours, in pixels
JAPANESE = re.compile("[぀-ヿ㐀-鿿]")
UNMENTIONABLE = ("code", "a", "pre", "blockquote", "math")
BLOCKS = frozenset(
    (
        "p",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "tr",
        "table",
        "hr",
        "br",
    )
)
# Blocks whose direction is that of their own text, where a text has right-to-left letters.
DIRECTED = ("p", "li", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "input",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "sup",
    "section",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    *mathematics.TAGS,
}
ATTRIBUTES = {
    "a": {"href", "title", "id", "aria-label"},
    "code": {"data-language"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
    "input": {"checked", "disabled"},
    "ol": {"start"},
    "li": {"id"},
    "td": {"align"},
    "th": {"align"},
    **{tag: set(mathematics.ATTRIBUTES) for tag in mathematics.TAGS},
}
for _tag in DIRECTED:
    ATTRIBUTES[_tag] = {*ATTRIBUTES.get(_tag, ()), "dir"}
CLASSES = {
    "a": {"mention", "footnote-backref"},
    "mtd": {"math-left", "math-right"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
    "span": {"mention", *(name for name in STANDARD_TYPES.values() if name)},
    "pre": {"highlight"},
    "ul": {"contains-task-list"},
    "li": {"task-list-item"},
}


def current_version() -> int:
    """Return the version of the renderer, as the default of a stored text."""
    return VERSION


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a Markdown text becomes: safe HTML, and plain text for search and excerpts."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention in a text: how many characters name the person, how they are called, their page."""

    length: int
    name: str
    url: str


class Mentions(Protocol):
    """Who is meant by a mention; implemented where people are known."""

    def chosen(self, people: list[str]) -> dict[str, Mention]:
        """Return whom each public id means."""

    def typed(self, begun: list[str]) -> list[Mention | None]:
        """Return whom the text after each "@" means; None where it means nobody for certain."""


class NobodyMentioned:
    """For texts whose readers are unknown: a chosen mention shows the name it was written with."""

    def chosen(self, people: list[str]) -> dict[str, Mention]:
        return {}

    def typed(self, begun: list[str]) -> list[Mention | None]:
        return [None] * len(begun)


def render(
    markdown: str, *, anchors: bool = True, scope: str = "", mentions: Mentions | None = None
) -> Rendered:
    """Render `markdown` to safe HTML; `anchors` gives headings an id made from their words.

    `scope` keeps the ids of footnotes apart on a page with many texts.
    """
    written = unicodedata.normalize("NFC", markdown[:MAX_LENGTH]).replace("\x00", "")
    source = hold(written)
    html = source.restore_attributes(comrak.render_markdown(source.text, *_options()))
    body = LexborHTMLParser(html).body
    if body is None:
        return Rendered("", "")
    if "data-footnote-ref" in html:
        with override("ja" if JAPANESE.search(written) else "en"):
            number_footnotes(body, scope or blake2s(written.encode(), digest_size=5).hexdigest())
    text = source.plain(_plain(body))
    _dress(body, source, mentions or NobodyMentioned(), anchors=anchors)
    return Rendered(_cleaner().clean(body.inner_html or "").strip(), text)


def plain_mentions(markdown: str) -> str:
    """Return Markdown for a place that shows its source: a chosen mention is the name."""
    return CHOSEN.sub(r"@\1", markdown)


def excerpt(text: str, length: int = 120) -> str:
    """Return the beginning of a plain text on one line, at most `length` characters, cut with an
    ellipsis.
    """
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: max(length - 1, 0)].rstrip()
    # Latin words are not cut in half when the last space is near.
    if (
        cut
        and cut[-1].isascii()
        and cut[-1].isalnum()
        and line[len(cut)].isascii()
        and line[len(cut)].isalnum()
    ):
        space = cut.rfind(" ")
        if space > length * 0.6:
            cut = cut[:space]
    return cut.rstrip("、,;: ") + "…"


@cache
def _options() -> tuple[comrak.ExtensionOptions, comrak.ParseOptions, comrak.RenderOptions]:
    extension, parse, output = (
        comrak.ExtensionOptions(),
        comrak.ParseOptions(),
        comrak.RenderOptions(),
    )
    extension.cjk_friendly_emphasis = True
    extension.footnotes = extension.strikethrough = extension.table = extension.tasklist = True
    output.escape = True
    output.hardbreaks = True
    output.tasklist_classes = True
    return extension, parse, output


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_REL,
        tag_attribute_values={"input": {"type": {"checkbox"}}},
        set_tag_attribute_values={
            "input": {"disabled": ""},
            "img": {"loading": "lazy", "decoding": "async"},
        },
    )


def _plain(body: LexborNode) -> str:
    parts: list[str] = []
    for node in body.traverse(include_text=True):
        if node.tag == "-text" and not is_reference(node):
            parts.append(node.text_content or "")
        elif node.tag in BLOCKS:
            parts.append("\n")
        elif node.tag in ("td", "th"):
            parts.append(" ")
        elif node.tag == "img":
            parts.append(node.attributes.get("alt") or "")
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _dress(body: LexborNode, source: Source, mentions: Mentions, *, anchors: bool) -> None:
    """Change the tree in place: what was held put back, code coloured, foreign images made links,
    headings named, mentions marked.
    """
    _put_back(body, source, mentions)
    for code in body.css("pre > code"):
        _colour(code)
    for image in body.css("img"):
        _keep_or_link(image)
    _name_headings(body, anchors=anchors)
    _mark_typed(body, mentions)
    if RIGHT_TO_LEFT.search(source.text):
        for block in body.css(", ".join(DIRECTED)):
            block.attrs["dir"] = "auto"


def _put_back(body: LexborNode, source: Source, mentions: Mentions) -> None:
    if not source.held:
        return
    ids = {item.person for item in source.held if isinstance(item, Chosen)}
    people = mentions.chosen(sorted(ids)) if ids else {}
    nodes = [node for node in body.traverse(include_text=True) if node.tag == "-text"]
    for node in nodes:
        text = node.text_content or ""
        if EDGE not in text:
            continue
        if _inside(node, ("code", "a", "pre")):
            _replace(node, escape(source.written(text), quote=False))
        else:
            _replace(node, "".join(_held_html(piece, people) for piece in source.pieces(text)))


def _held_html(piece: str | Held, people: dict[str, Mention]) -> str:
    if isinstance(piece, str):
        return escape(piece, quote=False)
    if isinstance(piece, Formula):
        return mathematics.formula_html(piece.tex, piece.source, is_display=piece.is_display)
    if isinstance(piece, Address):
        label = escape(piece.source, quote=False)
        return f'<a href="{escape(piece.target)}">{label}</a>'
    return _mention_html(people.get(piece.person) or Mention(0, piece.name, ""))


def _mention_html(mention: Mention) -> str:
    name = escape(mention.name, quote=False)
    if not mention.url:
        return f'<span class="mention">@{name}</span>'
    return f'<a class="mention" href="{escape(mention.url)}">@{name}</a>'


def _colour(code: LexborNode) -> None:
    pre = code.parent
    language = (code.attributes.get("class") or "").removeprefix("language-").split(" ")[0].lower()
    source = code.text()
    if pre is None:
        return
    if language == "math" and (made := mathematics.mathml(source, is_display=True)):
        _replace(pre, f"<p>{made}</p>")
        return
    inner = escape(source, quote=False)
    if language and len(source) <= MAX_HIGHLIGHTED:
        try:
            lexer = get_lexer_by_name(language, stripnl=False)
        except ClassNotFound:
            pass
        else:
            inner = highlight(source, lexer, HtmlFormatter(nowrap=True))
    name = f' data-language="{escape(language)}"' if language else ""
    _replace(pre, f'<pre class="highlight"><code{name}>{inner}</code></pre>')


def _keep_or_link(image: LexborNode) -> None:
    """Show images of this site; a foreign one would reveal the reader to its server, so it becomes
    a link.

    One whose URL contains its size gets it, so that nothing moves when it loads, and opens in full.
    """
    source = image.attributes.get("src") or ""
    if source.startswith("/") and not source.startswith(("//", "/\\")):
        if size := SIZE.search(source):
            image.attrs["width"], image.attrs["height"] = size.groups()
            if image.parent is None or image.parent.tag != "a":
                _replace(image, f'<a href="{escape(source)}">{image.html}</a>')
        return
    label = image.attributes.get("alt") or source
    _replace(image, f'<a href="{escape(source)}">{escape(label)}</a>')


def _name_headings(body: LexborNode, *, anchors: bool) -> None:
    """Give headings their ids.

    The page has the only h1, so a heading of the first level becomes an h2.
    """
    taken: set[str] = set()
    for heading in body.css(", ".join(HEADINGS)):
        name = ""
        if anchors:
            base = name = _slug(heading.text())
            count = 1
            while name in taken:
                count += 1
                name = f"{base}-{count}"
            taken.add(name)
        if heading.tag == "h1":
            attribute = f' id="{escape(name)}"' if name else ""
            _replace(heading, f"<h2{attribute}>{heading.inner_html}</h2>")
        elif name:
            heading.attrs["id"] = name


def _slug(text: str) -> str:
    # The prefix keeps a heading from taking the id of a part of the page.
    return "s-" + (re.sub(r"[^\w]+", "-", text.strip().lower()).strip("-")[:60] or "section")


def _mark_typed(body: LexborNode, mentions: Mentions) -> None:
    places: list[tuple[LexborNode, str, list[re.Match[str]]]] = []
    for node in body.traverse(include_text=True):
        text = (node.text_content or "") if node.tag == "-text" else ""
        if ("@" in text or "＠" in text) and not _inside(node, UNMENTIONABLE):
            places.append((node, text, list(MENTION.finditer(text))))
    begun = [found[1] for _node, _text, matches in places for found in matches]
    if not begun:
        return
    meant = iter(mentions.typed(begun))
    for node, text, matches in places:
        pieces, position = [], 0
        for found, mention in zip(matches, meant, strict=False):
            if mention is None:
                continue
            pieces.append(escape(text[position : found.start()], quote=False))
            pieces.append(_mention_html(mention))
            position = found.start(1) + mention.length
        if pieces:
            _replace(node, "".join(pieces) + escape(text[position:], quote=False))


def _inside(node: LexborNode, tags: tuple[str, ...]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in tags:
            return True
        parent = parent.parent
    return False


def _replace(node: LexborNode, html: str) -> None:
    holder = LexborHTMLParser(f"<div>{html}</div>", is_fragment=True).css_first("div")
    if holder is not None:
        for child in list(holder.iter(include_text=True)):
            node.insert_before(child)
    node.remove()
