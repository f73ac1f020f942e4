"""Signal triggers of introductions: SLA breaches, overdue decisions, and why introduced companies
said no.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.accounts.models import User
from portal.events.models import Event
from portal.teams import registry
from portal.teams.models import Signal, SignalRule
from portal.teams.registry import Finding
from referrals.models import Dispute, Referral, Reward, RiskFinding
from referrals.rules import reasons, sla
from referrals.services.state.transitions import company_of
from referrals.text import introductions

S = Referral.State
MOVED = "referrals.referral.moved"


def register() -> None:
    """Add the triggers; called from the app's ready()."""
    add = registry.register_condition
    add(
        "introduction_late",
        label=_lazy("An introduction waits longer than promised"),
        find=late,
        still=still_late,
        unit=_lazy("business hours"),
        explain=_why_late,
    )
    add(
        "introduction_silent",
        label=_lazy("A referrer has had no update"),
        find=silent,
        still=still_silent,
        unit=_lazy("days"),
        explain=lambda facts: _("The referrer has had no note since %(since)s.") % _dated(facts),
    )
    add(
        "dispute_overdue",
        label=_lazy("A dispute is not answered in time"),
        find=disputes,
        still=still_disputed,
        explain=lambda facts: (
            _("The answer was due on %(since)s. Nothing was prolonged.") % _dated(facts)
        ),
    )
    add(
        "finding_overdue",
        label=_lazy("A doubt stays open"),
        find=findings,
        still=still_doubtful,
        unit=_lazy("days"),
        explain=lambda facts: (
            _("It has been waiting for a review since %(since)s; the reward stays on hold.")
            % _dated(facts)
        ),
    )
    add(
        "reward_overdue",
        label=_lazy("A reward is not approved in time"),
        find=rewards,
        still=still_unapproved,
        explain=lambda facts: (
            _("The hold ended on %(since)s and nobody approved it. It is not paid.") % _dated(facts)
        ),
    )
    registry.register_event(
        "referral_recorded",
        label=_lazy("An introduction is made"),
        events=("referrals.referral.recorded",),
        find=any_fact,
        explain=lambda facts: _("A customer introduced somebody; nobody has looked at it yet."),
    )
    registry.register_event(
        "referral_qualified",
        label=_lazy("An introduction becomes promising"),
        events=(MOVED,),
        find=referral_qualified,
        explain=lambda facts: _("An introduction was judged promising."),
    )
    registry.register_event(
        "referral_won",
        label=_lazy("An introduction is won"),
        events=("referrals.referral.won",),
        find=any_fact,
        explain=lambda facts: _("An introduced company became a customer; let the referrer know."),
    )
    registry.register_event(
        "introduction_lost",
        label=_lazy("An introduced company says no"),
        events=(MOVED,),
        find=lost,
        explain=_why_lost,
    )


def _dated(facts: dict[str, Any]) -> dict[str, str]:
    return {**facts, "since": introductions.day(datetime.fromisoformat(facts["since"]))}


def _why_late(facts: dict[str, Any]) -> str:
    if facts.get("step") == "contact":
        return _(
            "Introduced, and not contacted within two business days: late since %(since)s."
        ) % _dated(facts)
    return _("The next step was promised for %(since)s.") % _dated(facts)


def _about(
    referral: Referral, *, since: datetime, cause: str, suffix: str = "", **facts: Any
) -> Finding:
    subject = f"referrals.referral:{referral.pk}{suffix}"
    return Finding(
        subject=subject,
        title=company_of(referral),
        url=reverse("referrals:desk_referral", args=[referral.public_id]),
        occurred_at=since,
        occurrence=f"{subject}:{cause}",
        organization_id=referral.referrer_organization_id,
        owner_id=referral.handler_id,
        facts={"since": since.isoformat(), **facts},
    )


def _referral(signal: Signal) -> Referral | None:
    pk = signal.subject.removeprefix("referrals.referral:").partition(":")[0]
    return (
        Referral.objects.select_related("program").filter(pk=pk).first() if pk.isdecimal() else None
    )


