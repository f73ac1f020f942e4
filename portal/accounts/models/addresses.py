"""Changes of a person's e-mail addresses, each with a way back for seven days."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.core.models import PublicId


class AddressChange(PublicId):
    """One change, told to both addresses. Deleted a month after its way back closed."""

    class Kind(models.TextChoices):
        ADDED = "added"
        PRIMARY = "primary"
        REMOVED = "removed"

    id: int
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address_changes"
    )
    kind = models.CharField(max_length=7, choices=Kind)
    old_email = models.EmailField(max_length=254)  # the primary address before, which is restored
    new_email = models.EmailField(max_length=254)  # the one that was added, made primary or removed
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("changed_at")), name="address_change_expires_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"

    def is_open(self, now: datetime) -> bool:
        """Say whether the old address can still be restored."""
        return (
            self.kind != self.Kind.REMOVED
            and self.undone_at is None
            and self.changed_at <= now < self.expires_at
        )
