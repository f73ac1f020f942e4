"""What one person's introductions have earned for their side in one calendar year, and the yearly
cap.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from referrals.models.programs import Program


class YearlyTotal(models.Model):
    """Granted less taken back, per program, referrer and year.

    The row is the lock; the CHECK is the cap.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="yearly_totals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField(default=0)  # minor units of the program's currency
    cap = models.BigIntegerField(
        null=True
    )  # the program's, or what was granted before it was lowered

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "user", "year"], name="one_total_per_person_and_year"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="yearly_total_is_not_negative"),
            models.CheckConstraint(
                condition=Q(cap=None) | Q(amount__lte=F("cap")),
                name="the_yearly_cap_is_never_exceeded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id} {self.user_id} {self.year}: {self.amount}"