# --- promises about the introduction itself ---
def late(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """Every introduction whose first contact or promised next step is overdue: once per
    introduction and step.
    """
    rows = Referral.objects.filter(sla.is_late(now, rule.threshold), introduced_at__lte=now)
    for row in rows.select_related("program", "organization").order_by("state_since", "pk"):
        uncontacted = row.state in sla.UNCONTACTED and row.contacted_at is None
        since = sla.contact_due(row) if uncontacted else row.next_due_at
        if since is not None:
            cause = f"contact:{row.version}" if uncontacted else f"next:{since:%Y%m%d%H%M}"
            yield _about(row, since=since, cause=cause, step="contact" if uncontacted else "next")


def still_late(signal: Signal, now: datetime) -> bool:
    """Whether the promise behind a signal is still broken."""
    row = _referral(signal)
    return row is not None and sla.late_since(row, now) is not None


def silent(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """Every open introduction whose referrer no person has written to for `threshold` days."""
    rows = Referral.objects.filter(sla.owes_note(now, rule.threshold))
    for row in rows.select_related("program", "organization").order_by("noted_at", "pk"):
        yield _about(
            row, since=row.noted_at, cause=f"silent:{row.noted_at:%Y%m%d%H%M}", suffix=":note"
        )


def still_silent(signal: Signal, now: datetime) -> bool:
    """Whether nobody has updated the referrer since the signal was raised."""
    row = _referral(signal)
    return row is not None and row.state in sla.ON_US and row.noted_at <= signal.occurred_at


# --- decisions that people owe: overdue is overdue, never decided by a clock ---
def disputes(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """Every dispute whose answer is overdue."""
    for row in sla.disputes_overdue(now):
        yield _about(row.referral, since=row.due_at, cause=str(row.pk), suffix=":dispute")


def still_disputed(signal: Signal, now: datetime) -> bool:
    row = _referral(signal)
    return (
        row is not None and Dispute.objects.filter(referral=row, state=Dispute.State.OPEN).exists()
    )


def findings(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """Every doubt that stayed open for `threshold` days."""
    for row in sla.findings_overdue(now, rule.threshold):
        yield _about(row.referral, since=row.found_at, cause=str(row.pk), suffix=":check")


def still_doubtful(signal: Signal, now: datetime) -> bool:
    row = _referral(signal)
    doubts = RiskFinding.objects.filter(referral=row, closed_at=None).exclude(
        severity=RiskFinding.Severity.NOTE
    )
    return row is not None and doubts.exists()


def rewards(rule: SignalRule, now: datetime) -> Iterable[Finding]:
    """Every reward whose hold is over without an approval; only administrators can give it."""
    administrator = (
        User.objects.filter(is_active=True, is_administrator=True).order_by("pk").first()
    )
    for row in sla.rewards_overdue(now):
        referral = row.referral
        yield Finding(
            subject=f"referrals.reward:{row.pk}",
            title=company_of(referral),
            url=reverse("referrals:reward", args=[row.public_id]),
            occurred_at=row.due_at,
            occurrence=f"referrals.reward:{row.pk}:{row.due_at:%Y%m%d}",
            organization_id=referral.referrer_organization_id,
            owner_id=administrator.pk if administrator else None,
            facts={"since": row.due_at.isoformat()},
        )


def still_unapproved(signal: Signal, now: datetime) -> bool:
    pk = signal.subject.removeprefix("referrals.reward:")
    waiting = (Reward.State.HELD, Reward.State.PENDING)
    return pk.isdecimal() and Reward.objects.filter(pk=int(pk), state__in=waiting).exists()


# --- the voice of those who said no ---
def lost(rule: SignalRule, event: Event) -> Finding | None:
    """An introduction ended with the prospect's no: their reason goes to the product team."""
    after = event.payload.get("after")
    if after not in (S.LOST, S.DECLINED):
        return None
    reason = reasons.read(str(event.payload.get("reason", "")))
    return Finding(
        subject=event.subject,
        title=str(event.payload.get("title", "")),
        url=_desk_url(event),
        occurred_at=event.occurred_at,
        occurrence=f"{event.subject}:{event.pk}",
        organization_id=event.organization_id,
        evidence=(event.pk,),
        facts={"code": reason.code if after == S.LOST else "declined", "words": reason.words},
    )


def _desk_url(event: Event) -> str:
    public_id = event.payload.get("referral_id")
    return (
        reverse("referrals:desk_referral", args=[public_id])
        if public_id
        else reverse("referrals:desk")
    )


def _why_lost(facts: dict[str, Any]) -> str:
    code, said = str(facts.get("code", "")), str(facts.get("words", ""))
    if code == "declined":
        return _("The introduced person declined on their own page, before we spoke.")
    label = str(reasons.Loss(code).label) if code in reasons.Loss.values else _("Another reason")
    if said:
        return _("Lost introduction. %(reason)s: “%(words)s”") % {"reason": label, "words": said}
    return _("Lost introduction. %(reason)s.") % {"reason": label}


# --- introductions ---
def any_fact(rule: SignalRule, event: Event) -> Finding | None:
    """The fact itself is the reason."""
    return Finding(
        subject=event.subject,
        title=str(event.payload.get("title", "")),
        url=str(event.payload.get("url", "")),
        occurred_at=event.occurred_at,
        occurrence=event.subject,
        organization_id=event.organization_id,
        person_id=event.payload.get("referrer_id") or event.actor_id,
        evidence=(event.pk,),
    )


def referral_qualified(rule: SignalRule, event: Event) -> Finding | None:
    """An introduction moved to the state "qualified"."""
    return any_fact(rule, event) if event.payload.get("after") == "qualified" else None
