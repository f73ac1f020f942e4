"""Results of the nightly ledger checks, shown with the time of the last run."""

from __future__ import annotations

from django.db import models


class BooksCheck(models.Model):
    """One run over all invariants: name -> number of violations."""

    id: int
    at = models.DateTimeField()
    results = models.JSONField(default=dict)
    violations = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="books_checks_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.violations}"
