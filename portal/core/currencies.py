"""How many digits the minor unit of a currency has. The one list: amounts are read, written and shown by it."""

from __future__ import annotations

from typing import Final

WITHOUT_MINOR_UNIT: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PTS PYG RWF UGX VND VUV XAF XOF XPF".split()  # PTS: our points
)
WITH_MILLS: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def digits_of(currency: str) -> int:
    """Return 0 for yen, 2 for dollars, 3 for dinars."""
    return 0 if currency in WITHOUT_MINOR_UNIT else 3 if currency in WITH_MILLS else 2
