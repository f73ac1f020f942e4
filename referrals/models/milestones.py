"""Roll-ups for the analytics: one row per introduction with its dates, and clicks by month, link
and channel.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.models import Organization
from referrals.models.links import ReferralLink
from referrals.models.programs import Program
from referrals.models.referrals import Referral


def loose(
    to: type[models.Model] | str, *, null: bool = False, db_index: bool = True
) -> models.ForeignKey[Any, Any]:
    """A key that joins but checks nothing: a roll-up is derived, and may be emptied and filled
    again at any time.
    """
    return models.ForeignKey(
        to,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=null,
        db_index=db_index,
        related_name="+",
    )


class Milestones(models.Model):
    """How far one introduction came and when.

    Derived: services.marks says what changed, services.milestones writes it.
    """

    referral = models.OneToOneField(
        Referral,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="milestones",
    )
    referral_id: int
    program = loose(Program)
    program_id: int
    link = loose(ReferralLink, null=True)
    content = models.CharField(
        max_length=300, blank=True
    )  # path of the question or article the link carried
    channel = models.CharField(
        max_length=12
    )  # how the link was shared, or named, code, staff, answer, link (unknown)
    referrer = loose(settings.AUTH_USER_MODEL)
    referrer_id: int
    referrer_organization = loose(Organization, null=True)
    organization = loose(Organization, null=True)
    organization_id: int | None
    month = (
        models.DateField()
    )  # the cohort: first day of the month of the introduction, in the site's time zone
    state = models.CharField(max_length=15, choices=Referral.State)
    is_counted = models.BooleanField()  # neither a draft nor merged into another
    rank = models.PositiveSmallIntegerField()  # referrals/ranks.py
    introduced_at = models.DateTimeField()
    signed_up_at = models.DateTimeField(null=True)
    qualified_at = models.DateTimeField(
        null=True
    )  # null too when the stage was only implied by a later one
    opportunity_at = models.DateTimeField(null=True)
    won_at = models.DateTimeField(null=True)
    live_at = models.DateTimeField(null=True)
    rewarded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-introduced_at", "-referral"], name="milestones_newest"),
            models.Index(fields=["organization"], condition=Q(rank__gte=4), name="milestones_won"),
            models.Index(fields=["month", "program", "channel"], name="milestones_by_cohort"),
            models.Index(
                fields=["content"], condition=~Q(content=""), name="milestones_by_content"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.rank}"


class RollupMark(models.Model):
    """Something changed that the analytics have counted: an introduction, the clicks on a link in
    a month, or anything at all (nothing set).

    Nothing is unique here, so that marking never makes two transactions wait for each other.
    """

    id: int
    referral_id = models.BigIntegerField(null=True)
    link_id = models.BigIntegerField(null=True)
    month = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(link_id=None, month=None)
                | Q(referral_id=None, link_id__isnull=False, month__isnull=False),
                name="a_mark_is_of_an_introduction_or_of_clicks_or_of_everything",
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id or self.link_id} {self.month}"


class ClickMonth(models.Model):
    """How many clicks of one verdict a link had in one month, by channel.

    Written by the drain beside ClickDay.
    """

    id: int
    link = loose(ReferralLink)
    link_id: int
    month = models.DateField()
    channel = models.CharField(max_length=12, blank=True)
    verdict = models.CharField(max_length=9)
    count = models.BigIntegerField(default=0)
    confirmed_count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "link", "channel", "verdict"],
                name="one_count_per_month_link_channel",
            )
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.month:%Y-%m} {self.channel} {self.verdict}: {self.count}"
