"""Staff actions on a signal. Each view parses, makes one call, and shows the item again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from portal.teams import selectors, services
from portal.teams.forms.signals import ReasonForm, ResolveForm, SnoozeForm, TellForm
from portal.teams.models import Signal, Told
from portal.teams.selectors import Filters
from portal.teams.services.customer_updates import NothingToTell, NotPublic
from portal.teams.views.inbox import found, publicly, show


def _answer(
    request: MemberRequest, signal: Signal, said: str, *, undo: str = "", undo_url: str = ""
) -> HttpResponse:
    """Show the item as it is now, with a message that can be undone; without htmx go back to its
    page.
    """
    if undo:
        undo_url = reverse(f"teams:{undo}", args=[signal.public_id])
    if request.htmx:
        response = show(request, found(str(signal.public_id)))
        response["HX-Trigger"] = json.dumps({"toast": {"text": said, "undo": undo_url}})
        return response
    messages.success(request, said, extra_tags=f"undo:{undo_url}" if undo_url else "")
    query = request.GET.urlencode()
    return redirect(
        f"{reverse('teams:signal', args=[signal.public_id])}{'?' if query else ''}{query}"
    )


def _refused(request: MemberRequest, signal: Signal, error: Exception) -> HttpResponse:
    """Somebody was faster, or it is settled: say so and show how it stands."""
    if not request.htmx:
        messages.error(request, str(error))
    return show(request, found(str(signal.public_id)), status=409, refused=str(error))


def _act(request: MemberRequest, signal: Signal, act: Callable[[], Any]) -> HttpResponse | None:
    try:
        act()
    except (
        services.HeldByAnother,
        services.AlreadySettled,
        services.ReasonMissing,
        NothingToTell,
        NotPublic,
    ) as error:
        return _refused(request, signal, error)
    return None


@team_required
@require_POST
def claim(request: MemberRequest, public_id: str) -> HttpResponse:
    """Claim a signal; of two people the second sees who has it."""
    signal, actor = found(public_id), request.user
    refused = _act(
        request, signal, lambda: services.claim_signal(signal=signal, actor=actor, now=time.now())
    )
    return refused or _answer(request, signal, _("You are handling this."), undo="release")


@team_required
@require_POST
def take_over(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take it out of a colleague's hands, saying why."""
    signal, actor, form = found(public_id), request.user, ReasonForm(request.POST, prefix="take")
    if not form.is_valid():
        return show(request, signal, status=422, take_over_form=form)
    reason = form.cleaned_data["reason"]
    refused = _act(
        request,
        signal,
        lambda: services.take_over_signal(
            signal=signal, actor=actor, reason=reason, now=time.now()
        ),
    )
    return refused or _answer(request, signal, _("You are handling this."))


@team_required
@require_POST
def release(request: MemberRequest, public_id: str) -> HttpResponse:
    """Give it back."""
    signal, actor = found(public_id), request.user
    refused = _act(
        request, signal, lambda: services.release_signal(signal=signal, actor=actor, now=time.now())
    )
    return refused or _answer(request, signal, _("Given back."))


@team_required
@require_POST
def snooze(request: MemberRequest, public_id: str) -> HttpResponse:
    """Put it off with a reason."""
    signal, actor, now = found(public_id), request.user, time.now()
    form = SnoozeForm(request.POST, prefix="snooze")
    if not form.is_valid():
        return show(request, signal, status=422, snooze_form=form)
    until, reason = form.until(now, signal.team.calendar), form.cleaned_data["reason"]
    refused = _act(
        request,
        signal,
        lambda: services.snooze_signal(
            signal=signal, actor=actor, until=until, reason=reason, now=now
        ),
    )
    return refused or _answer(request, signal, _("Put off."), undo="claim")


