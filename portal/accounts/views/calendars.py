"""The page of a business calendar: the site's, and, for the app of teams, a team's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts import services
from portal.accounts.forms.calendars import CalendarForm
from portal.accounts.permissions import administrator_required, is_member
from portal.core import time
from portal.core.calendar import calendars
from portal.core.calendar.upcoming import Stretch, departures
from portal.core.templatetags.display import long_date
from portal.core.time import Calendar

SHOWN_DAYS = 12
EXAMPLE_HOURS = 4


@dataclass(frozen=True)
class Page:
    """Whose calendar a page is about, and where it stands."""

    name: str
    title: str
    url: str
    back_url: str
    back_title: str


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest) -> HttpResponse:
    """When this installation works: zone, holidays and hours."""
    page = Page(
        calendars.SITE,
        _("Working hours and holidays"),
        reverse("accounts:calendar"),
        reverse("portal:staff_settings"),
        _("Settings"),
    )
    return calendar_page(request, page)


def calendar_page(request: HttpRequest, page: Page) -> HttpResponse:
    """Show, check or save one calendar. The caller has checked that an administrator asks."""
    assert is_member(request.user)
    saved = calendars.read_all()
    current = saved.get(page.name) or saved.get(calendars.SITE) or calendars.default_calendar()
    now = time.now()
    if request.method == "POST" and "drop" in request.POST:
        services.drop_calendar(name=page.name, url=page.url, actor=request.user, now=now)
        messages.success(request, _("The site's working hours hold here again."))
        return redirect(page.url)
    form = CalendarForm(
        request.POST or None,
        initial=CalendarForm.initial_of(current),
        today=time.day_of(now, current),
    )
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and "check" not in request.POST:
        services.save_calendar(
            name=page.name, calendar=form.calendar, url=page.url, actor=request.user, now=now
        )
        messages.success(request, _("The working hours were saved."))
        return redirect(page.url)
    context = {
        "page": page,
        "form": form,
        "is_own": page.name != calendars.SITE and page.name in saved,
        "is_team": page.name != calendars.SITE,
        "is_unsaved": is_valid,
        **_understood(form.calendar if is_valid else current),
    }
    return render(request, "accounts/calendar.html", context, status=422 if form.errors else 200)


def _understood(calendar: Calendar) -> dict[str, Any]:
    """Return what the page says of a calendar: its next special days and a worked example."""
    now = time.now()
    today = time.day_of(now, calendar)
    due = time.business_due(now, EXAMPLE_HOURS, calendar).astimezone(calendar.zone)
    local = now.astimezone(calendar.zone)
    language = translation.get_language() or ""
    return {
        "calendar": calendar,
        "local": local,
        "days": [_told(row) for row in departures(calendar, today, language, SHOWN_DAYS)],
        "hours": EXAMPLE_HOURS,
        "due": due,
        "due_day": _day(due.date()),
    }


def _told(stretch: Stretch) -> dict[str, str]:
    when = _day(stretch.first)
    if stretch.last != stretch.first:
        when = f"{when} – {_day(stretch.last)}"
    kinds = {"holiday": _("Public holiday"), "closed": _("Office closed"), "open": _("Office open")}
    return {
        "when": when,
        "label": stretch.label,
        "kind": stretch.kind,
        "kind_label": kinds[stretch.kind],
    }


def _day(day: date) -> str:
    return f"{long_date(day)} ({WEEKDAYS_ABBR[day.weekday()]})"
