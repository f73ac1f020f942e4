"""Staff: rewards to approve, refuse, take back and restore, and what is owed back."""

from __future__ import annotations

import re
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.models import User
from portal.accounts.permissions import (
    MemberRequest,
    can_manage_money,
    finance_required,
    team_required,
)
from portal.core import time
from portal.core.db.pagination import page_by_key
from referrals.forms.desk import ReasonForm
from referrals.models import Reward
from referrals.selectors import staff_queue as reads
from referrals.selectors.overdue import overdue_decisions
from referrals.services.rewards import approvals, clawbacks
from referrals.services.rewards.approvals import (
    ChangedMeanwhile,
    DoubtsOpen,
    MaybePaid,
    NothingLeft,
    NotOnHold,
    NotRefused,
    OwnReward,
    ReasonNeeded,
    SecondPersonNeeded,
)
from referrals.views.staff_queue import tabs

R = Reward.State
REFUSALS = (
    ChangedMeanwhile,
    DoubtsOpen,
    MaybePaid,
    NothingLeft,
    NotOnHold,
    NotRefused,
    OwnReward,
    ReasonNeeded,
    SecondPersonNeeded,
)
SIZE = 50
FORMS = ("reverse", "restore", "write_off")  # the acts that need a reason
CHOSEN = re.compile(r"([0-9]{1,17})v([0-9]{1,9})")  # a reward, and the version of it that was shown


@team_required
@require_GET
def rewards(request: MemberRequest) -> HttpResponse:
    """Rewards on hold that need a decision, and the ones released."""
    now = time.now()
    counts = reads.tab_counts(now)
    state = request.GET.get("state", "")
    cursor = request.GET.get("after")
    if state in R.values:
        rows = Reward.objects.filter(state=state).select_related(
            "referral__organization", "referral__referrer", "program", "user", "organization"
        )
        page = page_by_key(rows, order=("-state_since", "-pk"), cursor=cursor, size=SIZE)
    else:
        page = page_by_key(
            reads.rewards_waiting(), order=("due_at", "pk"), cursor=cursor, size=SIZE
        )
    context = {
        "rows": reads.reward_rows(page.items),
        "page": page,
        "tabs": tabs(request, "rewards", counts),
        "state": state,
        "states": R.choices,
        "counts": counts,
        "now": now,
        "overdue": overdue_decisions(now),
        "can_approve": can_manage_money(request.user) and state in ("", R.PENDING, R.HELD),
    }
    return render(request, "referrals/staff/rewards.html", context)


