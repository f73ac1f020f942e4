"""One row per staff action.

The database refuses UPDATE and DELETE (see the migration's trigger).
"""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """Who did what to what, when, before and after, and why; chained to the row before it by
    `digest`.
    """

    id: int
    actor_label: str  # the page puts it there
    action = models.CharField(max_length=80)  # "app.noun.act"
    actor_id = models.BigIntegerField(null=True)  # null: the system
    target = models.CharField(max_length=120)  # "app.noun:42"
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["target", "-id"], name="audit_by_target"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"
