"""When a person earned to be asked for an introduction, and when they were asked (or, in the
hold-out group, were not).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import PublicId
from referrals.models.programs import Program


class EarnedMoment(models.Model):
    """Something went well for a person: their answer helped somebody, or they said that ours solved
    their problem.
    """

    class Kind(models.TextChoices):
        HELPED = "helped", _("Their answer was accepted")
        SOLVED = "solved", _("The customer confirmed that it was solved")

    id: int
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    user_id: int
    kind = models.CharField(max_length=6, choices=Kind)
    subject = models.CharField(max_length=120)  # "community.topic:42"
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "subject"], name="one_moment_per_person_and_subject"
            )
        ]
        indexes = [models.Index(fields=["user", "-at"], name="moments_by_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.subject}"


class Ask(PublicId):
    """One ask for an introduction.

    Who is held out gets a row and no message, so that the lift can be measured.
    """

    class Kind(models.TextChoices):
        HELPED = "helped", _("Their answer was accepted")
        SOLVED = "solved", _("The customer confirmed that it was solved")
        UNSHARED = "unshared", _("Never shared their link")

    id: int
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="asks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="referral_asks"
    )
    user_id: int
    kind = models.CharField(max_length=8, choices=Kind)
    moment = models.CharField(max_length=160)  # "helped:community.topic:42", "unshared:17"
    is_held_out = models.BooleanField(default=False)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "moment"], name="one_ask_for_one_moment"),
            models.CheckConstraint(condition=~Q(moment=""), name="an_ask_has_its_moment"),
        ]
        indexes = [
            models.Index(fields=["user", "-asked_at"], name="asks_by_person"),
            models.Index(fields=["program", "asked_at"], name="asks_by_program"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.moment}"
