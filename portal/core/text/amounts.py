"""Amounts of money as people and spreadsheets write them: read exactly, or refused by a reason.

Which sign begins the decimals is decided once for all amounts of a column (`decide_decimal`), by
those that can be read in one way only. A single "1.200" can mean two amounts and is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portal.core.text.currencies import MONEY, digits_of

MOST: Final = 10**15  # minor units
LONGEST: Final = 60  # characters of a written amount; more is text
POINT, COMMA, CONFLICT, OPEN = ".", ",", "conflict", "open"

_SPACES: Final = "\u0020\u00a0\u2007\u2009\u202f\u3000"
_APOSTROPHES: Final = "'\u2019\u02bc\uff07"
_MINUS: Final = "-\u2212\u2010\u2011\u2012\u2013\uff0d\ufe63\u25b2\u25b3"  # also ▲ and △
_DOLLARS: Final = frozenset(
    "AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KYD LRD NAD NZD SBD SGD SRD TTD TWD USD XCD "
    "ARS CLP COP DOP MXN UYU".split()
)
_KRONER: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
SYMBOLS: Final[dict[str, frozenset[str]]] = {
    "US$": frozenset({"USD"}),
    "A$": frozenset({"AUD"}),
    "C$": frozenset({"CAD"}),
    "HK$": frozenset({"HKD"}),
    "NT$": frozenset({"TWD"}),
    "S$": frozenset({"SGD"}),
    "R$": frozenset({"BRL"}),
    "$": _DOLLARS,
    "¥": frozenset({"JPY", "CNY"}),
    "\\": frozenset({"JPY"}),  # what Shift_JIS has in the place of the backslash
    "日本円": frozenset({"JPY"}),
    "円": frozenset({"JPY"}),
    "元": frozenset({"CNY"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "₩": frozenset({"KRW"}),
    "₹": frozenset({"INR"}),
    "₫": frozenset({"VND"}),
    "฿": frozenset({"THB"}),
    "₱": frozenset({"PHP"}),
    "₽": frozenset({"RUB"}),
    "₺": frozenset({"TRY"}),
    "₴": frozenset({"UAH"}),
    "zł": frozenset({"PLN"}),
    "Kč": frozenset({"CZK"}),
    "kr": _KRONER,
    "Fr.": frozenset({"CHF"}),
}
_LAKHS: Final = frozenset("INR PKR BDT NPR LKR".split())  # written 12,34,567
_MARKS: Final = sorted(SYMBOLS, key=len, reverse=True)
_NUMBER: Final = re.compile(rf"[0-9][0-9.,{_SPACES}']*|[.,][0-9]+")


class BadAmount(ValueError):
    """An amount that cannot be read; `reason` is a key, never a sentence.

    no_amount, ambiguous_amount, bad_grouping, too_many_decimals, amount_too_large,
    shortened_amount, other_currency.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Written:
    """An amount taken apart: its sign, its digits with their separators, and what it names."""

    is_negative: bool
    number: str
    currencies: frozenset[str] | None = None  # None: it names no currency


def take_apart(text: str) -> Written:
    """Return sign, number and currency of a written amount. Raises BadAmount."""
    plain = _plain(text)
    if len(plain) > LONGEST:
        raise BadAmount("amount_too_large" if re.fullmatch(r"[0-9.,]+", plain) else "no_amount")
    brackets = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].strip() if brackets else plain
    plain, before = _without_sign(plain)
    plain, currencies = _without_currency(plain)
    plain, after = _without_sign(plain)
    if brackets + before + after > 1:
        raise BadAmount("no_amount")
    if re.fullmatch(r"[0-9.,]+[eE][+-]?[0-9]+", plain):
        raise BadAmount("shortened_amount")
    if not _NUMBER.fullmatch(plain):
        raise BadAmount("no_amount")
    return Written(brackets or before or after, plain, currencies)


def _plain(text: str) -> str:
    """Return text with the signs of one width: full-width digits, yen and brackets too."""
    wide = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uffe6" else c for c in text
    )
    plain = re.sub(f"[{_MINUS}]", "-", wide)
    return re.sub(f"[{_APOSTROPHES}]", "'", plain).strip(_SPACES + "\t\r\n")


def _without_sign(plain: str) -> tuple[str, bool]:
    """Return text without one minus at either end; a plus before it says nothing."""
    if plain.startswith("-"):
        return plain[1:].strip(_SPACES), True
    if plain.endswith("-"):
        return plain[:-1].strip(_SPACES), True
    return plain.removeprefix("+").strip(_SPACES), False


def _without_currency(plain: str) -> tuple[str, frozenset[str] | None]:
    """Return text without the currencies it names at its ends ("¥1,200 JPY" names one twice)."""
    found: frozenset[str] | None = None
    for _end in range(2):
        match = re.match(r"([A-Z]{3})(?![A-Za-z$])", plain) or re.search(
            r"(?<![A-Za-z])([A-Z]{3})$", plain
        )
        named = frozenset({match[1]}) if match and match[1] in MONEY else None
        mark = match[1] if match and named else ""
        if named is None:
            mark = next((m for m in _MARKS if plain.startswith(m) or plain.endswith(m)), "")
            named = SYMBOLS.get(mark)
        if named is None:
            break
        cut = plain[len(mark) :] if plain.startswith(mark) else plain[: -len(mark)]
        plain = cut.strip(_SPACES)
        found = named if found is None else found & named
    return plain, found


