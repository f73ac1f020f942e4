"""Notes to the referrer between the stages, dated.

Append-only; only text written by a person may be erased.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.referrals import Referral


class ReferralNote(models.Model):
    """One note to the referrer: a person's, or one that says of itself that it is automatic."""

    class Code(models.TextChoices):
        TRYING = "trying", _("We are trying to reach them.")
        MEETING = "meeting", _("A meeting is arranged.")
        TALKING = "talking", _("We are in talks.")
        DECIDING = "deciding", _("They are deciding.")
        WAITING = "waiting", _("They asked us to come back later.")
        WORDS = "words", _("Own words only")
        TAKEN = "taken", _("Somebody is handling it")
        CONTACTED = "contacted", _("The company was contacted")
        QUIET = "quiet", _("No news")
        EXPIRES = "expires", _("It is about to end")
        CONTACT_LATE = "contact_late", _("The first contact is late")
        DISPUTE_LATE = "dispute_late", _("The answer is late")
        CHECK_LATE = "check_late", _("The check takes long")
        REWARD_LATE = "reward_late", _("The approval is late")

    id: int
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notes")
    referral_id: int
    code = models.CharField(max_length=12, choices=Code)
    text = models.TextField(max_length=500, blank=True)
    author_id = models.BigIntegerField(null=True)  # null: automatic
    key = models.CharField(max_length=80, null=True)  # noqa: DJ001  null: written by a person
    state = models.CharField(max_length=15)  # where the introduction stood
    until = models.DateTimeField(null=True)  # the date the note names
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "key"], name="one_automatic_note_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(author_id=None, key__isnull=False, text="")
                | Q(author_id__isnull=False, key=None),
                name="a_note_is_a_persons_or_says_it_is_automatic",
            ),
        ]
        indexes = [models.Index(fields=["referral", "-at"], name="notes_of_referral")]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.code}"


# What a person may choose from; the rest is written by services.
CANNED = (
    ReferralNote.Code.TRYING,
    ReferralNote.Code.MEETING,
    ReferralNote.Code.TALKING,
    ReferralNote.Code.DECIDING,
    ReferralNote.Code.WAITING,
    ReferralNote.Code.WORDS,
)
