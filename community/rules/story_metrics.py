"""Story metrics: a figure a customer states, before and after.

Parses numbers as people type them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Measured:
    """One result, not yet a row."""

    what: str
    before: Decimal
    after: Decimal
    unit: str = ""


def read_number(text: str) -> Decimal | None:
    """Read １，２００, 1,200 or -3.5; None for what is not a number, is too large or has more than
    two decimals.
    """
    plain = (
        unicodedata.normalize("NFKC", text)
        .strip()
        .replace(",", "")
        .replace("、", "")
        .replace("−", "-")
    )
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= LARGEST or number != round(number, 2):
        return None
    return number
