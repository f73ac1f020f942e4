"""Reading pages in tests as a reader does: line breaks and indentation do not count."""

from __future__ import annotations

import re


def squeezed(html: str) -> str:
    """`html` with every run of white space as one space, and none beside the brackets of a tag."""
    return re.sub(r" ?([<>]) ?", r"\1", re.sub(r"\s+", " ", html))
