"""Django admin action: replay failed handlings, with an audit entry. The event log itself does not
depend on audit.
"""

from __future__ import annotations

from django.contrib import admin
from django.contrib.messages import SUCCESS
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal import audit
from portal.accounts.permissions import actor_of
from portal.core import time
from portal.events import dispatch
from portal.events.admin import ReadOnly
from portal.events.models import FailedHandling


@admin.register(FailedHandling)
class FailedHandlingAdmin(ReadOnly):
    list_display = (
        "id",
        "event",
        "listener",
        "attempts",
        "next_at",
        "parked_at",
        "resolved_at",
        "error",
    )
    list_filter = ("listener", ("resolved_at", admin.EmptyFieldListFilter))
    list_select_related = ("event",)
    ordering = ("-id",)
    actions = ("replay",)

    @admin.action(description=_("Replay the selected handlings"), permissions=["view"])
    def replay(self, request: HttpRequest, queryset: QuerySet[FailedHandling]) -> None:
        ids, now = list(queryset.values_list("pk", flat=True)), time.now()
        done = dispatch.replay(now=now, failures=ids)
        audit.record(
            "events.handling.replay",
            actor=actor_of(request),
            target="events.handling",
            now=now,
            after={"handlings": ids, "succeeded": done},
        )
        self.message_user(
            request, _("%(done)s of %(all)s succeeded.") % {"done": done, "all": len(ids)}, SUCCESS
        )
