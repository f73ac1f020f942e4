"""Django admin, read only: who was notified of what."""

from __future__ import annotations

from django.contrib import admin

from portal.events.admin import ReadOnly
from portal.notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    list_display = ("id", "user", "kind", "title", "created_at", "read_at", "digest")
    list_filter = ("kind",)
    list_select_related = ("user",)
    ordering = ("-id",)
    show_full_result_count = False
