"""Participation (one decaying number per person and per company) and the entries it is summed
from.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.accounts.models import Organization


class Participation(models.Model):
    """The forward-decay score of one person or one company.

    Order by score is order by value at any moment.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="participation"
    )
    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, null=True, related_name="participation"
    )
    score = models.FloatField(default=0.0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, organization__isnull=False)
                | Q(user__isnull=False, organization=None),
                name="participation_is_of_a_person_or_a_company",
            )
        ]
        indexes = [
            models.Index(
                fields=["-score"], condition=Q(organization=None), name="people_by_participation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.organization_id}: {self.score:.3g}"


class PointEntry(models.Model):
    """One fact that counts for one person, unless it is over a cap or no longer holds.

    Unique, so nothing counts twice. Of an erased person it names nobody and counts for the company.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="point_entries"
    )
    user_id: int | None
    organization_id: int | None
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    event_id = models.BigIntegerField()
    event_name = models.CharField(max_length=80)
    counterpart_id = models.BigIntegerField(null=True)
    weight = models.FloatField()
    at = models.DateTimeField()
    item = models.CharField(max_length=120, blank=True)  # what it rests on
    holds = models.BooleanField(default=True)
    counted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "user"], name="a_fact_counts_once_for_a_person"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "event_name", "at"], name="point_entries_by_person"),
            models.Index(fields=["organization", "at"], name="point_entries_by_company"),
            models.Index(fields=["item"], condition=~Q(item=""), name="point_entries_by_item"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event_name} {self.weight:+g}"
