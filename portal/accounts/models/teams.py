"""Membership in staff teams. What a team does (rules, inbox) lives in portal.teams."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TeamName(models.TextChoices):
    """The five departments whose walls the wheel goes through."""

    SALES = "sales", _("Sales")
    MARKETING = "marketing", _("Marketing")
    SUPPORT = "support", _("Support")
    PRODUCT = "product", _("Product")
    COMMUNITY = "community", _("Community")


class TeamMembership(models.Model):
    """A staff member in a team. Apart from moderator and administrator rights."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_memberships"
    )
    team = models.CharField(max_length=10, choices=TeamName)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "team"], name="once_in_a_team"),
            models.CheckConstraint(
                condition=models.Q(team__in=TeamName.values), name="team_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team}"
