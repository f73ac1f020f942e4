"""Reference calls for customers who are asked, and for prospects on their own page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.permissions import MemberRequest, is_member, member_required, public
from portal.core import time
from referrals.forms.reference_calls import AskForm, OutcomeForm
from referrals.models import ReferenceInvitation, ReferencePreference, ReferenceRequest, Referral
from referrals.rules import reference_call_states
from referrals.selectors import reference_calls as reads
from referrals.services import reference_calls as services
from referrals.services.introductions.prospect_pages import TokenClosed, find_by_token
from referrals.services.state.transitions import NotAllowed
from referrals.views.own_pages import closed

S, I = ReferenceRequest.State, ReferenceInvitation.State  # noqa: E741  I: an invitation's states


def _page(
    request: MemberRequest, *, form: OutcomeForm | None = None, open_id: str = "", status: int = 200
) -> HttpResponse:
    opted_out = ReferencePreference.objects.filter(
        user=request.user, opted_out_at__isnull=False
    ).exists()
    context = {
        "rows": reads.mine(request.user),
        "opted_out": opted_out,
        "form": form or OutcomeForm(),
        "open_id": open_id,
        "per_person": services.per_person(),
        "now": time.now(),
    }
    return render(request, "referrals/reference_calls.html", context, status=status)


@member_required
@require_GET
def my_calls(request: MemberRequest) -> HttpResponse:
    """Calls the customer is asked for, those they agreed to, the outcomes, and the opt-out."""
    return _page(request)


@member_required
@require_POST
def preference(request: MemberRequest) -> HttpResponse:
    """Switch being asked off or on."""
    off = request.POST.get("ask") == "no"
    services.set_preference(user=request.user, opted_out=off, now=time.now())
    messages.success(
        request,
        _("We do not ask you any more.") if off else _("Thank you. We may ask you now and then."),
    )
    return redirect("referrals:reference_calls")


def _mine(request: MemberRequest, public_id: str) -> ReferenceRequest:
    """Return a call the reader was asked for; 404 for anybody else's."""
    row = get_object_or_404(
        ReferenceInvitation.objects.select_related("request"),
        request__public_id=public_id,
        peer=request.user,
    )
    return row.request


@member_required
@require_POST
def answer(request: MemberRequest, public_id: str) -> HttpResponse:
    """Yes, no, or another time."""
    row, said = _mine(request, public_id), request.POST.get("answer", "")
    suggestion = request.POST.get("suggestion", "")
    if said == "other" and not suggestion.strip():
        messages.error(request, _("Please write which times suit you."))
        return _page(request, open_id=str(public_id), status=422)
    try:
        services.answer_invitation(
            request=row, peer=request.user, answer=said, suggestion=suggestion, now=time.now()
        )
    except (NotAllowed, PermissionError, ValueError):
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
    else:
        thanks = {
            "yes": _("Thank you. We bring you together."),
            "other": _("Thank you. We pass the times on."),
        }
        messages.success(request, thanks.get(said, _("All right. No need to explain.")))
    return redirect("referrals:reference_calls")


@member_required
@require_POST
def outcome(request: MemberRequest, public_id: str) -> HttpResponse:
    """The customer says what came of it."""
    row, form = _mine(request, public_id), OutcomeForm(request.POST)
    if not row.invitations.filter(peer=request.user, state=I.ACCEPTED).exists():
        raise Http404
    if not form.is_valid():
        return _page(request, form=form, open_id=str(public_id), status=422)
    try:
        services.record_outcome(
            request=row, side="peer", now=time.now(), actor=request.user, **form.cleaned_data
        )
    except NotAllowed:
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
    else:
        messages.success(request, _("Thank you. We will keep you informed."))
    return redirect("referrals:reference_calls")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def prospect(request: HttpRequest, token: str) -> HttpResponse:
    """The prospect's side, on their own page: ask, accept a time, cancel, report the outcome."""
    now = time.now()
    try:
        referral = find_by_token(token, now)
    except TokenClosed:
        return closed(request, token=token, view="referrals:prospect_call")
    if _introduced_her(request, referral):
        return render(request, "referrals/prospect_call_refused.html", status=403)
    row = referral.reference_requests.order_by("-pk").first()
    form = AskForm(
        initial={"language": request.LANGUAGE_CODE[:2]}
    )  # the reader is unknown: show nothing of the peer's
    ended = OutcomeForm()
    if request.method == "POST":
        if (
            row is not None
            and row.state in (*reference_call_states.OPEN, S.HELD, S.FAILED)
            and "act" in request.POST
        ):
            ended = OutcomeForm(request.POST) if request.POST["act"] == "outcome" else OutcomeForm()
            if _prospect_acts(request, row, ended):
                return redirect("referrals:prospect_call", token=token)
        else:
            form = AskForm(request.POST)
            if form.is_valid() and _ask(request, form, referral):
                return redirect("referrals:prospect_call", token=token)
    context = {
        "referral": referral,
        "token": token,
        "form": form,
        "row": row,
        "ended": ended,
        "invitation": reads.peer_of(row) if row else None,
        "said": row.outcomes.filter(side="prospect").exists() if row else False,
        "may_ask": row is None or row.state not in reference_call_states.OPEN,
        "spoken": services.may_represent_company(referral),
    }
    return render(
        request,
        "referrals/prospect_call.html",
        context,
        status=422 if form.errors or ended.errors else 200,
    )


def _introduced_her(request: HttpRequest, referral: Referral) -> bool:
    """Return whether the reader is the referrer or from their company: they passed the page's
    address on.
    """
    user = request.user
    if not is_member(user):
        return False
    company = referral.referrer_organization_id
    return user.pk == referral.referrer_id or (
        company is not None and user.organization_id == company
    )


def _ask(request: HttpRequest, form: AskForm, referral: Referral) -> bool:
    fields = dict(form.cleaned_data)
    agrees = fields.pop("agrees")
    company = referral.organization.name if referral.organization else referral.referee_company
    try:
        services.ask_for_call(
            referral=referral, agrees=agrees, company=company, now=time.now(), **fields
        )
    except NotAllowed:
        form.add_error(
            None, _("This works once the introduction is accepted, and for one call at a time.")
        )
        return False
    messages.success(request, _("Thank you. We look for somebody who fits."))
    return True


def _prospect_acts(request: HttpRequest, row: ReferenceRequest, form: OutcomeForm) -> bool:
    act, now = request.POST["act"], time.now()
    try:
        if act in ("agree", "other"):
            services.prospect_answers(request=row, agrees=act == "agree", now=now)
        elif act == "call_off":
            services.call_off(request=row, now=now)
        elif act == "outcome":
            if not form.is_valid():
                return False
            services.record_outcome(request=row, side="prospect", now=now, **form.cleaned_data)
    except NotAllowed:
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
    return True