@finance_required
@require_POST
def approve(request: MemberRequest) -> HttpResponse:
    """Approve the chosen rewards, each for itself, and say what became of them."""
    chosen = {
        int(row[1]): int(row[2])
        for row in map(CHOSEN.fullmatch, request.POST.getlist("reward")[:SIZE])
        if row
    }
    if not chosen:
        messages.error(request, _("Choose at least one reward."))
        return redirect("referrals:rewards")
    ended = approvals.approve_many(seen=chosen, actor=request.user, now=time.now())
    said = {
        "approved": ngettext("%(n)s approved", "%(n)s approved", ended["approved"]),
        "proposed": ngettext(
            "%(n)s proposed: a second person has to approve it",
            "%(n)s proposed: a second person has to approve them",
            ended["proposed"],
        ),
        "second": ngettext(
            "%(n)s waits for somebody else: you proposed it",
            "%(n)s wait for somebody else: you proposed them",
            ended["second"],
        ),
        "own": ngettext(
            "%(n)s is left: you have a part in it",
            "%(n)s are left: you have a part in them",
            ended["own"],
        ),
        "doubts": ngettext(
            "%(n)s is left: something doubtful is open",
            "%(n)s are left: something doubtful is open",
            ended["doubts"],
        ),
        "changed": ngettext(
            "%(n)s has changed in the meantime: review it again, then approve it",
            "%(n)s have changed in the meantime: review them again, then approve them",
            ended["changed"],
        ),
        "gone": ngettext(
            "%(n)s was not on hold any more", "%(n)s were not on hold any more", ended["gone"]
        ),
    }
    text = _(", ").join(said[key] % {"n": ended[key]} for key in said if ended[key])
    done = ended["approved"] + ended["proposed"] == sum(ended.values())
    (messages.success if done else messages.warning)(request, text)
    return redirect("referrals:rewards")


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def reward(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Approve, refuse, take back or restore one reward.

    Two people for a large one; never one's own.
    """
    chosen = (
        "referral__organization",
        "referral__referrer",
        "referral__program",
        "program",
        "user",
        "organization",
        "conversion",
        "terms",
    )
    row = get_object_or_404(Reward.objects.select_related(*chosen), public_id=public_id)
    act = request.POST.get("act", "")
    form, status = ReasonForm(), 200
    if request.method == "POST":
        form = ReasonForm(request.POST if act != "approve" else None, auto_id=_ids(act))
        problem = _decide(request, row, request.user, form)
        if problem is None:
            return redirect("referrals:reward", public_id=public_id)
        if problem:
            messages.error(request, problem)
        row.refresh_from_db()
        status = 422
    return render(request, "referrals/staff/reward.html", _shown(row, form, act), status=status)


def _ids(act: str) -> str:
    """Return the pattern of a form's ids; an act this page does not offer gives none."""
    return f"{act}-%s" if act in FORMS else "%s"


def _shown(row: Reward, form: ReasonForm, act: str) -> dict[str, object]:
    """What the page of a reward shows and offers."""
    history = list(row.changes.order_by("version"))
    acted = {row.proposed_by_id, row.approved_by_id, *(change.actor_id for change in history)}
    people = [pk for pk in acted if pk]
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "display_name"))
    line = row.payout_lines.select_related("batch").order_by("-pk").first()
    return {
        "reward": row,
        "found": reads.reward_rows([row])[0],
        "forms": {name: form if name == act else ReasonForm(auto_id=_ids(name)) for name in FORMS},
        "history": [
            {"change": change, "by": names.get(change.actor_id or 0, "")} for change in history
        ],
        "proposed_by": names.get(row.proposed_by_id or 0, ""),
        "approved_by": names.get(row.approved_by_id or 0, ""),
        "findings": reads.evidence(row.referral).findings,
        "can_decide": row.state in (R.HELD, R.PENDING),
        "can_reverse": row.net > 0 and row.refused_at is None,
        "line": line,
        "corrections": row.conversion.corrections.order_by("told_at", "pk")
        if row.conversion
        else [],
        "can_restore": row.refused_at is not None and row.state == R.REVERSED,
        "owed": clawbacks.owed_by(row.holder, row.currency),
    }


def _decide(request: HttpRequest, row: Reward, actor: User, form: ReasonForm) -> str | None:
    """Carry out what was pressed; None when it worked, else what to say ("" when the form says
    it).
    """
    act, now = request.POST.get("act"), time.now()
    if act != "approve" and not form.is_valid():
        return ""
    reason = "" if act == "approve" else form.cleaned_data["reason"]
    try:
        if act == "approve":
            shown = request.POST.get("version", "")
            version = int(shown) if re.fullmatch(r"[0-9]{1,9}", shown) else None
            done = approvals.approve_reward(reward_id=row.pk, actor=actor, now=now, version=version)
            waits = done.approved_by_id is None
            text = _("Proposed. A second person has to approve it.") if waits else _("Approved.")
        elif act == "reverse":
            approvals.reverse_reward(reward_id=row.pk, actor=actor, now=now, reason=reason)
            text = _("Taken back. The referrer reads the reason.")
        elif act == "restore":
            approvals.restore_reward(reward_id=row.pk, actor=actor, now=now, reason=reason)
            text = _("It is on hold again and has to be approved anew.")
        elif act == "write_off":
            clawbacks.write_off(reward_id=row.pk, actor=actor, now=now, reason=reason)
            text = _("Given up. It is no longer kept back from payments.")
        else:
            return _("Choose what to do.")
    except REFUSALS as error:
        return _refusal(error)
    messages.success(request, text)
    return None


def _refusal(error: Exception) -> str:
    return {
        ChangedMeanwhile: _("It has changed in the meantime. Review it again, then approve it."),
        OwnReward: _("You cannot decide about a reward you are involved in. Ask a colleague."),
        SecondPersonNeeded: _(
            "You have proposed or approved it yourself. Somebody else has to do this."
        ),
        DoubtsOpen: _("A doubtful finding is still open. Review it first."),
        NotOnHold: _("It is not on hold any more."),
        MaybePaid: _(
            "It is not known whether a payment was made. Find out first, and note it on the "
            "page of payments."
        ),
        NotRefused: _("There is nothing to undo: it was not refused, or it was paid."),
        NothingLeft: _(
            "Nothing is left of it: the sale was refunded, another introduction counts, or the "
            "budget is used up."
        ),
        ReasonNeeded: _("A reason is needed."),
    }[type(error)]
