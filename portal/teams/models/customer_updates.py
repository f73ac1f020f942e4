"""Told: an update to a customer on the outcome of what they said, its read receipt, and whether it
solved their problem.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organization
from portal.core.models import PublicId
from portal.teams.models.signals import Signal


class Told(PublicId):
    """An update sent to one customer: by whom, when, when they read it, and their answer to "did
    this solve it?".
    """

    class Answer(models.TextChoices):
        YES = "yes", _("Yes, solved")
        PARTLY = "partly", _("Partly")
        NO = "no", _("Not yet")

    id: int
    signal = models.ForeignKey(Signal, on_delete=models.SET_NULL, null=True, related_name="told")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="told"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    person_id: int
    signal_id: int | None
    subject = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    # the post that says the same to everybody ("app.noun:42"), where there is one
    public_answer = models.CharField(max_length=120, blank=True)
    text = models.TextField(max_length=2_000)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=6, choices=Answer, blank=True)
    note = models.CharField(max_length=400, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", confirmed_at=None)
                | (~Q(answer="") & Q(confirmed_at__isnull=False)),
                name="an_answer_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["public_answer"],
                condition=~Q(public_answer=""),
                name="a_public_answer_belongs_to_one_update",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-told_at"], name="told_to_person"),
            models.Index(fields=["subject"], name="told_about"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.title}"
