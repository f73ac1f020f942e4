"""The events page of the admin: read the log, see what failed and why, replay it."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.messages import SUCCESS
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core import time
from portal.events import dispatch
from portal.events.models import Event, FailedHandling


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nobody adds, changes or deletes what the log says."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnly):
    list_display = ("id", "name", "subject", "actor_id", "organization_id", "occurred_at", "dispatched_at")
    list_filter = ("name",)
    search_fields = ("subject", "=public_id")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(FailedHandling)
class FailedHandlingAdmin(ReadOnly):
    list_display = ("id", "event", "listener", "attempts", "next_at", "parked_at", "resolved_at", "error")
    list_filter = ("listener",)
    list_select_related = ("event",)
    ordering = ("-id",)
    actions = ("replay",)

    @admin.action(description=_("Replay the selected handlings"), permissions=["view"])
    def replay(self, request: HttpRequest, queryset: QuerySet[FailedHandling]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        done = dispatch.replay(now=time.now(), failures=ids)
        self.message_user(request, _("%(done)s of %(all)s succeeded.") % {"done": done, "all": len(ids)}, SUCCESS)
