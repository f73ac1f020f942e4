"""Story metrics: parsing what customers type, formatting for readers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from community.models import StoryResult
from community.models.stories import figure
from community.rules.story_metrics import read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("120", "120"),
        ("１２０", "120"),
        ("1,250", "1250"),
        ("１，２５０", "1250"),
        ("3.5", "3.5"),
        ("３．５", "3.5"),
        ("0", "0"),
        ("−4", "-4"),
        (" 7 ", "7"),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["約3日", "abc", "", "1e20", "9999999999999", "0.125", "NaN", "Infinity", "三日"]
)
def test_what_is_not_a_plain_number_is_refused(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("6", "1", "−83%"),
        ("2", "20", "+900%"),
        ("0", "318", ""),
        ("5", "5", ""),
        ("-3", "4", ""),
        ("1000", "999", ""),
    ],
)
def test_the_change_is_said_where_it_means_something(before: str, after: str, change: str) -> None:
    assert StoryResult(before=Decimal(before), after=Decimal(after)).change == change


def test_figures_are_written_plainly() -> None:
    assert [figure(Decimal(text)) for text in ("1250.00", "3.50", "-0.25", "0.00", "100")] == [
        "1,250",
        "3.5",
        "−0.25",
        "0",
        "100",
    ]
