"""Counting the tallies of introductions, waits, clicks and sources from their rows: some of them,
or all, by the same code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, NullIf

from portal.core.calendar.calendars import read_site
from referrals.models import (
    Click,
    ClickCount,
    ClickMonth,
    MilestoneCount,
    Milestones,
    ReferralLink,
    SourceCount,
    WaitCount,
)
from referrals.rules import ranks
from referrals.selectors.analytics.stage_durations import COLUMNS, Wait, waits_of

Where = dict[str, Any]
CHUNK = 2_000
FEW = 200  # conditions in one query


@dataclass
class Scope:
    """What has to be counted again. Cells are the combinations of its months, programs and
    channels.
    """

    months: set[date] = field(default_factory=set)
    programs: set[int] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    referrers: set[int] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)
    click_months: set[date] = field(default_factory=set)
    click_programs: set[int] = field(default_factory=set)

    def add_introductions(self, rows: Iterable[Milestones]) -> None:
        """Count again what these introductions are counted in."""
        for row in rows:
            self.months.add(row.month)
            self.programs.add(row.program_id)
            self.channels.add(row.channel)
            self.referrers.add(row.referrer_id)
            self.contents.add(row.content)

    def add_clicks(self, marks: set[tuple[int, date]]) -> None:
        """Count again what the clicks on these links in these months are counted in."""
        links = {link for link, _month in marks}
        self.click_months |= {month for _link, month in marks}
        for program, user, content in ReferralLink.objects.filter(pk__in=links).values_list(
            "program_id", "user_id", "content_url"
        ):
            self.click_programs.add(program)
            self.contents.add(content)
            if user is not None:
                self.referrers.add(user)


def recount(scope: Scope) -> None:
    """Count again what a scope names. Under the lock of milestones.py."""
    if scope.months:
        _count_introductions(
            {
                "month__in": scope.months,
                "program_id__in": scope.programs,
                "channel__in": scope.channels,
            }
        )
    if scope.click_months:
        _count_clicks(
            {"month__in": scope.click_months, "program_id__in": scope.click_programs},
            {"month__in": scope.click_months, "link__program_id__in": scope.click_programs},
        )
    if scope.referrers:
        _count_sources(SourceCount.Kind.REFERRER, scope.referrers)
    if scope.contents:
        _count_sources(SourceCount.Kind.CONTENT, scope.contents)


def recount_all() -> None:
    """Count everything again. Under the lock of milestones.py."""
    _count_introductions({})
    _count_clicks({}, {})
    for kind in SourceCount.Kind:
        _count_sources(kind)


def _count_introductions(where: Where) -> None:
    rows = Milestones.objects.filter(is_counted=True, **where).order_by()
    cell = ("month", "program_id", "channel")
    alike = (*cell, "state", "rank")
    counts = rows.values(*alike, is_paid=Q(rewarded_at__isnull=False)).annotate(count=Count("pk"))
    MilestoneCount.objects.filter(**where).delete()
    MilestoneCount.objects.bulk_create([MilestoneCount(**row) for row in counts], batch_size=CHUNK)
    waits: Counter[tuple[date, int, str, Wait]] = Counter()
    place = read_site()  # as committed: days are kept by it
    for row in rows.values(*cell, *COLUMNS).iterator(chunk_size=CHUNK):
        waits.update(
            (row["month"], row["program_id"], row["channel"], wait) for wait in waits_of(row, place)
        )
    kept = WaitCount.objects.exclude(month=WaitCount.EVERY_MONTH).filter(**where)
    before = _alike(kept)
    kept.delete()
    WaitCount.objects.bulk_create(
        [
            WaitCount(
                month=month, program_id=program, channel=channel, count=count, **wait._asdict()
            )
            for (month, program, channel, wait), count in waits.items()
        ],
        batch_size=CHUNK,
    )
    after: Counter[Wait] = Counter()
    for (*_cell, wait), count in waits.items():
        after[wait] += count
    _count_all_waits({wait for wait in before | after if before[wait] != after[wait]})


def _alike(rows: QuerySet[WaitCount]) -> Counter[Wait]:
    """Return how many waits are alike, whatever their month, program and channel."""
    counts = rows.order_by().values(*Wait._fields).annotate(n=Sum("count"))
    return Counter({Wait(*row[:-1]): row[-1] for row in counts.values_list(*Wait._fields, "n")})


def _count_all_waits(changed: set[Wait]) -> None:
    """Count waits over every month, program and channel again: some, or all when many changed."""
    cells = WaitCount.objects.exclude(month=WaitCount.EVERY_MONTH)
    total = WaitCount.objects.filter(month=WaitCount.EVERY_MONTH)
    if not changed:
        return
    if len(changed) <= FEW:
        wanted = reduce(or_, (Q(**wait._asdict()) for wait in changed))
        cells, total = cells.filter(wanted), total.filter(wanted)
    total.delete()
    WaitCount.objects.bulk_create(
        [
            WaitCount(
                month=WaitCount.EVERY_MONTH, program_id=0, channel="", count=n, **wait._asdict()
            )
            for wait, n in _alike(cells).items()
        ],
        batch_size=CHUNK,
    )


def _count_clicks(where: Where, of_rows: Where) -> None:
    """Count clicks by month, program and channel. Program 0: of a link that is no more."""
    counts = (
        ClickMonth.objects.filter(**of_rows)
        .order_by()
        .values(
            "month",
            "verdict",
            program_id=Coalesce("link__program_id", 0),
            way=Coalesce(NullIf("channel", Value("")), Value("link")),
        )
        .annotate(n=Sum("count"), sure=Sum("confirmed_count"))
    )
    ClickCount.objects.filter(**where).delete()
    ClickCount.objects.bulk_create(
        [
            ClickCount(
                month=row["month"],
                program_id=row["program_id"],
                channel=row["way"],
                verdict=row["verdict"],
                count=row["n"],
                confirmed_count=row["sure"],
            )
            for row in counts
        ],
        batch_size=CHUNK,
    )


SOURCES = {
    SourceCount.Kind.CONTENT: ("content", "link__content_url"),
    SourceCount.Kind.REFERRER: ("referrer_id", "link__user_id"),
}


class Brought(NamedTuple):
    """What one source brought."""

    clicked: int = 0
    introduced: int = 0
    signed_up: int = 0
    won: int = 0


def _count_sources(kind: SourceCount.Kind, keys: Iterable[Any] | None = None) -> None:
    """Count what came by some referrers or contents, or by all.

    What came by none of them is the rest of the whole (selectors.lines), and not counted here.
    """
    own, theirs = SOURCES[kind]
    introduced = Milestones.objects.filter(is_counted=True)
    clicked = ClickMonth.objects.filter(verdict=Click.Verdict.HUMAN)
    kept = SourceCount.objects.filter(kind=kind)
    if keys is not None:
        wanted = [key for key in keys if key]
        introduced = introduced.filter(**{f"{own}__in": wanted})
        clicked = clicked.filter(**{f"{theirs}__in": wanted})
        kept = kept.filter(key__in=[str(key) for key in wanted])
    found: defaultdict[Any, Brought] = defaultdict(Brought)
    for key, *counts in (
        introduced.order_by()
        .values(own)
        .annotate(
            n=Count("pk"),
            signed_up=Count("pk", filter=Q(rank__gte=ranks.REGISTERED)),
            won=Count("pk", filter=Q(rank__gte=ranks.WON)),
        )
        .values_list(own, "n", "signed_up", "won")
    ):
        found[key] = Brought(0, *counts)
    opened = clicked.order_by().values(theirs).annotate(n=Sum("count"))
    for key, n in opened.values_list(theirs, "n"):
        found[key] = found[key]._replace(clicked=n)
    kept.delete()
    SourceCount.objects.bulk_create(
        [
            SourceCount(kind=kind, key=key, **numbers._asdict())
            for key, numbers in found.items()
            if key and any(numbers)
        ],
        batch_size=CHUNK,
    )
