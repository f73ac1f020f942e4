"""Parsing amounts, dates and domains as people and systems write them; one deal mapping for JSON
and tables.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from referrals.forms.programs import to_major, to_minor
from referrals.inbound.crm import DEFAULTS, DealMapping, Deals
from referrals.inbound.parsed import ParseError
from referrals.inbound.values import company_domain, dig, minor_units, moment, not_later

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("given", "currency", "amount"),
    [
        ("1,200,000", "JPY", 1_200_000),
        ("￥１２，０００", "JPY", 12_000),
        ("1200円", "JPY", 1_200),
        ("1200.00", "JPY", 1_200),
        ("1200.5", "JPY", None),
        (20000.5, "USD", 2_000_050),
        ("$1,200.50", "USD", 120_050),
        ("1.200,50 €", "EUR", 120_050),
        ("1200,50", "EUR", 120_050),
        ("USD 10", "USD", 1_000),
        ("1.5", "KWD", 1_500),
        ("0", "JPY", 0),
        ("-5", "USD", -500),
        ("", "JPY", None),
        ("四百万", "JPY", None),
        ("1e9", "USD", None),
        ("NaN", "USD", None),
        ("9" * 30, "JPY", None),
        (True, "JPY", None),
        (None, "JPY", None),
        ({}, "JPY", None),
        ("1.001", "USD", None),
    ],
)
def test_amounts(given: Any, currency: str, amount: int | None) -> None:
    assert minor_units(given, currency) == amount


@pytest.mark.parametrize(
    ("given", "iso"),
    [
        ("2026/11/19", "2026-11-18T15:00:00+00:00"),
        ("2026年11月19日", "2026-11-18T15:00:00+00:00"),
        ("2026-11-19T10:00:00Z", "2026-11-19T10:00:00+00:00"),
        ("2026-11-19 10:00", "2026-11-19T01:00:00+00:00"),
        (1_795_622_400, "2026-11-25T16:00:00+00:00"),
        ("1795622400000", "2026-11-25T16:00:00+00:00"),
        ("２０２６／１１／１９", "2026-11-18T15:00:00+00:00"),
        ("19 Nov", None),
        ("", None),
        (None, None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        (True, None),
        ("2026-02-30", None),
    ],
)
def test_dates(given: Any, iso: str | None) -> None:
    found = moment(given, TOKYO)
    assert (found.isoformat() if found else None) == iso


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
    assert minor_units(amount, currency) == minor
    assert to_minor(Decimal(amount), currency) == minor
    assert to_major(minor, currency) == Decimal(amount)
    with pytest.raises(ValueError, match="0001"):
        to_minor(Decimal("0.0001"), currency)
