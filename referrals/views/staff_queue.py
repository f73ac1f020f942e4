"""Staff: the introduction desk and one introduction with its evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.accounts.models import User
from portal.accounts.permissions import (
    MemberRequest,
    can_administer,
    can_manage_money,
    team_required,
)
from portal.core import time
from referrals.forms.days import evening_of
from referrals.forms.desk import AnswerForm, MoveForm, NextForm, NoteForm, ReasonForm
from referrals.models import Dispute, Fact, Referral, RiskFinding
from referrals.rules import sla, state_machine
from referrals.selectors import overdue
from referrals.selectors import staff_queue as reads
from referrals.selectors.customer_pages import track
from referrals.services.facts.record import dismiss_fact, retry_fact
from referrals.services.introductions import referrer_notes
from referrals.services.introductions import staff_actions as services
from referrals.services.introductions.prospect_pages import TokenClosed, give_page
from referrals.services.state import risk, transitions

RARE: Final = (
    "facts",
    "books",
    "losses",
    "programs",
    "imports",
    "sources",
)  # behind "More", unless one is open
ADMINISTERED: Final = frozenset({"sources"})  # only administrators may open them
MONEY: Final = frozenset({"payouts"})  # only finance and administrators may


def tabs(
    request: HttpRequest, which: str, counts: dict[str, int]
) -> dict[str, list[dict[str, Any]]]:
    """The desk's places, with what waits in each: those of every day, and the rest."""
    desk_url = reverse("referrals:desk")
    rows: list[tuple[str, str, str]] = [
        ("waiting", f"{desk_url}", _("Waiting for us")),
        ("notes", f"{desk_url}?show=notes", _("Notes owed")),
        ("doubtful", f"{desk_url}?show=doubtful", _("Doubtful")),
        ("disputed", f"{desk_url}?show=disputed", _("Disputes")),
        ("rewards", reverse("referrals:rewards"), _("Rewards")),
        ("payouts", reverse("referrals:payouts"), _("Payments")),
        ("calls", reverse("referrals:reference_desk"), _("Reference calls")),
        ("open", f"{desk_url}?show=open", _("In motion")),
        ("ended", f"{desk_url}?show=ended", _("Ended")),
        ("programs", reverse("referrals:programs"), _("Programs")),
        ("losses", reverse("referrals:losses"), _("Losses")),
        ("books", reverse("referrals:books"), _("Ledger checks")),
        ("facts", f"{desk_url}?show=facts", _("Messages")),
        ("imports", reverse("referrals:deal_imports"), _("Import")),
        ("sources", reverse("referrals:sources"), _("Systems")),
    ]
    hidden: frozenset[str] = frozenset()
    hidden |= frozenset() if can_administer(request.user) else ADMINISTERED
    hidden |= frozenset() if can_manage_money(request.user) else MONEY
    rows = [row for row in rows if row[0] not in hidden]
    found: dict[str, list[dict[str, Any]]] = {"shown": [], "more": []}
    for key, url, label in rows:
        place = "more" if key in RARE and key != which else "shown"
        found[place].append(
            {"url": url, "label": label, "count": counts.get(key) or None, "current": key == which}
        )
    return found


@team_required
@require_GET
def desk(request: MemberRequest) -> HttpResponse:
    """Introductions that wait for us, the doubtful, the disputed; each row opens its evidence."""
    now = time.now()
    which = request.GET.get("show", "waiting")
    counts = reads.tab_counts(now)
    context: dict[str, Any] = {
        "which": which,
        "counts": counts,
        "tabs": tabs(request, which, counts),
        "now": now,
    }
    if which == "facts":
        context |= reads.waiting_messages(now)
        return render(request, "referrals/staff/facts.html", context)
    page, whole = reads.shown(
        which if which in reads.FILTERS else "waiting", now, request.GET.get("after")
    )
    found = page.items
    doubts = {row.pk: row.doubts for row in found}  # type: ignore[attr-defined]  # annotated
    context["rows"] = [
        {
            "row": row,
            "doubts": doubts[row.referral.pk],
            "late": row.late_since,
            "note_due": row.referral.noted_at + timedelta(days=sla.SILENT_DAYS),
        }
        for row in track(found, staff=True)
    ]
    context |= {"overdue": overdue.overdue_decisions(now), "page": page, "whole": whole}
    return render(request, "referrals/staff/desk.html", context)


def _referral(public_id: str) -> Referral:
    return get_object_or_404(
        Referral.objects.select_related(
            "program",
            "organization",
            "referrer",
            "referrer_organization",
            "handler",
            "referee",
            "link",
            "terms",
        ),
        public_id=public_id,
    )


def _page(request: HttpRequest, row: Referral, *, status: int = 200, **forms: Any) -> HttpResponse:
    found, now = reads.evidence(row), time.now()
    context = {
        "referral": row,
        "found": found,
        "move": MoveForm(moves=found.moves),
        "next": NextForm(),
        "reason": ReasonForm(),
        "answer": AnswerForm(),
        "note": NoteForm(),
        "now": now,
        "is_open": row.state in state_machine.OPEN,
        "owes": row.state in sla.ON_US and row.noted_at <= now - timedelta(days=sla.REMIND_DAYS),
        "note_due": row.noted_at + timedelta(days=sla.SILENT_DAYS),
        **forms,
    }
    return render(request, "referrals/staff/referral.html", context, status=status)


@team_required
@require_GET
def referral(request: MemberRequest, public_id: str) -> HttpResponse:
    """One introduction: who, what is doubtful, its history, its credit, its rewards, what can be
    done.
    """
    return _page(request, _referral(public_id))


