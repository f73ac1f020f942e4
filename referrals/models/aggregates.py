"""What the analytics count: introductions, their waits and clicks by month, program and channel,
and what each source brought.

Derived from Milestones and ClickMonth by services.tallies, which counts a whole cell again when
one of its rows changed (RollupMark).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import models
from django.db.models import Q

from referrals.models.milestones import loose
from referrals.models.programs import Program


class MilestoneCount(models.Model):
    """How many introductions of a month, program and channel are alike in everything the funnel
    asks.
    """

    month = models.DateField()
    program = loose(Program, db_index=False)
    channel = models.CharField(max_length=12)
    state = models.CharField(max_length=15)
    rank = models.PositiveSmallIntegerField()
    is_paid = models.BooleanField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "program", "channel", "state", "rank", "is_paid"],
                name="one_count_of_introductions_alike",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.program_id} {self.channel} {self.state}: {self.count}"


class WaitCount(models.Model):
    """How many introductions of a month, program and channel waited how many days for a stage, or
    have been waiting for it since which day.

    `days`: from one date to the other in the site's time zone, of those whose wait is over
    because the stage came, or because they ended on the way; `since`: of the others. EVERY_MONTH,
    program 0 and channel "" stand for all of them together.
    """

    EVERY_MONTH: Final = date(1, 1, 1)

    month = models.DateField()
    program = loose(Program, db_index=False)
    channel = models.CharField(max_length=12)
    stage = models.CharField(max_length=11)
    came = models.BooleanField()
    days = models.IntegerField(null=True)
    since = models.DateField(null=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "program", "channel", "stage", "came", "days", "since"],
                name="one_count_of_waits_alike",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(days__gte=0, since=None)
                | Q(days=None, since__isnull=False, came=False),
                name="a_wait_is_over_or_has_a_beginning",
            ),
        ]
        indexes = [models.Index(fields=["stage", "came", "days", "since"], name="waits_alike")]

    def __str__(self) -> str:
        return f"{self.stage} {self.days if self.since is None else self.since}: {self.count}"


class ClickCount(models.Model):
    """How many clicks of one verdict there were in a month, by program and channel."""

    month = models.DateField()
    program = loose(Program, db_index=False)  # 0: of a link that is no more
    channel = models.CharField(max_length=12)
    verdict = models.CharField(max_length=9)
    count = models.BigIntegerField()
    confirmed_count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "program", "channel", "verdict"], name="one_count_of_clicks_alike"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.program_id} {self.channel} {self.verdict}: {self.count}"


class SourceCount(models.Model):
    """What each referrer and each piece of content brought in all the time, over all programs and
    channels.
    """

    class Kind(models.TextChoices):
        CONTENT = "content"
        REFERRER = "referrer"

    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=300)  # a path or the number of a person
    clicked = models.BigIntegerField(default=0)
    introduced = models.BigIntegerField(default=0)
    signed_up = models.BigIntegerField(default=0)
    won = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_count_per_source")]
        indexes = [
            models.Index(
                fields=["kind", "-won", "-introduced", "-clicked", "key"], name="sources_that_won"
            ),
            models.Index(fields=["kind", "-introduced", "key"], name="sources_that_introduced"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.won}"


class SpreadCount(models.Model):
    """What the page of how introductions spread is made of, as it stood at one moment: a window's
    last count.

    Unlike the tallies it lags: companies, people, shares and stages have a part in it. The page
    says when it was counted.
    """

    first = models.DateField()  # the first day of the window
    counted_at = models.DateTimeField()
    numbers = models.JSONField()  # as selectors.spread_counts writes and reads them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first"], name="one_count_per_window")]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m} {self.counted_at}"
