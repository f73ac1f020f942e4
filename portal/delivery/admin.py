"""Read-only Django admin of deliveries: find out where a message is."""

from __future__ import annotations

from django.contrib import admin

from portal.delivery.models import Attempt, Delivery
from portal.events.admin import ReadOnly


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = (
        "id",
        "destination",
        "user_id",
        "key",
        "state",
        "attempt_count",
        "next_at",
        "reason",
    )
    list_filter = ("state", "destination")
    list_select_related = ("destination",)
    search_fields = ("=public_id", "key")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    list_display = ("id", "delivery_id", "at", "status", "error", "milliseconds")
    ordering = ("-id",)
    show_full_result_count = False
