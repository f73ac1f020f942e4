"""Written amounts: the right one or none, in whatever country the spreadsheet was made."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text.amounts import (
    CONFLICT,
    MOST,
    OPEN,
    BadAmount,
    decide_decimal,
    read_currency,
    read_money,
)
from portal.core.text.currencies import MONEY, digits_of

GROUPS = {".": (",", "'", "’", " ", "\u00a0", "\u202f", ""), ",": (".", "'", " ", "\u202f", "")}
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


def read(text: str, currency: str, decimal: str = "") -> int | str:
    try:
        return read_money(text, currency=currency, decimal=decimal)[0]
    except BadAmount as error:
        return error.reason


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("\\1,200,000", "JPY", 1_200_000),
        ("¥1,200,000", "JPY", 1_200_000),
        ("￥１，２００，０００", "JPY", 1_200_000),
        ("1,200,000円", "JPY", 1_200_000),
        ("JPY 1,200", "JPY", 1_200),
        ("¥1,200 JPY", "JPY", 1_200),
        ("1 200,50", "EUR", 120_050),
        ("1\u00a0200,50 €", "EUR", 120_050),
        ("1\u202f200\u202f300,50", "EUR", 120_030_050),
        ("1'200.50", "CHF", 120_050),
        ("CHF 1’200.50", "CHF", 120_050),
        ("1.200,50", "EUR", 120_050),
        ("0,5", "EUR", 50),
        ("0,500", "EUR", 50),
        ("1200,000", "EUR", 120_000),
        (".5", "USD", 50),
        ("(1,200.00)", "USD", -120_000),
        ("-1,200", "JPY", -1_200),
        ("1,200-", "JPY", -1_200),
        ("−1200", "JPY", -1_200),
        ("▲1,200", "JPY", -1_200),
        ("－１２００", "JPY", -1_200),
        ("+1200", "JPY", 1_200),
        ("12,34,567.00", "INR", 123_456_700),
        ("1200.00", "JPY", 1_200),
        ("1.5", "KWD", 1_500),
        ("0", "JPY", 0),
        ("1,200", "JPY", 1_200),  # yen have no decimals
        ("1.200", "JPY", 1_200),
        ("1,200", "EUR", "ambiguous_amount"),
        ("1.200", "EUR", "ambiguous_amount"),
        ("1.200", "KWD", "ambiguous_amount"),
        ("1.000", "JPY", "ambiguous_amount"),
        ("1,20,0", "JPY", "bad_grouping"),
        ("1,20,000", "JPY", "bad_grouping"),
        ("1 200 50", "USD", "bad_grouping"),
        ("1,200 000.5", "USD", "bad_grouping"),
        ("1.200.00", "EUR", "bad_grouping"),
        ("12\u00a05", "USD", "bad_grouping"),
        ("1200.5", "JPY", "too_many_decimals"),
        ("1.0001", "USD", "too_many_decimals"),
        ("1.2E+06", "JPY", "shortened_amount"),
        ("1e3", "USD", "shortened_amount"),
        ("9" * 20, "JPY", "amount_too_large"),
        ("9" * 90, "JPY", "amount_too_large"),
        (str(MOST + 1), "JPY", "amount_too_large"),
        ("$5", "JPY", "other_currency"),
        ("€5", "USD", "other_currency"),
        ("EUR 5 JPY", "JPY", "other_currency"),
        ("NaN", "USD", "no_amount"),
        ("Infinity", "USD", "no_amount"),
        ("", "USD", "no_amount"),
        ("-", "USD", "no_amount"),
        ("5.", "USD", "no_amount"),
        ("--5", "USD", "no_amount"),
        ("(-5)", "USD", "no_amount"),
        ("1_000", "USD", "no_amount"),
        ("٣", "USD", "no_amount"),
        ("½", "USD", "no_amount"),
        ("四百万", "JPY", "no_amount"),
        ("120万", "JPY", "no_amount"),
        ("1.2M", "USD", "no_amount"),
        ("#N/A", "USD", "no_amount"),
        ("5 or 6", "USD", "no_amount"),
        ("1,200\n300", "JPY", "no_amount"),
    ],
)
def test_a_single_amount(text: str, currency: str, amount: int | str) -> None:
    assert read(text, currency) == amount


@pytest.mark.parametrize(
    ("column", "currency", "sign"),
    [
        (["1200,5", "1.200", "1.200,50", "0,5"], "EUR", ","),
        (["1.200", "1200.5"], "USD", "."),
        (["1,200", "1,200,000"], "USD", "."),
        (["1.200", "1.200.000"], "EUR", ","),
        (["1 200", "1'200"], "CHF", ""),
        (["1200", "5"], "EUR", ""),
        (["1.200", "3.400"], "EUR", OPEN),
        (["1,200", "3,400", "n/a"], "USD", OPEN),
        (["1,200"], "JPY", "."),
        (["1200,5", "1200.5"], "EUR", CONFLICT),
        (["1,20,0", "1.2.3", "1,200"], "EUR", OPEN),  # what is misspelled shows nothing
    ],
)
def test_the_sign_of_a_column(column: list[str], currency: str, sign: str) -> None:
    assert decide_decimal((text, currency) for text in column) == sign


def test_a_column_read_with_its_sign() -> None:
    column = ["1200,5", "1.200", "1.200,50", "0,5"]
    assert [read(text, "EUR", ",") for text in column] == [120_050, 120_000, 120_050, 50]
    assert [read(text, "EUR", ".") for text in column] == [
        "bad_grouping",
        120,
        "bad_grouping",
        "bad_grouping",
    ]


@pytest.mark.parametrize(
    ("text", "default", "found"),
    [
        ("JPY", "EUR", "JPY"),
        ("jpy", "EUR", "JPY"),
        ("JPY - Japanese Yen", "EUR", "JPY"),
        ("円", "EUR", "JPY"),
        ("日本円", "EUR", "JPY"),
        ("¥", "EUR", "JPY"),
        ("￥", "CNY", "CNY"),
        ("US$", "JPY", "USD"),
        ("$", "CAD", "CAD"),
        ("$", "JPY", ""),
        ("JPYX", "JPY", ""),
        ("PTS", "JPY", ""),
        ("12", "JPY", ""),
    ],
)
def test_currencies(text: str, default: str, found: str) -> None:
    assert read_currency(text, default) == found


def test_an_amount_that_names_its_currency_is_not_taken_for_the_default() -> None:
    assert read_money("€1.200,50", currency="JPY", is_given=False) == (120_050, "EUR")
    assert read_money("¥1,200", currency="EUR", is_given=False) == (1_200, "JPY")
    with pytest.raises(BadAmount, match="other_currency"):
        read_money("$5", currency="JPY", is_given=False)  # which dollars?


amounts_of_money = st.integers(0, 10**14)
currencies = st.sampled_from(sorted(MONEY))
decimals = st.sampled_from([".", ","])


def written(minor: int, currency: str, decimal: str, group: str) -> str:
    digits = digits_of(currency)
    whole, part = divmod(minor, 10**digits)
    grouped = f"{whole:,}".replace(",", group)
    return grouped + (f"{decimal}{part:0{digits}d}" if digits else "")


@given(amounts_of_money, currencies, decimals, st.data(), st.booleans(), st.booleans())
def test_what_is_written_in_any_country_is_read_with_the_sign_of_its_file(
    minor: int, currency: str, decimal: str, data: st.DataObject, is_wide: bool, is_named: bool
) -> None:
    text = written(minor, currency, decimal, data.draw(st.sampled_from(GROUPS[decimal])))
    text = text.translate(WIDE) if is_wide else text
    text = f"{currency} {text}" if is_named else text
    assert read(text, currency, decimal) == minor
    assert read(f"-{text}", currency, decimal) == -minor


@given(st.lists(amounts_of_money, min_size=1, max_size=20), currencies, decimals, st.data())
def test_a_whole_column_is_right_or_asked(
    column: list[int], currency: str, decimal: str, data: st.DataObject
) -> None:
    group = data.draw(st.sampled_from(GROUPS[decimal]))
    texts = [written(minor, currency, decimal, group) for minor in column]
    sign = decide_decimal((text, currency) for text in texts)
    assert sign in (decimal, OPEN, ""), "one way of writing contradicts itself never"
    if sign == OPEN:  # asked, and then right
        sign = decimal
    assert [read(text, currency, sign) for text in texts] == column


@given(st.text(alphabet="0123456789.,' -()¥$€E\u00a0", max_size=14), currencies)
def test_no_text_is_read_as_two_amounts(text: str, currency: str) -> None:
    """What is read without being asked is read the same with the only sign that can read it."""
    alone = read(text, currency)
    if isinstance(alone, int):
        both = {read(text, currency, sign) for sign in ".,"}
        amounts = {one for one in both if isinstance(one, int)}
        assert alone in amounts
        if digits_of(currency):
            assert len(amounts) == 1 or amounts == {alone}


@given(amounts_of_money, currencies)
def test_exact_decimals_keep_their_value(minor: int, currency: str) -> None:
    plain = f"{Decimal(minor).scaleb(-digits_of(currency)):f}"
    assert read(plain, currency, ".") == minor
