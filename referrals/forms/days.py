"""Date fields: within what the calendar and the database hold and, for a deadline, in the
future.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import time
from portal.core.calendar.calendars import site_calendar

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
FAR_DAYS: Final = 366


def check_day(day: date) -> None:
    """Raise ValidationError for a year nobody means: 0001 and 9999 break whatever reckons with
    them.
    """
    if not FIRST <= day <= LAST:
        raise forms.ValidationError(_("Choose a day between 2000 and 2100, or leave it empty."))


def check_promise(day: date) -> None:
    """Raise ValidationError for a day that is over, or so far away that it promises nothing."""
    ahead = (day - time.day_of(time.now(), site_calendar())).days
    if ahead > FAR_DAYS or ahead < 0 or evening_of(day) <= time.now():
        raise forms.ValidationError(_("Choose a day to come, within a year."))


def evening_of(day: date) -> datetime:
    """Return the end of our working day."""
    return time.closing_of(day, site_calendar())


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(
        label=label, widget=widget, **{"required": False, "validators": [check_day], **options}
    )


def promise_field(label: Any, **options: Any) -> forms.DateField:
    return day_field(label, validators=[check_promise], **options)
