"""Staff: the reference-call desk.

Who asked to speak with a peer, who fits, who was asked, the outcome.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.models import User
from portal.accounts.permissions import MemberRequest, team_required
from portal.core import time
from referrals.forms.reference_calls import AskForThemForm, OutcomeForm
from referrals.models import ReferenceRequest
from referrals.rules import reference_call_states
from referrals.rules.reference_call_limits import per_company, per_person
from referrals.selectors import reference_calls as reads
from referrals.selectors import staff_queue as desk_reads
from referrals.services import reference_calls as services
from referrals.services.state.transitions import NotAllowed, Stale
from referrals.views.staff_queue import tabs


@team_required
@require_GET
def calls(request: MemberRequest) -> HttpResponse:
    """The open requests, those that wait for us first; and the past ones."""
    which = "past" if request.GET.get("show") == "past" else "open"
    context = {
        "rows": reads.for_staff(which),
        "which": which,
        "waiting": reads.waiting_count(),
        "tabs": tabs(request, "calls", desk_reads.tab_counts(time.now())),
    }
    return render(request, "referrals/staff/reference_calls.html", context)


@team_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    """Record a request on a prospect's behalf."""
    form = AskForThemForm(
        request.POST or None, initial={"introduction": request.GET.get("introduction")}
    )
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        referral, agrees = fields.pop("introduction"), fields.pop("agrees")
        try:
            row = services.ask_for_call(
                referral=referral, actor=request.user, agrees=agrees, now=time.now(), **fields
            )
        except NotAllowed:
            form.add_error(
                "introduction", _("A call is asked for already, or this introduction has ended.")
            )
        else:
            return redirect("referrals:reference_call", public_id=row.public_id)
    return render(
        request,
        "referrals/staff/reference_new.html",
        {"form": form},
        status=422 if form.errors else 200,
    )


def _one(public_id: str) -> ReferenceRequest:
    rows = ReferenceRequest.objects.select_related(
        "referral__organization", "handler", "organization"
    )
    return get_object_or_404(rows.prefetch_related("invitations__peer"), public_id=public_id)


def _page(
    request: HttpRequest, row: ReferenceRequest, *, form: OutcomeForm | None = None
) -> HttpResponse:
    now = time.now()
    context = {
        "row": row,
        "tone": reads.TONES[row.state],
        "peer": reads.peer_of(row),
        "form": form or OutcomeForm(),
        "candidates": reads.candidates(row, now)
        if row.state == ReferenceRequest.State.ASKED
        else [],
        "outcomes": row.outcomes.order_by("at"),
        "invitations": list(row.invitations.all()),
        "history": row.changes.order_by("version"),
        "per_person": per_person(),
        "per_company": per_company(),
        "is_open": row.state in reference_call_states.OPEN,
    }
    return render(
        request, "referrals/staff/reference_call.html", context, status=422 if form else 200
    )


@team_required
@require_GET
def call(request: MemberRequest, public_id: str) -> HttpResponse:
    """One request: matching customers with reasons, whom we asked, the outcome."""
    return _page(request, _one(public_id))


@team_required
@require_POST
def act(request: MemberRequest, public_id: str) -> HttpResponse:
    """Invite, take back, pass on the prospect's word, record what came of it."""
    row, actor, now = _one(public_id), request.user, time.now()
    what = request.POST.get("act", "")
    form = OutcomeForm(request.POST)
    if what == "outcome" and not form.is_valid():
        return _page(request, row, form=form)
    try:
        _act(request, row, actor, what, form, now)
    except services.Full:
        messages.error(
            request,
            _("This customer, or their company, has reached the limit of calls in 90 days."),
        )
    except services.NotThisOne:
        messages.error(request, _("This customer cannot be asked for this call."))
    except (NotAllowed, Stale):
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
    return redirect("referrals:reference_call", public_id=public_id)


def _peer(public_id: str) -> User:
    try:
        return get_object_or_404(User, public_id=UUID(public_id))
    except ValueError as error:
        raise Http404 from error


def _act(
    request: HttpRequest,
    row: ReferenceRequest,
    actor: User,
    what: str,
    form: OutcomeForm,
    now: datetime,
) -> None:
    if what == "invite":
        peer = _peer(request.POST.get("peer", ""))
        services.invite_peer(request=row, peer=peer, actor=actor, now=now)
        messages.success(request, _("Asked. They may say yes, no or another time."))
    elif what in ("agree", "other"):
        services.prospect_answers(request=row, agrees=what == "agree", actor=actor, now=now)
    elif what == "take_back":
        services.take_back(request=row, actor=actor, now=now)
    elif what == "call_off":
        services.call_off(request=row, actor=actor, now=now)
    elif what == "outcome":
        services.record_outcome(
            request=row, side="prospect", now=now, actor=actor, **form.cleaned_data
        )
        messages.success(request, _("Kept as the prospect's word."))
