"""TeX to MathML, on the server: nothing is loaded, and screen readers can read it."""

from __future__ import annotations

import re
from functools import cache
from html import escape

from math_core import LatexError, LatexToMathML
from selectolax.lexbor import LexborHTMLParser

TAGS = frozenset(
    "math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace "
    "msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover".split()
)
ATTRIBUTES = frozenset(
    "accent accentunder columnspan depth display displaystyle fence form height largeop "
    "linethickness lspace mathvariant maxsize minsize movablelimits rowspan rspace scriptlevel "
    "separator stretchy symmetric voffset width".split()
)
# Style attributes are forbidden by the content security policy: the side of a cell is a class.
SIDE = re.compile("text-align: *(left|right)")
DEEPEST = 60  # brackets within brackets; nobody reads more


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def mathml(tex: str, *, is_display: bool) -> str | None:
    """Return a formula as MathML; None where it cannot be read."""
    if _depth(tex) > DEEPEST:
        return None
    try:
        made = _converter().convert_with_local_state(tex, displaystyle=is_display)
    except LatexError:
        return None
    if "style=" not in made:
        return made
    tree = LexborHTMLParser(made, is_fragment=True)
    for node in tree.css("[style]"):
        if side := SIDE.search(node.attributes.get("style") or ""):
            node.attrs["class"] = f"math-{side[1]}"
        del node.attrs["style"]
    return tree.html


def formula_html(tex: str, source: str, *, is_display: bool) -> str:
    """Return a formula as MathML, or its source as code."""
    return mathml(tex, is_display=is_display) or f"<code>{escape(source, quote=False)}</code>"


def _depth(tex: str) -> int:
    deepest = depth = 0
    for sign in tex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest
