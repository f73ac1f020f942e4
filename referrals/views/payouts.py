"""Staff: payments.

What can be paid, each batch line by line, the file for the bank, the payment service.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.models import User
from portal.accounts.permissions import (
    MemberRequest,
    administrator_required,
    finance_required,
)
from portal.core import time
from portal.core.db.pagination import page_by_key
from portal.core.web.downloads import csv_response
from referrals.forms.payouts import RouteForm
from referrals.models import PayoutBatch, PayoutLine, Program
from referrals.selectors import payouts as reads
from referrals.selectors.payout_lines import destination_of
from referrals.selectors.staff_queue import reward_rows, tab_counts
from referrals.services.payouts import payouts, service_payments, unknown_outcome
from referrals.services.payouts.payout_lines import PaymentUnsure
from referrals.services.rewards.approvals import OwnReward, SecondPersonNeeded
from referrals.views.staff_queue import tabs

MOST = 500  # lines of one batch


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def payouts_page(request: MemberRequest) -> HttpResponse:
    """What is available to pay, what is owed back, and the batches so far."""
    now = time.now()
    if request.method == "POST":
        return _make(request)
    context = {
        "available": reads.available(),
        "owed": reads.owed(),
        "unsure": reads.unsure(now),
        "tones": reads.BATCH_TONES,
        "page": page_by_key(
            reads.batches(), order=("-pk",), cursor=request.GET.get("after"), size=30
        ),
        "tabs": tabs(request, "payouts", tab_counts(now)),
    }
    return render(request, "referrals/staff/payouts.html", context)


def _make(request: MemberRequest) -> HttpResponse:
    program = get_object_or_404(Program, slug=request.POST.get("program", ""))
    ids = list(reads.payable(program).values_list("pk", flat=True)[:MOST])
    try:
        batch = payouts.reserve_batch(
            program=program, reward_ids=ids, actor=request.user, now=time.now()
        )
    except OwnReward:
        messages.error(
            request, _("One of these rewards is yours. Ask a colleague to make the payment.")
        )
    except payouts.NothingToPay:
        messages.error(
            request, _("Nothing is available any more. Somebody else may have made the payment.")
        )
    else:
        messages.success(request, _("Reserved. Check the lines, then release the payment."))
        return redirect("referrals:payout", public_id=batch.public_id)
    return redirect("referrals:payouts")


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def payout(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One batch: where each line is; sent to the service, or settled and failed by hand."""
    batch = get_object_or_404(PayoutBatch.objects.select_related("program"), public_id=public_id)
    if request.method == "POST":
        _release(request, batch)
        return redirect("referrals:payout", public_id=public_id)
    now = time.now()
    page = page_by_key(
        reads.lines_of(batch), order=("pk",), cursor=request.GET.get("after"), size=100
    )
    people = [pk for pk in (batch.created_by_id, batch.sent_by_id, batch.closed_by_id) if pk]
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "display_name"))
    context = {
        "batch": batch,
        "page": page,
        "rows": reads.line_rows(page.items, now),
        "counts": reads.progress(batch),
        "tone": reads.BATCH_TONES[batch.state],
        "currency": batch.program.currency,
        "destination": destination_of(batch.program),
        "made_by": names.get(batch.created_by_id or 0, ""),
        "sent_by": names.get(batch.sent_by_id or 0, ""),
        "closed_by": names.get(batch.closed_by_id or 0, ""),
    }
    return render(request, "referrals/staff/payout.html", context)


def _release(request: MemberRequest, batch: PayoutBatch) -> None:
    act, reason, now = (
        request.POST.get("act"),
        request.POST.get("reason", "").strip()[:200],
        time.now(),
    )
    actor = request.user
    try:
        if act == "send":
            service_payments.send_batch(batch_id=batch.pk, actor=actor, now=now)
            messages.success(request, _("Sent. Each line is paid when the service has answered."))
        elif act == "settle" and not reason:
            messages.error(
                request,
                _("Write the reference of the transfer, so that the payment can be found again."),
            )
        elif act == "settle":
            payouts.settle_batch(batch_id=batch.pk, actor=actor, now=now, reference=reason)
            messages.success(request, _("Paid. The referrers are notified."))
        elif act == "fail" and not reason:
            messages.error(request, _("A reason is needed."))
        elif act == "fail":
            payouts.fail_batch(batch_id=batch.pk, actor=actor, now=now, reason=reason)
            messages.success(request, _("Marked as failed. The rewards are available again."))
    except (SecondPersonNeeded, OwnReward, service_payments.NoRoute, payouts.BatchClosed) as error:
        messages.error(request, refusal(error))


