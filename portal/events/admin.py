"""Read-only Django admin of the event log. Failed handlings and their replay are in
portal/monitoring/admin.py.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from portal.events.models import Event


class ReadOnly(admin.ModelAdmin[Model]):
    """Administrators look; nobody adds, changes or deletes here: what is written goes through
    services and is audited.
    """

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Check our own permission: Django's permission table is not used."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = (
        "id",
        "name",
        "subject",
        "actor_id",
        "organization_id",
        "occurred_at",
        "dispatched_at",
    )
    list_filter = ("name",)
    search_fields = ("subject", "=public_id")
    ordering = ("-id",)
    show_full_result_count = False
