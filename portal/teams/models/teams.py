"""The five teams and their working agreements."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import TeamName
from portal.core.calendar.calendars import calendar_named
from portal.core.time import Calendar


class Team(models.Model):
    """One department: who leads it, who stands in, and its working agreement.

    Who works in it: TeamMembership.
    """

    id: int
    name = models.CharField(max_length=10, choices=TeamName, unique=True)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Lead"),
    )
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Stand-in"),
    )
    agreement = models.TextField(_("What we send, to whom and why"), blank=True, max_length=2_000)
    channel = models.CharField(_("Where we talk"), max_length=120, blank=True)
    within_hours = models.PositiveSmallIntegerField(
        _("We answer each other within (business hours)"), default=8
    )
    digest = models.BooleanField(_("Send a summary every morning"), default=True)
    digest_sent_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__in=TeamName.values), name="a_team_is_one_of_the_five"
            ),
            models.CheckConstraint(
                condition=models.Q(lead=None)
                | models.Q(stand_in=None)
                | ~models.Q(lead=models.F("stand_in")),
                name="nobody_stands_in_for_herself",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_name_display())

    @property
    def calendar_name(self) -> str:
        return f"team.{self.name}"

    @property
    def calendar(self) -> Calendar:
        """When this team works: by its own calendar, else by the site's."""
        return calendar_named(self.calendar_name)
