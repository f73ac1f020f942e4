"""Footnotes of a text: ids that are unique on a page with many texts, and a way back."""

from __future__ import annotations

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborNode


def number_footnotes(body: LexborNode, scope: str) -> None:
    """Give notes and references the ids `fn-SCOPE-1` and `fnref-SCOPE-1`, whatever their writer
    called them.
    """
    ids: dict[str, str] = {}
    for number, note in enumerate(body.css("section.footnotes > ol > li"), start=1):
        old = note.attributes.get("id") or ""
        ids[old] = note.attrs["id"] = f"fn-{scope}-{number}"
    for order, link in enumerate(body.css("sup.footnote-ref > a[data-footnote-ref]"), start=1):
        old = link.attributes.get("id") or ""
        ids[old] = link.attrs["id"] = f"fnref-{scope}-{order}"
    for link in body.css("a[data-footnote-ref], a[data-footnote-backref]"):
        target = (link.attributes.get("href") or "").removeprefix("#")
        link.attrs["href"] = f"#{ids.get(target, '')}"
    for back in body.css("a[data-footnote-backref]"):
        shown = back.attributes.get("data-footnote-backref-idx") or ""
        back.attrs["aria-label"] = _("Back to reference %(number)s") % {"number": shown}


def is_reference(node: LexborNode) -> bool:
    """Return whether a text node is the number of a note or the way back from it."""
    parent = node.parent
    while parent is not None and parent.tag in ("sup", "a"):
        if parent.tag == "a" and (parent.attributes.get("href") or "").startswith("#fn"):
            return True
        parent = parent.parent
    return False
