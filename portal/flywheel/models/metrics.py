"""Daily roll-ups of metrics, for the lines on dashboards."""

from __future__ import annotations

from django.db import models


class DailyValue(models.Model):
    """A metric as it stood at the end of a day in the site's time zone."""

    metric = models.CharField(max_length=40)
    day = models.DateField()
    value = models.FloatField(null=True)  # null: not enough to say
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["metric", "day"], name="one_value_per_metric_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}: {self.value}"
