"""Who opted in to a program's leaderboard. No row: not shown."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.models.programs import Program


class BoardChoice(models.Model):
    """One person's own choice to be shown, and under which name."""

    class ShownAs(models.TextChoices):
        NAME = "name", _("My name")
        COMPANY = "company", _("My company only")

    id: int
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="board_choices")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="board_choices"
    )
    user_id: int
    shown_as = models.CharField(max_length=7, choices=ShownAs, default=ShownAs.NAME)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "user"], name="one_board_choice_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.shown_as}"
