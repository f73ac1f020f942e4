"""Signal rules: what calls for a team, which team, and how fast."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.teams.models.teams import Team


class SignalRule(models.Model):
    """One rule.

    What its trigger looks for is code (registry.py); everything a team may tune is here.
    """

    class Severity(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")

    id: int
    code = models.CharField(max_length=8, unique=True)  # R01
    name_ja = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    trigger = models.CharField(max_length=80)  # a name in the trigger registry
    threshold = models.PositiveIntegerField(_("Threshold"), default=1)  # unit: the trigger's
    window_hours = models.PositiveIntegerField(_("Looks back (hours)"), default=24 * 90)
    cooldown_hours = models.PositiveIntegerField(_("Silent afterwards (hours)"), default=0)
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("Accountable team"),
    )
    stand_in = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Stand-in team"),
    )
    team_id: int | None
    stand_in_id: int | None
    sla_hours = models.PositiveSmallIntegerField(_("Due within (business hours)"), default=8)
    escalate_hours = models.PositiveSmallIntegerField(
        _("Escalates when overdue by (hours)"), default=24
    )
    severity = models.CharField(
        _("Severity"), max_length=6, choices=Severity, default=Severity.NORMAL
    )
    next_steps = models.JSONField(
        default=list
    )  # what usually follows, offered first when resolving
    review_date = models.DateField(_("To be reviewed by"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    enabled = models.BooleanField(_("Enabled"), default=False)
    enabled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(enabled=False)
                | (Q(team__isnull=False, stand_in__isnull=False) & ~Q(team=F("stand_in"))),
                name="an_enabled_rule_has_one_accountable_team_and_a_stand_in",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The rule's name in the reader's language."""
        return self.name_en if (get_language() or "ja").startswith("en") else self.name_ja
