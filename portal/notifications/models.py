"""Notifications (one per person and event) and each person's preferences."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    """How soon a mail goes out."""

    NOW = "now", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    OFF = "off", _("No mail")


class Notification(models.Model):
    """Something that concerns one person.

    Its sentence is written when it is read, in the reader's language.
    """

    id: int
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    user_id: int
    kind = models.CharField(max_length=60)
    event_id = models.BigIntegerField()
    title = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)  # the fields of the fact that the sentence names
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    group_key = models.CharField(max_length=140)
    in_page = models.BooleanField(default=True)
    digest = models.CharField(
        max_length=6, choices=Frequency, blank=True
    )  # waits for the daily or weekly mail
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event_id"], name="one_notification_per_person_and_fact"
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=Q(in_page=True),
                name="notifications_by_time",
            ),
            models.Index(
                fields=["user"],
                condition=Q(in_page=True, read_at=None),
                name="notifications_unread",
            ),
            models.Index(
                fields=["digest", "user"], condition=~Q(digest=""), name="notifications_for_digests"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Preference(models.Model):
    """What one person wants of one kind; without a row the kind's own default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    in_page = models.BooleanField(default=True)
    mail = models.CharField(max_length=6, choices=Frequency)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="one_preference_per_person_and_kind"
            ),
            models.CheckConstraint(
                condition=Q(mail__in=Frequency.values), name="mail_frequency_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"


class QuietHours(models.Model):
    """Between these hours of the user's local time they get no mail; without a row there are
    none.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    user_id: int
    begins = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(begins__lt=24, ends__lt=24), name="quiet_hours_are_on_the_clock"
            ),
            models.CheckConstraint(
                condition=~Q(begins=models.F("ends")), name="quiet_hours_have_a_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.begins} to {self.ends}"