def read_money(
    text: str, *, currency: str, decimal: str = "", is_given: bool = True
) -> tuple[int, str]:
    """Return a written amount in minor units, and its currency. Raises BadAmount.

    `decimal` is the sign before decimals ("." or ","). Without it only an amount that can be read
    in one way is. `is_given` is false when the currency is a default, see `currency_of`.
    """
    written = take_apart(text)
    currency = currency_of(written, currency, is_given=is_given)
    sign = decimal or _only_reading(written.number, currency)
    whole, fraction = _split(written.number, sign, currency)
    digits = digits_of(currency)
    kept, rest = fraction[:digits], fraction[digits:]
    if rest.strip("0"):
        raise BadAmount("too_many_decimals")
    if len(whole.lstrip("0")) > 16:
        raise BadAmount("amount_too_large")
    amount = int(whole + kept.ljust(digits, "0"))
    if amount > MOST:
        raise BadAmount("amount_too_large")
    return -amount if written.is_negative else amount, currency


def to_plain(text: str, *, decimal: str) -> str:
    """Return a written amount that names no currency as plain digits: "-1234.50".

    Raises BadAmount.
    """
    written = take_apart(text)
    if written.currencies is not None:
        raise BadAmount("other_currency")
    whole, fraction = _split(written.number, decimal, "")
    return f"{'-' if written.is_negative else ''}{whole}" + (f".{fraction}" if fraction else "")


def read_currency(text: str, default: str) -> str:
    """Return the code of a currency as a table writes it ("JPY - Yen", "円", "US$"); "" for none.

    `default` decides between those that share a sign.
    """
    plain = _plain(text)
    code = re.fullmatch(r"([A-Za-z]{3})(?:\s*[-:(/].*)?", plain)
    if code and code[1].upper() in MONEY:
        return code[1].upper()
    named = SYMBOLS.get(plain, frozenset())
    if default in named:
        return default
    if named == SYMBOLS["¥"]:
        return "JPY"
    return next(iter(named)) if len(named) == 1 else ""


def currency_of(written: Written, currency: str, *, is_given: bool = True) -> str:
    """Return the currency of an amount beside which `currency` stands.

    What the amount itself names must agree. Where `currency` is only the default of a source, the
    amount's own counts, when it names exactly one. Raises BadAmount.
    """
    named = written.currencies
    if named is None or currency in named:
        return currency
    if not is_given and named == SYMBOLS["¥"]:
        return "JPY"
    if is_given or len(named) != 1:
        raise BadAmount("other_currency")
    return next(iter(named))


def _split(number: str, decimal: str, currency: str) -> tuple[str, str]:
    """Return the digits before and after the decimal sign. Raises BadAmount."""
    whole, sign, fraction = number.partition(decimal) if decimal else (number, "", "")
    if not re.fullmatch("[0-9]*", fraction):
        raise BadAmount("bad_grouping")
    if sign and not fraction:
        raise BadAmount("no_amount")
    separators = set(re.sub("[0-9]", "", whole))
    if len(separators) > 1 and not separators <= set(_SPACES):
        raise BadAmount("bad_grouping")
    groups = re.split("[^0-9]", whole)
    if len(groups) > 1 and not _is_grouped(groups, currency):
        raise BadAmount("bad_grouping")
    return "".join(groups) or "0", fraction


def _is_grouped(groups: list[str], currency: str) -> bool:
    first, *rest = groups
    if not 1 <= len(first) <= 3 or first.startswith("0"):
        return False
    if all(len(group) == 3 for group in rest):
        return True
    lakhs = len(first) <= 2 and len(rest[-1]) == 3 and all(len(one) == 2 for one in rest[:-1])
    return currency in _LAKHS and lakhs


def _only_reading(number: str, currency: str) -> str:
    """Return the decimal sign of a number that stands alone. Raises BadAmount if it has two."""
    evidence = evidence_of(number, currency)
    if evidence == OPEN:
        raise BadAmount("ambiguous_amount")
    return evidence


def evidence_of(number: str, currency: str) -> str:
    """Return which decimal sign a number shows: POINT, COMMA, "" when it has neither sign, OPEN
    when it can be read with both.
    """
    signs = [c for c in number if c in ".,"]
    if not signs:
        return ""
    if len(set(signs)) == 2:
        return signs[-1]
    sign, other = signs[0], COMMA if signs[0] == POINT else POINT
    if len(signs) > 1:  # a sign that comes twice groups
        return other
    whole, _, fraction = number.partition(sign)
    if len(fraction) != 3 or not re.fullmatch("[1-9][0-9]{0,2}", whole):
        return sign
    # "1,200" yen can only be grouped; "1.000" might come from a system that writes three decimals
    is_whole = digits_of(currency) == 0 and (sign == COMMA or fraction != "000")
    return other if is_whole else OPEN


def decide_decimal(amounts: Iterable[tuple[str, str]]) -> str:
    """Return the decimal sign of a column of (amount, currency).

    "" when no amount has a separator, OPEN when all that have one can be read in two ways,
    CONFLICT when some show the point and others the comma.
    """
    seen = {_shown_by(text, currency) for text, currency in amounts}
    shown = seen & {POINT, COMMA}
    if len(shown) == 2:
        return CONFLICT
    return next(iter(shown), OPEN if OPEN in seen else "")


def _shown_by(text: str, currency: str) -> str:
    """Return the evidence of one amount; what cannot be read as an amount shows nothing."""
    try:
        written = take_apart(text)
        currency = currency_of(written, currency, is_given=False)
        evidence = evidence_of(written.number, currency)
        if evidence in (POINT, COMMA):
            read_money(text, currency=currency, decimal=evidence)
    except BadAmount:
        return ""
    return evidence
