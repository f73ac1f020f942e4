"""Abstract models that several apps share."""

from __future__ import annotations

from django.db import models

from portal.core.ids import uuid7


class PublicId(models.Model):
    """Adds the identifier that may appear in URLs, payloads and webhooks."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True
