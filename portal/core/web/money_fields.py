"""Amounts of money in forms and in the API: what people type is read exactly or refused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from portal.core.text.amounts import MOST, BadAmount, to_plain
from portal.core.text.currencies import digits_of

REASONS: Final = {
    "bad_grouping": _("The digits are grouped wrongly. Write it as 1,234,567."),
    "shortened_amount": _("Write the amount in full, without an exponent."),
}


class MoneyField(forms.DecimalField):
    """An amount as people type it: "1,000", full-width digits and all. The form has its currency,
    so the field takes none: "$1,000" among yen would be another amount.
    """

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{"required": False, "min_value": 0, "max_digits": 14, "decimal_places": 3, **options}
        )

    def to_python(  # type: ignore[override]  # the base class of DecimalField returns integers
        self, value: Any
    ) -> Decimal | None:
        if isinstance(value, str) and value.strip():
            try:
                value = to_plain(value, decimal=".")
            except BadAmount as error:
                message = REASONS.get(error.reason, _("Enter a number, without a currency."))
                raise forms.ValidationError(message, code="invalid") from error
        found: Decimal | None = super().to_python(value)
        return found

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


def to_minor(value: Decimal | None, currency: str) -> int | None:
    """Return an amount as people write it in minor units; None stays None.

    Raises ValueError for a part of a unit, and for three decimals where there are two: "1.200"
    euros were meant to be more.
    """
    if value is None:
        return None
    digits, exponent = digits_of(currency), value.as_tuple().exponent
    minor = value.scaleb(digits)
    if minor != minor.to_integral_value() or -int(exponent) > max(digits, 2):
        raise ValueError(str(value))
    return int(minor)


def to_major(amount: int | None, currency: str) -> Decimal | None:
    """Return minor units as people write them."""
    if amount is None:
        return None
    return Decimal(amount).scaleb(-digits_of(currency))


class MinorUnitsField(serializers.IntegerField):
    """An amount in minor units: an integer, or its digits. No fraction, exponent or other spelling
    that might mean another amount.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": MOST, **options})

    def to_internal_value(self, data: Any) -> int:
        is_integer = isinstance(data, int) and not isinstance(data, bool)
        if not is_integer and not (isinstance(data, str) and re.fullmatch("-?[0-9]{1,20}", data)):
            self.fail("invalid")
        return int(data)
