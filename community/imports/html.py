"""HTML of another system as Markdown that renders to the same: code, lists, quotes, tables, links
and pictures stay. Raw HTML is off here, so what Markdown has no sign for gets the nearest one.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

RAW_HTML: Final = re.compile(
    r"</?(?:a|b|br|blockquote|code|dd|del|div|dl|dt|em|h[1-6]|hr|i|img|kbd|li|ol|p|pre|s|span|strike|"
    r"strong|sub|sup|table|td|th|tr|ul)\b[^>]*>",
    re.IGNORECASE,
)
RAISED: Final = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")
LOWERED: Final = str.maketrans("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ")
LANGUAGE: Final = re.compile(r"(?:lang|language)-([\w+#-]+)")
FENCE: Final = re.compile(r"^`{3,}", re.MULTILINE)


_Base: Any = MarkdownConverter  # its stubs leave out what a subclass overrides


class _Converter(_Base):  # type: ignore[misc]  # see above
    """markdownify, with what Stack Exchange's HTML has beyond the common."""

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        source = el.get_text().strip("\n")
        if not source.strip():
            return ""
        found = LANGUAGE.search(" ".join([*_classes(el), *_classes(el.find("code"))]))
        longest = max((len(fence) for fence in FENCE.findall(source)), default=2)
        fence = "`" * max(longest + 1, 3)
        return f"\n\n{fence}{found[1] if found else ''}\n{source}\n{fence}\n\n"

    def convert_kbd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return str(self.convert_code(el, text, parent_tags))

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _shifted(text, RAISED, "^")

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _shifted(text, LOWERED, "_")

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return str(super().convert_td(el, _in_cell(text), parent_tags))

    def convert_th(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return str(super().convert_th(el, _in_cell(text), parent_tags))

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "spoiler" in _classes(el):
            text = f"**Spoiler**\n\n{text.lstrip()}"
        return str(super().convert_blockquote(el, text, parent_tags))


def _in_cell(text: str) -> str:
    """A bar inside a cell would begin the next one."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def _classes(el: Any) -> list[str]:
    return list(el.get("class") or []) if isinstance(el, Tag) else []


def _shifted(text: str, signs: dict[int, int], mark: str) -> str:
    """Return a text above or below the line in Unicode's own signs, else in brackets after a
    mark.
    """
    shifted = text.translate(signs)
    if not text or all(a != b or a.isspace() for a, b in zip(text, shifted, strict=True)):
        return shifted
    return text if "[" in text or "](" in text else f"{mark}({text})"


def to_markdown(html: str) -> str:
    """Return the Markdown of an HTML text, whole."""
    soup = BeautifulSoup(html, "html.parser")
    converter = _Converter(
        heading_style="ATX",
        bullets="-",
        escape_asterisks=True,
        escape_underscores=True,
        escape_misc=True,
        newline_style="backslash",
    )
    return str(converter.convert_soup(soup)).strip()


def escape(text: str) -> str:
    """Return a text so that Markdown reads no sign in it."""
    return re.sub(r"([\\\\`*_\[\]<>#|~])", r"\\\1", text)


def to_text(html: str) -> str:
    """Return the words of an HTML text without its markup."""
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())