def refusal(error: Exception) -> str:
    """Say why a payment could not be released, sent again or ended."""
    if isinstance(error, SecondPersonNeeded):
        return _("A payment with a large reward is released by somebody else than its maker.")
    if isinstance(error, OwnReward):
        return _("One of these rewards is yours. Ask a colleague to make the payment.")
    if isinstance(error, service_payments.NoRoute):
        return _("The service for payments is switched off or not chosen. See where payments go.")
    if isinstance(error, service_payments.OnItsWay):
        return _("The service is being contacted right now. Check again in a minute.")
    if isinstance(error, PaymentUnsure):
        return _(
            "It may have been paid, and its amount or the service has changed since: it would "
            "be a second payment. Find "
            "out, then note whether it was paid."
        )
    if isinstance(error, unknown_outcome.StillOnHold):
        return _("The reward is on hold again. Approve or refuse it first, then note the payment.")
    return _("It was closed meanwhile, or its amount has changed. A new payment is the way.")


LINE_REFUSALS = (
    SecondPersonNeeded,
    OwnReward,
    service_payments.NoRoute,
    service_payments.OnItsWay,
    payouts.BatchClosed,
    PaymentUnsure,
    unknown_outcome.StillOnHold,
)


@finance_required
@require_POST
def payout_line(request: MemberRequest, public_id: UUID, pk: int) -> HttpResponse:
    """One line: asked for again after a failure, ended by hand when the service keeps silent, or
    found out about.
    """
    line = get_object_or_404(PayoutLine, pk=pk, batch__public_id=public_id)
    act, reason, now = (
        request.POST.get("act"),
        request.POST.get("reason", "").strip()[:200],
        time.now(),
    )
    actor = request.user
    try:
        if act == "retry":
            service_payments.retry_line(line_id=line.pk, actor=actor, now=now)
            messages.success(request, _("Sent again under the same number."))
        elif not reason:
            messages.error(request, _("A reference or a reason is needed."))
        elif act in ("settle", "fail"):
            service_payments.end_line_by_hand(
                line_id=line.pk, actor=actor, now=now, paid=act == "settle", reason=reason
            )
            messages.success(
                request,
                _("Noted as paid.")
                if act == "settle"
                else _("Marked as failed. The reward is available again."),
            )
        elif act in ("was_paid", "not_paid"):
            unknown_outcome.resolve_line(
                line_id=line.pk, actor=actor, now=now, paid=act == "was_paid", reason=reason
            )
            said = _("Noted as not paid. The reward can be paid again.")
            messages.success(request, _("Noted as paid.") if act == "was_paid" else said)
    except LINE_REFUSALS as error:
        messages.error(request, refusal(error))
    return redirect("referrals:payout", public_id=public_id)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def payout_route(request: MemberRequest, slug: str) -> HttpResponse:
    """Which signed webhook carries out a program's payments."""
    program = get_object_or_404(Program, slug=slug)
    form = RouteForm(request.POST or None, initial={"destination": destination_of(program)})
    if request.method == "POST" and form.is_valid():
        service_payments.choose_destination(
            program=program,
            destination=form.cleaned_data["destination"],
            actor=request.user,
            now=time.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("referrals:payouts")
    context = {
        "form": form,
        "program": program,
        "is_cash": program.fulfilment == Program.Fulfilment.CASH,
    }
    return render(
        request, "referrals/staff/payout_route.html", context, status=422 if form.errors else 200
    )


@finance_required
@require_GET
def payout_csv(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The lines of a batch for another system; cells never begin a formula."""
    batch = get_object_or_404(PayoutBatch.objects.select_related("program"), public_id=public_id)
    head: list[object] = [
        "payment",
        "reward",
        "to",
        "amount",
        "currency",
        "kept back",
        "fulfilment",
        "state",
        "reason",
    ]
    lines = list(reads.lines_of(batch).order_by("pk"))
    rows = [
        [
            line.payment_id,
            line.reward.public_id,
            row["to"],
            line.amount,
            line.currency,
            line.netted,
            batch.program.fulfilment,
            line.state,
            line.reason,
        ]
        for line, row in zip(lines, reward_rows([line.reward for line in lines]), strict=True)
    ]
    return csv_response([head, *rows], f"payment-{batch.public_id}.csv")
