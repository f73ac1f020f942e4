"""The only Markdown renderer and sanitizer: raw HTML is off, the tree is decorated, then nh3
filters by an allow-list.

Bodies are rendered when they are written, never when they are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from urllib.parse import unquote

import comrak
import nh3
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_LENGTH = 200_000
MAX_HIGHLIGHTED = 20_000
LINK_REL = "nofollow ugc noopener"

# "@" after a letter or digit of an address is no mention: mail@example.com.
MENTION = re.compile(r"(?<![A-Za-z0-9._%+\-/@])@([^\W_][\w.\-]{0,59})")
SIZE = re.compile(r"/([1-9]\d{0,3})x([1-9]\d{0,3})/$")  # of a picture of ours, in pixels
JAPANESE_STOP = re.compile("[、。，．！？「」『』（）【】〈〉《》　]")
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
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"data-language"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "h5": {"id"},
    "h6": {"id"},
    "img": {"src", "alt", "title", "width", "height", "loading", "decoding"},
    "input": {"checked", "disabled"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
CLASSES = {
    "span": {"mention", *(name for name in STANDARD_TYPES.values() if name)},
    "pre": {"highlight"},
    "ul": {"contains-task-list"},
    "li": {"task-list-item"},
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a Markdown text becomes: safe HTML, plain text for search and excerpts, and the names it
    mentions.
    """

    html: str
    text: str
    mentions: list[str]


def render(markdown: str, *, anchors: bool = True) -> Rendered:
    """Render `markdown` to safe HTML; `anchors` gives headings an id made from their words."""
    source = unicodedata.normalize("NFC", markdown[:MAX_LENGTH]).replace("\x00", "")
    tree = LexborHTMLParser(comrak.render_markdown(source, *_options()))
    body = tree.body
    if body is None:
        return Rendered("", "", [])
    text = _plain(body)
    mentions = _dress(body, anchors=anchors)
    return Rendered(_cleaner().clean(body.inner_html or "").strip(), text, mentions)


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
    extension.autolink = extension.strikethrough = extension.table = extension.tasklist = True
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
        if node.tag == "-text":
            parts.append(node.text_content or "")
        elif node.tag in BLOCKS:
            parts.append("\n")
        elif node.tag in ("td", "th"):
            parts.append(" ")
        elif node.tag == "img":
            parts.append(node.attributes.get("alt") or "")
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _dress(body: LexborNode, *, anchors: bool) -> list[str]:
    """Change the tree in place: code coloured, foreign images made links, headings named, mentions
    marked.
    """
    for code in body.css("pre > code"):
        _colour(code)
    for image in body.css("img"):
        _keep_or_link(image)
    for link in body.css("a[href]"):
        _end_link_at_japanese_stop(link)
    _name_headings(body, anchors=anchors)
    mentions: dict[str, None] = {}
    for node in list(_mentionable(body)):
        _mark_mentions(node, mentions)
    return list(mentions)


def _colour(code: LexborNode) -> None:
    pre = code.parent
    language = (code.attributes.get("class") or "").removeprefix("language-").split(" ")[0].lower()
    source = code.text()
    if pre is None:
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


def _end_link_at_japanese_stop(link: LexborNode) -> None:
    """End a bare address where a Japanese sentence goes on: https://example.jp/a。次に."""
    label, target = link.text(), link.attributes.get("href") or ""
    stop = JAPANESE_STOP.search(label)
    if stop is None or not label.startswith(("http://", "https://", "www.")):
        return
    rest = label[stop.start() :]
    if unquote(target).endswith(rest):
        kept = label[: stop.start()]
        address = kept if "://" in kept else f"http://{kept}"
        _replace(link, f'<a href="{escape(address)}">{escape(kept)}</a>{escape(rest, quote=False)}')


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


def _mentionable(body: LexborNode) -> Iterator[LexborNode]:
    for node in body.traverse(include_text=True):
        if (
            node.tag == "-text"
            and "@" in (node.text_content or "")
            and not _inside(node, ("code", "a", "pre"))
        ):
            yield node


def _inside(node: LexborNode, tags: tuple[str, ...]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in tags:
            return True
        parent = parent.parent
    return False


def _mark_mentions(node: LexborNode, mentions: dict[str, None]) -> None:
    text = node.text_content or ""
    pieces: list[str] = []
    position = 0
    for match in MENTION.finditer(text):
        name = match.group(1).rstrip(".-")
        mentions.setdefault(name)
        pieces.append(escape(text[position : match.start()], quote=False))
        pieces.append(f'<span class="mention">@{escape(name, quote=False)}</span>')
        position = match.start() + 1 + len(name)
    if pieces:
        pieces.append(escape(text[position:], quote=False))
        _replace(node, "".join(pieces))


def _replace(node: LexborNode, html: str) -> None:
    holder = LexborHTMLParser(f"<div>{html}</div>", is_fragment=True).css_first("div")
    if holder is not None:
        for child in list(holder.iter(include_text=True)):
            node.insert_before(child)
    node.remove()
