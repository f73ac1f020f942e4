"""Staff: rewards to approve, payments, and whether the books balance."""

from __future__ import annotations

import csv
import io
import time as stopwatch
from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.accounts.models import User
from portal.accounts.permissions import administrator_required, is_staff_member, team_required
from portal.core import time
from referrals import books
from referrals.forms.desk import ReasonForm
from referrals.models import BooksCheck, PayoutBatch, Program, Reward
from referrals.selectors import desk as reads
from referrals.services import approvals, payouts
from referrals.services.approvals import DoubtsOpen, NotOnHold, OwnReward, ReasonNeeded, SecondPersonNeeded
from referrals.views.desk import tabs


@team_required
@require_GET
def rewards(request: HttpRequest) -> HttpResponse:
    """Rewards on hold that a person has to look at, and the ones released."""
    now = time.now()
    counts = reads.tab_counts(now)
    state = request.GET.get("state", "")
    if state in Reward.State.values:
        rows = Reward.objects.filter(state=state).select_related(
            "referral__organization", "referral__referrer", "program", "user", "organization"
        ).order_by("-state_since")[:200]  # fmt: skip
    else:
        rows = reads.rewards_waiting()[:200]
    context = {
        "rows": reads.reward_rows(list(rows)), "tabs": tabs(request, "rewards", counts), "state": state,
        "states": Reward.State.choices, "counts": counts, "now": now,
    }  # fmt: skip
    return render(request, "referrals/staff/rewards.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def reward(request: HttpRequest, public_id: str) -> HttpResponse:
    """Approve, refuse or take back one reward. Two people for a large one; never one's own."""
    row = get_object_or_404(
        Reward.objects.select_related(
            "referral__organization",
            "referral__referrer",
            "referral__program",
            "program",
            "user",
            "organization",
            "conversion",
            "terms",
        ),
        public_id=public_id,
    )
    form = ReasonForm()
    status = 200
    if request.method == "POST":
        assert is_staff_member(request.user)
        form = ReasonForm(request.POST) if request.POST.get("act") == "reverse" else ReasonForm()
        problem = _decide(request, row, request.user, form)
        if problem is None:
            return redirect("referrals:reward", public_id=public_id)
        if problem:
            messages.error(request, problem)
        row.refresh_from_db()
        status = 422
    names = dict(User.objects.filter(pk__in=[row.proposed_by_id, row.approved_by_id]).values_list("pk", "display_name"))
    context = {
        "reward": row, "found": reads.reward_rows([row])[0], "form": form, "history": row.changes.order_by("version"),
        "proposed_by": names.get(row.proposed_by_id or 0, ""), "approved_by": names.get(row.approved_by_id or 0, ""),
        "findings": reads.evidence(row.referral).findings, "can_decide": row.state in ("held", "pending"),
        "can_reverse": row.net > 0 and row.refused_at is None,
    }  # fmt: skip
    return render(request, "referrals/staff/reward.html", context, status=status)


def _decide(request: HttpRequest, row: Reward, actor: User, form: ReasonForm) -> str | None:
    """Carry out what was pressed; None when it worked, else what to say ("" when the form says it)."""
    try:
        if request.POST.get("act") == "approve":
            done = approvals.approve_reward(reward_id=row.pk, actor=actor, now=time.now())
            messages.success(
                request,
                _("Proposed. A second person has to approve it.") if done.approved_by_id is None else _("Approved."),
            )
        elif request.POST.get("act") == "reverse":
            if not form.is_valid():
                return ""
            approvals.reverse_reward(reward_id=row.pk, actor=actor, now=time.now(), reason=form.cleaned_data["reason"])
            messages.success(request, _("Taken back. The referrer reads the reason."))
    except OwnReward:
        return _("Nobody decides about a reward she has a part in. Ask a colleague.")
    except SecondPersonNeeded:
        return _("You have proposed it yourself. Somebody else has to approve it.")
    except DoubtsOpen:
        return _("Something doubtful is still open. Look at it first.")
    except NotOnHold:
        return _("It is not on hold any more.")
    except ReasonNeeded:
        return _("A reason is needed.")
    return None


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def payouts_page(request: HttpRequest) -> HttpResponse:
    """What is available to pay, and the batches so far."""
    actor = request.user
    assert is_staff_member(actor)
    if request.method == "POST":
        program = get_object_or_404(Program, slug=request.POST.get("program", ""))
        ids = Reward.objects.filter(program=program, state=Reward.State.AVAILABLE).values_list("pk", flat=True)
        try:
            batch = payouts.reserve_batch(program=program, reward_ids=list(ids), actor=actor, now=time.now())
        except OwnReward:
            messages.error(request, _("One of these rewards is yours. Ask a colleague to make the payment."))
            return redirect("referrals:payouts")
        return redirect("referrals:payout", public_id=batch.public_id)
    available = (
        Reward.objects.filter(state=Reward.State.AVAILABLE)
        .values("program__slug", "program__name_ja", "program__name_en", "currency")
        .annotate(n=Count("pk"), total=Sum("amount") - Sum("reversed_amount"))
        .order_by("program__slug")
    )
    batches = (
        PayoutBatch.objects.select_related("program")
        .annotate(n=Count("lines"), total=Sum("lines__amount"))
        .order_by("-pk")[:50]
    )
    context = {
        "available": available,
        "batches": batches,
        "tabs": tabs(request, "payouts", reads.tab_counts(time.now())),
    }
    return render(request, "referrals/staff/payouts.html", context)


@administrator_required
@require_http_methods(["GET", "HEAD", "POST"])
def payout(request: HttpRequest, public_id: str) -> HttpResponse:
    """One batch: its lines, the file for the bank or the billing system, settled or failed."""
    actor = request.user
    assert is_staff_member(actor)
    batch = get_object_or_404(PayoutBatch.objects.select_related("program"), public_id=public_id)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "settle":
                payouts.settle_batch(
                    batch_id=batch.pk, actor=actor, now=time.now(), reference=request.POST.get("reason", "")[:200]
                )
                messages.success(request, _("Paid. The referrers are told."))
            elif request.POST.get("act") == "fail":
                payouts.fail_batch(
                    batch_id=batch.pk, actor=actor, now=time.now(), reason=request.POST.get("reason", "")[:200]
                )
                messages.success(request, _("Marked as failed. The rewards are available again."))
        except SecondPersonNeeded:
            messages.error(request, _("A batch with a large reward is settled by somebody else than its maker."))
        except OwnReward:
            messages.error(request, _("One of these rewards is yours. Ask a colleague to make the payment."))
        except payouts.BatchClosed:
            messages.error(request, _("This payment was closed meanwhile."))
        return redirect("referrals:payout", public_id=public_id)
    lines = batch.lines.select_related(
        "reward__referral__organization", "reward__user", "reward__organization", "reward__program"
    )
    rows = [{"line": line, **reads.reward_rows([line.reward])[0]} for line in lines.order_by("pk")]
    context = {
        "batch": batch,
        "rows": rows,
        "total": sum(row["line"].amount for row in rows),
        "currency": batch.program.currency,
    }
    return render(request, "referrals/staff/payout.html", context)


@administrator_required
@require_GET
def payout_csv(request: HttpRequest, public_id: str) -> HttpResponse:
    """The lines of a batch for another system; cells never begin a formula."""
    batch = get_object_or_404(PayoutBatch.objects.select_related("program"), public_id=public_id)
    lines = batch.lines.select_related(
        "reward__referral__organization", "reward__user", "reward__organization", "reward__program"
    ).order_by("pk")
    table = [["reward", "to", "amount", "currency", "kept back", "fulfilment"]]
    table += [
        [
            str(line.reward.public_id), reads.reward_rows([line.reward])[0]["to"], str(line.amount), line.currency,
            str(line.netted), batch.program.fulfilment,
        ]
        for line in lines
    ]  # fmt: skip
    return csv_response(table, f"payment-{batch.public_id}.csv")


def csv_response(table: list[list[str]], name: str) -> HttpResponse:
    """Return a CSV with BOM that no spreadsheet reads as formulas."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[safe_cell(cell) for cell in row] for row in table])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def safe_cell(text: str) -> str:
    """Return a cell that a spreadsheet shows as text."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") else text


@team_required
@require_GET
def books_page(request: HttpRequest) -> HttpResponse:
    """Every invariant, checked now, beside the last nightly check."""
    started = stopwatch.monotonic()
    results = books.check_books(limit=300)
    last = BooksCheck.objects.order_by("-at").first()
    context = {
        "rows": [
            {"invariant": row, "now": results[row.key], "last": (last.results.get(row.key) if last else None)}
            for row in books.INVARIANTS
        ],
        "violations": sum(results.values()), "last": last, "now": time.now(),
        "is_late": last is None or time.now() - last.at > timedelta(hours=30),
        "milliseconds": int((stopwatch.monotonic() - started) * 1000),
        "tabs": tabs(request, "books", reads.tab_counts(time.now())),
    }  # fmt: skip
    return render(request, "referrals/staff/books.html", context)
