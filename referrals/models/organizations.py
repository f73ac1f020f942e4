"""The introduced company, once per program: its row is the lock that serialises everything about
it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organization
from referrals.models.programs import Program


class ReferredOrganization(models.Model):
    """A company as one program sees it.

    Locked first by every fact about it; holds no decision of its own.
    """

    id: int
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    program_id: int
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="referred"
    )
    organization_id: int
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "organization"], name="one_row_per_program_and_organization"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} in {self.program_id}"


class Step(models.Model):
    """When a company reached a stage.

    A later stage implies the earlier ones; those dates are marked inferred.
    """

    class Stage(models.TextChoices):
        QUALIFIED = "qualified", _("Qualified")
        OPPORTUNITY = "opportunity", _("In talks")
        WON = "won", _("Won")
        LIVE = "live", _("Live")
        LOST = "lost", _("Lost")

    referred = models.ForeignKey(
        ReferredOrganization, on_delete=models.CASCADE, related_name="steps"
    )
    stage = models.CharField(max_length=11, choices=Stage)
    at = models.DateTimeField()
    is_inferred = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referred", "stage"], name="one_date_per_stage"),
            models.CheckConstraint(
                condition=~Q(stage="lost") | ~Q(reason=""), name="a_loss_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referred_id} {self.stage}"
