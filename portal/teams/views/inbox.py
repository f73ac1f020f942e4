"""The inbox: the list on the left keeps its position while one item is open on the right."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from portal.events import readable
from portal.teams import public_answers, selectors, waiting
from portal.teams.forms.signals import (
    Publicly,
    ReasonForm,
    ResolveForm,
    SnoozeForm,
    TellForm,
)
from portal.teams.models import Signal, SignalRule
from portal.teams.selectors import SHOWN, Filters


def list_context(request: MemberRequest) -> dict[str, Any]:
    """Everything the left side shows."""
    now = time.now()
    filters = Filters.read(request.GET)
    rows = selectors.concealed(
        request.user, selectors.inbox(request.user, filters, now)[: SHOWN + 1]
    )
    longest = waiting.oldest(request.user, limit=1)
    return {
        "signals": rows[:SHOWN],
        "has_more": len(rows) > SHOWN,
        "filters": filters,
        "query": urlencode(filters.pairs()),
        "counts": (counts := selectors.counts(request.user, now)),
        "tabs": _tabs(filters, counts),
        "states": _states(filters, counts),
        "rules": SignalRule.objects.filter(enabled=True),
        "oldest": longest[0].since if longest else None,
        "waiting": waiting.count(request.user),
        "now": now,
        "newest": max((row.pk for row in rows), default=0),
    }


def _link(filters: Filters, **changed: str) -> str:
    query = urlencode(filters.pairs(**changed))
    return f"{reverse('teams:signals')}{'?' if query else ''}{query}"


def _tabs(filters: Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = (("all", _("Everybody's")), ("team", _("My teams'")), ("mine", _("Mine")))
    return [
        {
            "url": _link(filters, whose=key),
            "label": label,
            "count": counts[key],
            "current": filters.whose == key,
        }
        for key, label in words
    ]


def _states(filters: Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    words = (
        ("waiting", _("Waiting"), None),
        ("overdue", _("Overdue"), counts["overdue"]),
        ("snoozed", _("Put off"), counts["snoozed"]),
        ("resolved", _("Settled"), None),
    )
    return [
        {
            "url": _link(filters, state=key),
            "label": label,
            "count": count,
            "current": filters.state == key,
        }
        for key, label, count in words
    ]


def publicly(signal: Signal, actor: User) -> Publicly:
    """Return whether the update may also be the public answer."""
    if signal.person_id is None or not public_answers.takes(signal.about, actor):
        return Publicly()
    return Publicly(takes=True, waits=public_answers.waits(signal.about))


def item_context(request: MemberRequest, signal: Signal, **forms: Any) -> dict[str, Any]:
    """Everything the right side shows."""
    told = list(signal.told.select_related("told_by", "person").order_by("told_at"))
    selectors.concealed(request.user, [signal])
    offer = publicly(signal, request.user)
    shown = public_answers.shown([row.public_answer for row in told if row.public_answer])
    return {
        "signal": signal,
        "why": selectors.why(signal),
        "ended": selectors.why_ended(signal),
        "evidence": readable.conceal_events(request.user, list(selectors.evidence(signal))),
        "changes": selectors.history(signal),
        "told": [
            {
                "update": row,
                "is_public": row.public_answer in shown,
                "can_publish": offer.takes and row.public_answer not in shown,
            }
            for row in told
        ],
        "held_by_me": signal.holder_id == request.user.pk,
        "held_by_other": signal.holder_id not in (None, request.user.pk),
        "is_overdue": signal.state in (Signal.State.OPEN, Signal.State.CLAIMED)
        and signal.due_at < time.now(),
        "query": urlencode(Filters.read(request.GET).pairs()),
        "snooze_form": SnoozeForm(prefix="snooze"),
        "tell_form": TellForm(prefix="tell", publicly=offer),
        "resolve_form": ResolveForm(
            prefix="resolve", signal=signal, was_told=bool(told), publicly=offer
        ),
        "take_over_form": ReasonForm(prefix="take"),
        **forms,
    }


def show(
    request: MemberRequest, signal: Signal | None, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """Render the whole page, or for htmx only the item."""
    item = item_context(request, signal, **forms) if signal is not None else {"signal": None}
    if request.htmx:
        context = item | {"row": signal, "now": time.now()}
        return render(request, "teams/_item.html", context, status=422 if status >= 400 else status)
    return render(request, "teams/signals.html", list_context(request) | item, status=status)


def found(public_id: str) -> Signal:
    """Return the signal or answer 404."""
    return get_object_or_404(
        Signal.objects.with_names().select_related("rule__stand_in"), public_id=public_id
    )


@team_required
@require_GET
def signals(request: MemberRequest) -> HttpResponse:
    """The list; on wide screens the most pressing item is open."""
    context = list_context(request)
    first: Signal | None = context["signals"][0] if context["signals"] else None
    context |= item_context(request, first) if first is not None else {"signal": None}
    return render(request, "teams/signals.html", context | {"is_list": True})


@team_required
@require_GET
def signal(request: MemberRequest, public_id: str) -> HttpResponse:
    """One item, with the list it came from."""
    return show(request, found(public_id))


@team_required
@require_GET
def arrivals(request: MemberRequest) -> HttpResponse:
    """How many came in since the list was drawn; they wait behind a line instead of moving what is
    being read.
    """
    after = request.GET.get("after", "")
    filters = Filters.read(request.GET)
    rows = selectors.inbox(request.user, filters, time.now())
    count = rows.filter(pk__gt=int(after)).count() if after.isdecimal() and len(after) < 18 else 0
    return render(
        request,
        "teams/_arrivals.html",
        {"count": count, "query": urlencode(filters.pairs()), "after": after},
    )