@team_required
@require_POST
def act(request: MemberRequest, public_id: str) -> HttpResponse:
    """Take it, say what comes next, or move it."""
    row, now, actor = _referral(public_id), time.now(), request.user
    what = request.POST.get("act", "")
    if what == "take":
        services.take_referral(referral=row, actor=actor, now=now)
        messages.success(request, _("You handle it now."))
    elif what == "next":
        form = NextForm(request.POST)
        if not form.is_valid():
            return _page(request, row, next=form, status=422)
        due = evening_of(form.cleaned_data["due"])
        services.note_contact(
            referral=row, actor=actor, now=now, next_step=form.cleaned_data["next_step"], due_at=due
        )
        messages.success(request, _("Saved. The referrer sees it."))
    elif what == "note":
        return _note(request, row, actor, now)
    elif what == "page":
        return _give_page(request, row, actor, now)
    elif what == "move":
        return _move(request, row, actor, now)
    return redirect("referrals:desk_referral", public_id=public_id)


def _note(request: HttpRequest, row: Referral, actor: User, now: datetime) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, row, note=form, status=422)
    day = form.cleaned_data["until"]
    referrer_notes.write_note(
        referral=row,
        actor=actor,
        code=form.cleaned_data["code"],
        text=form.cleaned_data["text"],
        now=now,
        until=evening_of(day) if day else None,
    )
    messages.success(request, _("Sent. The referrer is notified."))
    return redirect("referrals:desk_referral", public_id=row.public_id)


def _give_page(request: HttpRequest, row: Referral, actor: User, now: datetime) -> HttpResponse:
    try:
        token = give_page(referral=row, actor=actor, now=now)
    except TokenClosed:
        messages.info(request, _("This has changed meanwhile. Here is how it stands."))
        return redirect("referrals:desk_referral", public_id=row.public_id)
    url = settings.HAZUMI_BASE_URL + reverse("referrals:introduction", args=[token])
    return render(request, "referrals/staff/own_page.html", {"referral": row, "url": url})


def _move(request: HttpRequest, row: Referral, actor: User, now: datetime) -> HttpResponse:
    form = MoveForm(request.POST, moves=reads.possible_moves(row))
    if not form.is_valid():
        return _page(request, row, move=form, status=422)
    try:
        moved = services.move_referral(
            referral=row,
            to=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            actor=actor,
            now=now,
            loss=form.cleaned_data.get("loss", ""),
        )
    except services.ReasonNeeded:
        form.add_error(
            "reason",
            _("Please give a reason: the referrer reads it, and so does the product team."),
        )
        return _page(request, row, move=form, status=422)
    except services.NotCredited:
        form.add_error(
            "to", _("Another introduction is credited for this company. Move that one on.")
        )
        return _page(request, row, move=form, status=422)
    except (transitions.NotAllowed, transitions.Stale):
        form.add_error("to", _("It has changed in the meantime. Please check again."))
        return _page(request, _referral(str(row.public_id)), move=form, status=422)
    messages.success(request, _("Moved to %(state)s.") % {"state": moved.get_state_display()})
    return redirect("referrals:desk_referral", public_id=row.public_id)


@team_required
@require_POST
def finding(request: MemberRequest, pk: int) -> HttpResponse:
    """Say why a finding is harmless."""
    row = get_object_or_404(RiskFinding.objects.select_related("referral"), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, _referral(str(row.referral.public_id)), reason=form, status=422)
    risk.close_finding(
        finding=row, actor=request.user, reason=form.cleaned_data["reason"], now=time.now()
    )
    messages.success(request, _("Noted with your reason."))
    return redirect("referrals:desk_referral", public_id=row.referral.public_id)


def _answered(row: Dispute) -> str:
    """Say who answered a dispute before, and how."""
    by = User.objects.filter(pk=row.closed_by_id or 0).first()
    return _("%(name)s answered it before: %(answer)s. Nothing was changed.") % {
        "name": by.display_name if by else _("A colleague"),
        "answer": row.get_state_display(),
    }


@team_required
@require_POST
def dispute(request: MemberRequest, pk: int) -> HttpResponse:
    """Answer a dispute in words."""
    actor = request.user
    row = get_object_or_404(Dispute.objects.select_related("referral"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, _referral(str(row.referral.public_id)), answer=form, status=422)
    upheld = request.POST.get("outcome") == "upheld"
    answer, now = form.cleaned_data["answer"], time.now()
    try:
        services.answer_dispute(dispute=row, actor=actor, upheld=upheld, answer=answer, now=now)
    except PermissionError:
        raise PermissionDenied from None
    except services.AlreadyAnswered as error:
        messages.error(request, _answered(error.dispute))
        return _page(request, _referral(str(row.referral.public_id)), answer=form, status=409)
    messages.success(request, _("Answered."))
    return redirect("referrals:desk_referral", public_id=row.referral.public_id)


@team_required
@require_POST
def fact(request: MemberRequest, pk: int) -> HttpResponse:
    """Try a parked or contradictory message again, or put it aside with a reason."""
    row = get_object_or_404(Fact, pk=pk)
    if request.POST.get("act") == "retry":
        if retry_fact(fact=row, actor=request.user, now=time.now()):
            messages.success(request, _("Applied."))
        else:
            messages.info(request, _("It still cannot be applied; the reason is beside it."))
        return redirect(f"{reverse('referrals:desk')}?show=facts")
    form = ReasonForm(request.POST)
    if form.is_valid():
        dismiss_fact(
            fact=row, actor=request.user, reason=form.cleaned_data["reason"], now=time.now()
        )
        messages.success(request, _("Put aside."))
    else:
        messages.error(request, _("A reason is needed."))
    return redirect(f"{reverse('referrals:desk')}?show=facts")
