"""Text that comes in: what no page, feed or database can carry is removed or refused at the door.

Used by the middleware for forms and queries, by the API's parser, and for inbound messages.
"""

from __future__ import annotations

import re
from typing import Any

# C0 and C1 controls except tab and line feed, and the code points that Unicode keeps for nobody.
_NONCHARACTERS = "\ufdd0-\ufdef\ufffe\uffff" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)
)
_REMOVED = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_NONCHARACTERS}]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
DEEPEST = 100


class UnreadableText(ValueError):
    """A text holds half a character (a lone surrogate), which cannot be stored or answered."""


def clean_text(text: str) -> str:
    """Return a text without control characters and noncharacters; line ends become line feeds.

    Raises UnreadableText.
    """
    if text.isprintable():  # neither controls nor surrogates nor noncharacters
        return text
    if _LONE_SURROGATE.search(text):
        raise UnreadableText
    return _REMOVED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_json(value: Any, depth: int = 0) -> Any:
    """Return a JSON value with every text in it cleaned, names too.

    Raises UnreadableText, also for what is nested deeper than anything means.
    """
    if isinstance(value, str):
        return clean_text(value)
    if depth > DEEPEST:
        raise UnreadableText
    if isinstance(value, list):
        return [clean_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {clean_text(name): clean_json(item, depth + 1) for name, item in value.items()}
    return value