@team_required
@require_POST
def tell(request: MemberRequest, public_id: str) -> HttpResponse:
    """Send the customer an update; the receipt is kept."""
    signal, actor = found(public_id), request.user
    form = TellForm(request.POST, prefix="tell", publicly=publicly(signal, actor))
    if not form.is_valid():
        return show(request, signal, status=422, tell_form=form)
    data = form.cleaned_data

    def told() -> None:
        services.notify_customer(
            person=signal.person,
            text=data["text"],
            actor=actor,
            signal=signal,
            now=time.now(),
            publicly=data.get("publicly", False),
        )

    return _act(request, signal, told) or _answer(request, signal, _("The customer was notified."))


@team_required
@require_POST
def resolve(request: MemberRequest, public_id: str) -> HttpResponse:
    """Settle it with an outcome and a next step; the next item of the list opens."""
    signal, actor, now = found(public_id), request.user, time.now()
    form = ResolveForm(
        request.POST,
        prefix="resolve",
        signal=signal,
        was_told=signal.told.exists(),
        publicly=publicly(signal, actor),
    )
    if not form.is_valid():
        return show(request, signal, status=422, resolve_form=form)
    data = form.cleaned_data

    @transaction.atomic
    def settle() -> None:
        if data["text"].strip() and data["next_step"] == Signal.NextStep.TOLD:
            services.notify_customer(
                person=signal.person,
                text=data["text"],
                actor=actor,
                signal=signal,
                now=now,
                publicly=data.get("publicly", False),
            )
        services.resolve_signal(
            signal=signal,
            actor=actor,
            outcome=data["outcome"],
            next_step=data["next_step"],
            reason=data["reason"],
            now=now,
        )

    following = _following(request, signal)
    refused = _act(request, signal, settle)
    if refused is not None:
        return refused
    undo = f"undo:{reverse('teams:reopen', args=[signal.public_id])}"
    messages.success(request, _("Settled: %(title)s") % {"title": signal.title}, extra_tags=undo)
    response: HttpResponse = redirect(following)
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = following
    return response


def _following(request: MemberRequest, signal: Signal) -> str:
    """Return the address of the item after this one in the list, or of the list when it was the
    last.
    """
    filters = Filters.read(request.GET)
    ids = list(
        selectors.inbox(request.user, filters, time.now()).values_list("pk", "public_id")[
            : selectors.SHOWN
        ]
    )
    place = next((index for index, row in enumerate(ids) if row[0] == signal.pk), None)
    rest = [row for row in ids if row[0] != signal.pk]
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    if not rest:
        return reverse("teams:signals") + query
    return reverse("teams:signal", args=[rest[min(place or 0, len(rest) - 1)][1]]) + query


@team_required
@require_POST
def reopen(request: MemberRequest, public_id: str) -> HttpResponse:
    """Undo the settling."""
    signal, actor = found(public_id), request.user
    services.reopen_signal(
        signal=signal, actor=actor, now=time.now(), reason=request.POST.get("reason", "")[:400]
    )
    return _answer(request, signal, _("Open again."))


@team_required
@require_POST
def publish(request: MemberRequest, public_id: str) -> HttpResponse:
    """Make what the customer was told the public answer as well."""
    return _change_update(
        request,
        public_id,
        services.publish_update,
        _("Posted as the public answer."),
        undo="withdraw",
    )


@team_required
@require_POST
def withdraw(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take the public answer back; the customer keeps their update."""
    said = _("The public answer was taken back.")
    return _change_update(request, public_id, services.withdraw_public_answer, said, undo="publish")


def _change_update(
    request: MemberRequest, public_id: str, change: Callable[..., Told], said: str, *, undo: str
) -> HttpResponse:
    told = get_object_or_404(Told, public_id=public_id, signal__isnull=False)
    assert told.signal is not None
    signal, actor = found(str(told.signal.public_id)), request.user
    refused = _act(request, signal, lambda: change(told=told, actor=actor, now=time.now()))
    undo_url = reverse(f"teams:{undo}", args=[told.public_id])
    return refused or _answer(request, signal, said, undo_url=undo_url)
