"""Reports by members, and moderators' decisions.

The tamper-evident log is portal.audit; these rows can be undone.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models.posts import Post


class Flag(models.Model):
    """A member thinks a moderator should look at a post."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or spam")
        RUDE = "rude", _("Hurtful or rude")
        PRIVATE = "private", _("Personal or confidential information")
        WRONG = "wrong", _("Wrong or no longer works")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        HIDDEN = "hidden", _("Hidden")
        KEPT = "kept", _("Kept")

    id: int
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="flags")
    post_id: int
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=8, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    claimed_by_id: int | None
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "reporter"],
                condition=Q(state="open"),
                name="one_open_flag_per_person_and_post",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=("spam", "rude", "private", "wrong", "other")),
                name="flag_reason_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="open"), name="open_flags")
        ]

    def __str__(self) -> str:
        return f"{self.reason} on {self.post_id}"


class ModerationAct(models.Model):
    """One decision on one post, with its reason; `undone_at` when it was taken back."""

    class Verdict(models.TextChoices):
        HIDE = "hide", _("Hidden")
        KEEP = "keep", _("Kept")
        RESTORE = "restore", _("Shown again")

    id: int
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="acts")
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    verdict = models.CharField(max_length=7, choices=Verdict)
    reason = models.CharField(max_length=300)
    flags = models.ManyToManyField(Flag, related_name="acts")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="acts_by_moment")]

    def __str__(self) -> str:
        return f"{self.verdict} {self.post_id}"
