"""Parsing amounts, dates and domains as people and systems write them; one deal mapping for JSON
and tables.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from rest_framework import serializers

from portal.core.text.amounts import BadAmount
from portal.core.text.dates import BadDate
from portal.core.web.money_fields import MinorUnitsField, MoneyField, to_major, to_minor
from referrals.inbound.crm import DEFAULTS, DealMapping, Deals
from referrals.inbound.parsed import ParseError
from referrals.inbound.values import company_domain, dig, moment, money, not_later

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("given", "currency", "amount"),
    [
        ("1,200,000", "JPY", 1_200_000),
        (20000.5, "USD", 2_000_050),
        (1200, "USD", 120_000),
        (1.234, "KWD", 1_234),  # a number of JSON is exact: it has no groups
        ("1200.50", "USD", 120_050),
        (1.2345, "USD", "too_many_decimals"),
        (0.1 + 0.2, "USD", "too_many_decimals"),
        (1e30, "USD", "shortened_amount"),
        (float("nan"), "USD", "no_amount"),
        ("1_000", "USD", "no_amount"),
        ("1e3", "USD", "shortened_amount"),
        (True, "JPY", "no_amount"),
        (None, "JPY", "no_amount"),
        ({}, "JPY", "no_amount"),
    ],
)
def test_amounts(given: Any, currency: str, amount: int | str) -> None:
    if isinstance(amount, int):
        assert money(given, currency) == (amount, currency)
    else:
        with pytest.raises(BadAmount, match=amount):
            money(given, currency)


@pytest.mark.parametrize("given", [True, {}, [], "", None, "19 Nov"])
def test_what_is_no_date(given: Any) -> None:
    with pytest.raises(BadDate):
        moment(given, TOKYO)


def test_a_date_in_the_future_is_a_hope() -> None:
    assert not_later(moment("2027/01/01"), NOW) is None
    assert not_later(moment("2026/01/01"), NOW) is not None


@pytest.mark.parametrize(
    ("given", "domain"),
    [
        ("info@mail.aoba.co.jp", "aoba.co.jp"),
        ("https://www.Aoba.example/about?x=1", "aoba.example"),
        ("aoba.example.", "aoba.example"),
        ("someone@gmail.com", ""),
        ("青葉.jp", "xn--6s1au30b.jp"),
        ("localhost", ""),
        ("a b.example", ""),
        ("", ""),
        (None, ""),
        ("http://[::1]/", ""),
        ("😀", ""),
        ("x" * 300 + ".example", ""),
    ],
)
def test_domains(given: Any, domain: str) -> None:
    assert company_domain(given) == domain


def test_digging_ends_softly() -> None:
    data = {"a": {"value": {"b": [1, {"c": 2}]}}}
    assert dig(data, "a.b.1.c") == 2
    assert dig(data, "a.b.9") is None
    assert dig([], "a") is None


def deals(kind: str, **more: Any) -> Deals:
    mapping = DealMapping.of({**DEFAULTS[kind], "currency": "JPY"})
    return Deals(mapping, kind, "friends", NOW, TOKYO, **more)


def test_one_mapping_reads_a_webhook_and_a_table_alike() -> None:
    told = deals("hubspot").read(
        {
            "properties": {
                "hs_object_id": "7",
                "dealstage": "closedwon",
                "amount": "5000",
                "domain": "aoba.example",
            }
        }
    )
    header = ["Record ID", "Deal Stage", "Amount", "Company domain name"]
    reader = deals("hubspot")
    columns = reader.mapping.columns(header)
    assert columns == {
        "deal": "Record ID",
        "stage": "Deal Stage",
        "amount": "Amount",
        "domain": "Company domain name",
    }
    row = dict(zip(header, ("7", "Closed Won", "5,000", "www.aoba.example"), strict=True))
    assert reader.read_one(lambda name: row.get(columns.get(name, ""))).facts == told.facts


@pytest.mark.parametrize(
    ("payload", "note"),
    [
        ({}, "no_deal"),
        ([], "no_deal"),
        ("x", "no_deal"),
        ([{}] * 101, "no_deal"),
        ({"Id": "1"}, "no_stage"),
        ({"Id": "1", "StageName": "?"}, "unknown_stage: ?"),
        ({"Id": "1", "StageName": "Closed Won"}, "no_company"),
        (
            {"Id": "1", "StageName": "Closed Won", "Website": "a.example", "Amount": "much"},
            "no_amount: much",
        ),
        (
            {
                "Id": "1",
                "StageName": "Closed Won",
                "Website": "a.example",
                "Amount": 1,
                "CurrencyIsoCode": "12",
            },
            "no_currency: 12",
        ),
        (
            {
                "Id": "1",
                "StageName": "Closed Won",
                "Website": "a.example",
                "Amount": "1.200",
                "CurrencyIsoCode": "EUR",
            },
            "ambiguous_amount: 1.200",
        ),
        (
            {"Id": "1", "StageName": "Closed Won", "Website": "a.example", "Amount": -5},
            "negative_amount: -5",
        ),
        ({"Id": "1.23E+12", "StageName": "Closed Won"}, "shortened_id: 1.23E+12"),
    ],
)
def test_what_cannot_be_read_says_why(payload: Any, note: str) -> None:
    with pytest.raises(ParseError) as refused:
        deals("salesforce").read(payload)
    assert str(refused.value) == note


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1234.5", "USD", 123_450),
        ("1234", "JPY", 1_234),
        ("50000", "VND", 50_000),
        ("1.234", "KWD", 1_234),
        ("500", "PTS", 500),
    ],
)
def test_what_is_read_written_and_shown_agrees_on_minor_units(
    amount: str, currency: str, minor: int
) -> None:
    assert money(amount, currency, decimal=".") == (minor, currency)
    assert to_minor(Decimal(amount), currency) == minor
    assert to_major(minor, currency) == Decimal(amount)
    with pytest.raises(ValueError, match="0001"):
        to_minor(Decimal("0.0001"), currency)


def test_three_decimals_of_a_currency_with_two_are_refused_in_a_form() -> None:
    with pytest.raises(ValueError, match=r"1\.200"):
        to_minor(Decimal("1.200"), "EUR")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,000", "1000"),
        ("１，０００", "1000"),
        ("1 000.50", "1000.50"),
        ("1234.5", "1234.5"),
        ("", None),
        ("1,00", "!"),
        ("1.000,5", "!"),
        ("$5", "!"),
        ("1e3", "!"),
        ("1_000", "!"),
        ("-5", "!"),
    ],
)
def test_what_people_type_into_a_form(typed: str, value: str | None) -> None:
    field = MoneyField()
    if value == "!":
        with pytest.raises(ValidationError):
            field.clean(typed)
    else:
        assert field.clean(typed) == (Decimal(value) if value else None)


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        (1000, 1000),
        ("1000", 1000),
        (10**15, 10**15),
        (1000.0, None),
        (1000.5, None),
        ("1_000", None),
        ("1e3", None),
        ("1000.0", None),
        ("１０００", None),
        (" 1000", None),
        (True, None),
        (0, None),
        (-5, None),
        (10**15 + 1, None),
        ([1000], None),
    ],
)
def test_minor_units_of_the_api_are_integers(sent: Any, value: int | None) -> None:
    field = MinorUnitsField()
    if value is None:
        with pytest.raises(serializers.ValidationError):
            field.run_validation(sent)
    else:
        assert field.run_validation(sent) == value
