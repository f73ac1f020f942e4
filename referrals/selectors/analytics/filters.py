"""Analytics filters: a month of introduction, a program, a channel, a piece of content, a
referrer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.core.calendar.calendars import site_calendar
from portal.core.time import add_months, start_of_day
from referrals.models import ClickMonth, Milestones, Referral, ShareLog

WITHOUT_CLICK = ("named", "staff", "answer", "code")  # ways that need nobody to open a link
CHANNELS = ("link", *ShareLog.Channel.values, *WITHOUT_CLICK)


def begin_of(month: date) -> datetime:
    """Return the moment a month begins; months are the site's, whoever looks."""
    return start_of_day(month, site_calendar())


def end_of(month: date) -> datetime:
    """Return the moment a month is over."""
    return begin_of(months_before(month, -1))


def months_before(month: date, count: int) -> date:
    """Return the first day of the month so many months earlier."""
    return add_months(month, -count)


@dataclass(frozen=True)
class AnalyticsFilter:
    """The filters of a page; each is "" when it does not narrow.

    Every number under it obeys all of them.
    """

    cohort: str = ""
    program: str = ""
    channel: str = ""
    content: str = ""
    referrer: str = ""

    @property
    def month(self) -> date | None:
        return date.fromisoformat(f"{self.cohort}-01") if self.cohort else None

    @property
    def parts(self) -> dict[str, str]:
        return {name: value for name, value in self.__dict__.items() if value}

    def query(self, **more: str) -> str:
        """Return the filters as a query string; a word of `more` that is "" takes a filter away."""
        return urlencode({name: value for name, value in {**self.parts, **more}.items() if value})

    @property
    def is_tallied(self) -> bool:
        """Say whether tallies serve every filter of it: content and referrers are counted from
        their own rows.
        """
        return not (self.content or self.referrer)

    def cells(self, *, any_month: bool = False) -> dict[str, Any]:
        """Return the conditions that find this slice in a tally; `any_month` leaves the month's
        filter out.
        """
        filters = {
            "month": None if any_month else self.month,
            "program__slug": self.program,
            "channel": self.channel,
        }
        return {key: value for key, value in filters.items() if value}

    def introductions(self, *, any_month: bool = False) -> Any:
        """Return the introductions of this slice: all but drafts and those merged into another."""
        found = Milestones.objects.filter(is_counted=True)
        if self.month and not any_month:
            found = found.filter(month=self.month)
        if self.program:
            found = found.filter(program__slug=self.program)
        if self.channel:
            found = found.filter(channel=self.channel)
        if self.content:
            found = found.filter(content=self.content)
        if self.referrer:
            found = found.filter(referrer__public_id=self.referrer)
        return found

    def clicks(self) -> Any:
        """Return the clicks of this slice by month, link, channel and verdict.

        A click's cohort is its own month.
        """
        if self.channel in WITHOUT_CLICK:
            return ClickMonth.objects.filter(
                count__lt=0
            )  # none, and still a query that others can be built from
        found = ClickMonth.objects.all()
        if self.month:
            found = found.filter(month=self.month)
        if self.program:
            found = found.filter(link__program__slug=self.program)
        if self.channel:
            found = found.filter(channel="" if self.channel == "link" else self.channel)
        if self.content:
            found = found.filter(link__content_url=self.content)
        if self.referrer:
            found = found.filter(link__user__public_id=self.referrer)
        return found


def filter_from(query: QueryDict) -> AnalyticsFilter:
    """Read the filters of an address; what cannot be a value of one is left out."""
    channel, content = query.get("channel", ""), query.get("content", "")[:300]
    return AnalyticsFilter(
        cohort=_month(query.get("cohort", "")),
        program=query.get("program", "")[:50],
        channel=channel if channel in CHANNELS else "",
        content=content if content.startswith("/") else "",
        referrer=_uuid(query.get("referrer", "")),
    )


def _month(text: str) -> str:
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        return ""
    return text if len(text) == 7 else ""


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def channel_label(channel: str) -> str:
    """Return a channel in words."""
    if channel in Referral.Kind.values:
        return {"link": _("Link, way unknown"), "code": _("Code typed by hand")}.get(
            channel, str(Referral.Kind(channel).label)
        )
    return str(ShareLog.Channel(channel).label) if channel in ShareLog.Channel.values else channel
