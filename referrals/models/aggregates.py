"""Aggregates for the analytics: introductions, their waits and clicks by month, program and
channel.

Derived from Milestones and ClickMonth by services.tallies in the transaction that changes them, so
they never lag behind. In every table a month, program or channel that is null stands for all of
them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from referrals.models.milestones import loose
from referrals.models.programs import Program


class MilestoneCount(models.Model):
    """How many introductions are alike in everything the funnel asks, for every choice of month,
    program and channel.
    """

    month = models.DateField(null=True)
    program = loose(Program, null=True, db_index=False)
    channel = models.CharField(max_length=12, null=True)
    state = models.CharField(max_length=15)
    rank = models.PositiveSmallIntegerField()
    is_paid = models.BooleanField()
    is_without_click = models.BooleanField()
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "program",
                    "channel",
                    "month",
                    "state",
                    "rank",
                    "is_paid",
                    "is_without_click",
                ],
                name="one_count_of_introductions_alike",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["count"], condition=Q(count=0), name="milestone_counts_of_none")
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.program_id} {self.channel} {self.state}: {self.count}"


class WaitCount(models.Model):
    """How many introductions waited how many days for a stage, or have been waiting for it since
    which day.

    Narrowed by at most one of month, program and channel. `days`: from one date to the other in the
    site's time zone, of those whose wait is over because the stage was reached, or because they
    ended before; `since`: of the others.
    """

    month = models.DateField(null=True)
    program = loose(Program, null=True, db_index=False)
    channel = models.CharField(max_length=12, null=True)
    stage = models.CharField(max_length=11)
    came = models.BooleanField()
    days = models.IntegerField(null=True)
    since = models.DateField(null=True)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "channel", "month", "stage", "came", "days", "since"],
                name="one_count_of_waits_alike",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(days__gte=0, since=None)
                | Q(days=None, since__isnull=False, came=False),
                name="a_wait_is_over_or_has_a_beginning",
            ),
        ]
        indexes = [
            models.Index(fields=["count"], condition=Q(count=0), name="wait_counts_of_none"),
            models.Index(
                fields=["stage", "came", "days", "since", "count"],
                condition=Q(month=None, program=None, channel=None),
                name="wait_counts_of_everything",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.days if self.since is None else self.since}: {self.count}"


class ClickCount(models.Model):
    """How many clicks there were of one verdict, for every choice of month, program and channel."""

    month = models.DateField(null=True)
    program = loose(Program, null=True, db_index=False)  # 0: of a link that is no more
    channel = models.CharField(max_length=12, null=True)
    verdict = models.CharField(max_length=9)
    count = models.BigIntegerField()
    confirmed_count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "channel", "month", "verdict"],
                name="one_count_of_clicks_alike",
                nulls_distinct=False,
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
    key = models.CharField(
        max_length=300, blank=True
    )  # a path or the number of a person; "" for none
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


class ClickChange(models.Model):
    """By how much clicks by month changed and that is not added up yet. Only triggers write here;
    nothing is unique here,
    so that two drains never wait for each other."""

    link_id = models.BigIntegerField()
    month = models.DateField()
    channel = models.CharField(max_length=12, blank=True)
    verdict = models.CharField(max_length=9)
    count = models.BigIntegerField()
    confirmed_count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.link_id} {self.month:%Y-%m} {self.verdict}: {self.count:+}"


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
