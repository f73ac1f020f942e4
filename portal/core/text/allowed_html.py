"""What the sanitizer leaves of rendered Markdown: tags, attributes, classes."""

from __future__ import annotations

from pygments.token import STANDARD_TYPES

from portal.core.text import mathematics

# what may be told to read from right to left
DIRECTED = ("p", "li", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote")

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
