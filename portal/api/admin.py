"""Read-only Django admin of API keys."""

from __future__ import annotations

from django.contrib import admin

from portal.api.models import ApiKey
from portal.events.admin import ReadOnly


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = (
        "name",
        "prefix",
        "scopes",
        "created_by",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    list_select_related = ("created_by",)
    exclude = ("digest",)
