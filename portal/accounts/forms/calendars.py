"""The form of a business calendar: the site's, and a team's own."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.core.calendar.calendars import country_names, subdivisions_of
from portal.core.calendar.day_lines import MOST_LINES, BadLine, parse_days, write_days
from portal.core.calendar.upcoming import longest_rest
from portal.core.time import MINUTES_A_DAY, Calendar, Days

CLOCK: Final = re.compile(r"^(\d{1,2})[:：](\d{2})$")
YEARS_LOOKED_AT: Final = 10
YEARS_BACK: Final = timedelta(days=2 * 365)  # what is late is looked for that way
MOST_DAYS_SHUT: Final = 60
DAYS_HELP: Final = _lazy(
    "One line each: 2026-08-13 Summer break, several days as 2026-08-13..2026-08-15, "
    "every year as 12-29..01-03."
)


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones()) if name != "localtime"]


def _countries() -> list[tuple[str, str]]:
    rows = sorted(country_names().items(), key=lambda row: row[1])
    return [("", _("No public holidays")), *((code, f"{name} ({code})") for code, name in rows)]


def _written(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class ClockField(forms.CharField):
    """A time of day up to 24:00, kept as minutes after midnight."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "09:00"})
        super().__init__(max_length=8, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        found = CLOCK.match(super().clean(value))
        hours, minutes = (int(found[1]), int(found[2])) if found else (99, 99)
        if minutes > 59 or hours * 60 + minutes > MINUTES_A_DAY:
            raise ValidationError(_("Write the time like 09:00, at most 24:00."))
        return hours * 60 + minutes


class DaysField(forms.CharField):
    """Days, a line each."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4})
        super().__init__(max_length=8_000, required=False, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        try:
            days = parse_days(super().clean(value))
        except BadLine as error:
            raise ValidationError(
                _("“%(line)s” is no day. Write 2026-08-13, or 12-29..01-03 for every year."),
                params={"line": error.line[:60]},
            ) from error
        if len(days) > MOST_LINES:
            raise ValidationError(_("At most %(n)s lines, please."), params={"n": MOST_LINES})
        return days


class CalendarForm(forms.Form):
    """Where and when an office is open."""

    zone_name = forms.ChoiceField(
        label=_lazy("Time zone"),
        choices=_zones,
        help_text=_lazy("Days begin and end by its clocks, summer time included."),
    )
    country = forms.ChoiceField(
        label=_lazy("Public holidays of"), choices=_countries, required=False
    )
    subdivision = forms.CharField(
        label=_lazy("Region"),
        required=False,
        max_length=10,
        help_text=_lazy("Only where regions have holidays of their own, such as ENG or BY."),
    )
    weekdays = forms.MultipleChoiceField(
        label=_lazy("Working days"),
        choices=[(str(number + 1), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _lazy("Choose at least one working day.")},
    )
    opens = ClockField(label=_lazy("Opens"))
    closes = ClockField(label=_lazy("Closes"))
    closed_days = DaysField(label=_lazy("Also closed"), help_text=DAYS_HELP)
    open_days = DaysField(
        label=_lazy("Open all the same"),
        help_text=_lazy("Working Saturdays and the like. These days win over everything above."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @staticmethod
    def initial_of(calendar: Calendar) -> dict[str, Any]:
        """Return a calendar as the form shows it."""
        return {
            "zone_name": calendar.zone_name,
            "country": calendar.country,
            "subdivision": calendar.subdivision,
            "weekdays": [str(day) for day in sorted(calendar.weekdays)],
            "opens": _written(calendar.opens),
            "closes": _written(calendar.closes),
            "closed_days": write_days(calendar.closed_days),
            "open_days": write_days(calendar.open_days),
        }

    def clean_subdivision(self) -> str:
        given: str = self.cleaned_data["subdivision"].strip().upper()
        country = self.cleaned_data.get("country", "")
        known = subdivisions_of(country)
        if given and given not in known:
            raise ValidationError(
                _("This country has these regions: %(codes)s.")
                if known
                else _("This country has no regions with holidays of their own; leave it empty."),
                params={"codes": ", ".join(known)},
            )
        return given

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if {"opens", "closes"} <= data.keys() and data["opens"] >= data["closes"]:
            self.add_error("closes", _("It must close after it opens, on the same day."))
        for name in ("closed_days", "open_days"):
            self._check_years(name, data.get(name, ()))
        if not self.errors:
            self._check_rest()
        return data

    def _check_years(self, name: str, days: tuple[Days, ...]) -> None:
        last = self.today.year + YEARS_LOOKED_AT - 1
        if any(each.last.year > last for each in days if not each.yearly):
            self.add_error(name, _("Write no day after the year %(year)s.") % {"year": last})

    def _check_rest(self) -> None:
        begins, days = longest_rest(self.calendar, self.today - YEARS_BACK, YEARS_LOOKED_AT + 2)
        if days > MOST_DAYS_SHUT:
            self.add_error(
                "closed_days",
                _("No working day for %(days)s days from %(day)s. Nothing could fall due.")
                % {"days": days, "day": begins.isoformat()},
            )

    @property
    def calendar(self) -> Calendar:
        """What was typed, once it is valid."""
        data = self.cleaned_data
        return Calendar(
            zone_name=data["zone_name"],
            country=data["country"],
            subdivision=data["subdivision"] if data["country"] else "",
            weekdays=frozenset(int(day) for day in data["weekdays"]),
            opens=data["opens"],
            closes=data["closes"],
            closed_days=data["closed_days"],
            open_days=data["open_days"],
        )
