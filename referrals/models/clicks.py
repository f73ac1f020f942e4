"""Clicks as stored by the drain.

Plain ids instead of foreign keys on purpose: COPY of 20,000 rows a second checks none.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Click(models.Model):
    """One request for a link: what it was judged to be, and whether the landing page proved a
    person.
    """

    class Verdict(models.TextChoices):
        HUMAN = "human", _("A person")
        DUPLICATE = "duplicate", _("The same person again")
        BOT = "bot", _("Crawler")
        PREVIEW = "preview", _("Link preview")
        SCANNER = "scanner", _("Mail scanner")
        PREFETCH = "prefetch", _("Prefetch")
        SELF = "self", _("The referrer")

    id: int
    stream_id = models.CharField(max_length=40, unique=True)
    click_id = models.CharField(max_length=22)
    link_id = models.BigIntegerField()
    verdict = models.CharField(max_length=9, choices=Verdict)
    visitor = models.CharField(max_length=32)  # HMAC under a key that lives one day
    channel = models.CharField(max_length=12, blank=True)
    referrer_host = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["link_id", "-at"], name="clicks_by_link"),
            models.Index(fields=["click_id"], name="clicks_by_click_id"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.verdict}"


class ClickDay(models.Model):
    """How many clicks of one verdict a link had on one day (UTC). The counters pages read."""

    link_id = models.BigIntegerField()
    day = models.DateField()
    verdict = models.CharField(max_length=9)
    count = models.BigIntegerField(default=0)
    confirmed_count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link_id", "day", "verdict"], name="one_count_per_link_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day} {self.verdict}: {self.count}"
