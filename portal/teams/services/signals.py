"""The life of a signal: raised once per cause, claimed by one person, snoozed with a reason,
settled with a next step.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal import audit, events
from portal.accounts.models import Organization, User
from portal.core.time import business_due
from portal.teams.events import (
    SignalClaimed,
    SignalFact,
    SignalRaised,
    SignalReleased,
    SignalReopened,
    SignalResolved,
    SignalSnoozed,
)
from portal.teams.models import Signal, SignalChange, SignalRule, Team
from portal.teams.registry import Finding
from portal.teams.state_machine import SIGNAL, STAFF, SYSTEM

Kind, State = SignalChange.Kind, Signal.State
# how long a state that still holds is left alone after its signal, where the rule does not say
SETTLED_PAUSE, VANISHED_PAUSE = timedelta(hours=72), timedelta(hours=24)


class HeldByAnother(ValueError):
    """Somebody else has it in hand; `holder` is who."""

    def __init__(self, holder: User) -> None:
        super().__init__(_("%(name)s is handling this.") % {"name": holder.display_name})
        self.holder = holder


class AlreadySettled(ValueError):
    """It is settled; reopen it first."""


class ReasonMissing(ValueError):
    """Putting off, and settling with nothing further, need a reason in words."""


def fact(signal: Signal, kind: type[SignalFact], **more: Any) -> SignalFact:
    """Return the event payload of a signal."""
    return kind(
        title=signal.title,
        url=reverse("teams:signal", args=[signal.public_id]),
        signal_id=signal.pk,
        signal=str(signal.public_id),
        rule=signal.rule.code,
        team=signal.team.name,
        about=signal.about,
        person_id=signal.person_id,
        owner_id=signal.owner_id,
        **more,
    )


def publish(
    signal: Signal, kind: type[SignalFact], *, actor: User | None, now: datetime, **more: Any
) -> None:
    """Publish an event of a signal."""
    events.publish(
        fact(signal, kind, **more),
        subject=f"teams.signal:{signal.pk}",
        actor=actor,
        organization=signal.organization,
        now=now,
    )


def _keep(signal: Signal, kind: str, *, actor: User | None, now: datetime, note: str = "") -> None:
    SignalChange.objects.create(signal=signal, kind=kind, actor=actor, note=note[:400], at=now)


def _audit(
    signal: Signal, action: str, *, actor: User | None, now: datetime, before: str, reason: str = ""
) -> None:
    if actor is not None:
        audit.record(
            f"teams.signal.{action}",
            actor=actor,
            target=f"teams.signal:{signal.pk}",
            now=now,
            before={"state": before},
            after={"state": signal.state, "outcome": signal.outcome},
            reason=reason,
        )


def owner_for(team: Team, stand_in: Team | None, organization: Organization | None) -> User | None:
    """Return who answers for it: the company's owner, the team's lead or stand-in, the stand-in
    team's, an administrator.

    None only where no staff member exists at all.
    """
    candidates = [organization.owner if organization else None, team.lead, team.stand_in]
    if stand_in is not None:
        candidates += [stand_in.lead, stand_in.stand_in]
    for person in candidates:
        if person is not None and person.is_active and person.works_here:
            return person
    names = [team.name] + ([stand_in.name] if stand_in else [])
    for name in names:
        member = (
            User.objects.filter(is_active=True, team_memberships__team=name).order_by("pk").first()
        )
        if member is not None:
            return member
    return User.objects.filter(is_active=True, is_administrator=True).order_by("pk").first()


def answerable(signal: Signal) -> User | None:
    """Return who answers for a signal that nobody has in hand: once it was escalated, that stays
    with whoever was called in.
    """
    if signal.escalation and signal.owner is not None and signal.owner.is_active:
        return signal.owner
    return owner_for(signal.team, signal.rule.stand_in, signal.organization)


def may_recur(signal: Signal, now: datetime) -> bool:
    """Say whether the state behind a settled signal, should it still hold, may raise it again."""
    if signal.state != State.RESOLVED or signal.resolved_at is None:
        return False
    pause = VANISHED_PAUSE if signal.outcome == Signal.Outcome.VANISHED else SETTLED_PAUSE
    if signal.rule.cooldown_hours:
        pause = timedelta(hours=signal.rule.cooldown_hours)
    return signal.resolved_at + pause <= now


def _in_hand(finding: Finding) -> User | None:
    """Return the staff member who is already handling the matter, if they still work here."""
    person = User.objects.filter(pk=finding.owner_id or 0, is_active=True).first()
    return person if person is not None and person.works_here else None


@transaction.atomic
def raise_signal(
    *, rule: SignalRule, finding: Finding, now: datetime, again: bool = False
) -> Signal | None:
    """Raise a rule for one cause; return the new signal, or None when this cause is known.

    What happened raises a rule once for ever; a state (`again`) that still holds some time after
    its signal was settled raises it again. While a signal about the same subject is unresolved the
    finding joins it; within the rule's cooldown nothing is raised.
    """
    if rule.team is None or not rule.enabled:
        return None
    occurrence = finding.cause
    fingerprint = f"{rule.code}:{finding.subject}"
    earlier = (
        Signal.objects.select_related("rule")
        .filter(rule=rule, occurrence=occurrence)
        .order_by("-recurrence")
        .first()
    )
    if earlier is not None and not (again and may_recur(earlier, now)):
        return None
    unresolved = (
        Signal.objects.select_for_update().unresolved().filter(fingerprint=fingerprint).first()
    )
    if unresolved is not None:
        _join(unresolved, finding, now)
        return None
    last = Signal.objects.filter(fingerprint=fingerprint).order_by("-raised_at").first()
    if last is not None and (now - last.raised_at).total_seconds() < rule.cooldown_hours * 3600:
        return None
    organization = (
        Organization.objects.select_related("owner").filter(pk=finding.organization_id or 0).first()
    )
    person = User.objects.filter(pk=finding.person_id).first() if finding.person_id else None
    signal = Signal(
        rule=rule,
        team=rule.team,
        fingerprint=fingerprint,
        occurrence=occurrence,
        recurrence=earlier.recurrence + 1 if earlier is not None else 1,
        subject=finding.subject,
        title=finding.title[:200],
        url=finding.url[:300],
        organization=organization,
        person=person,
        owner=_in_hand(finding) or owner_for(rule.team, rule.stand_in, organization),
        severity=rule.severity,
        evidence=list(finding.evidence),
        facts=finding.facts,
        occurred_at=finding.occurred_at,
        raised_at=now,
        due_at=business_due(now, rule.sla_hours, rule.team.calendar),
    )
    try:
        with transaction.atomic():
            signal.save(force_insert=True)
    except IntegrityError:  # another process raised it in this very moment
        return None
    _keep(signal, Kind.RAISED, actor=None, now=now)
    publish(signal, SignalRaised, actor=None, now=now)
    return signal


def _join(signal: Signal, finding: Finding, now: datetime) -> None:
    """Add what happened again to the signal that is unresolved already."""
    new = [event for event in finding.evidence if event not in signal.evidence]
    if new:
        signal.evidence = [*signal.evidence, *new]
        signal.save(update_fields=["evidence"])
        _keep(signal, Kind.JOINED, actor=None, now=now)


@transaction.atomic
def claim_signal(*, signal: Signal, actor: User, now: datetime) -> Signal:
    """Take it in hand.

    One conditional UPDATE decides between two people; raises HeldByAnother, AlreadySettled.
    """
    free = Signal.objects.filter(
        pk=signal.pk, state__in=SIGNAL.sources(State.CLAIMED, STAFF)
    ).unresolved()
    won = free.update(
        state=State.CLAIMED, claimed_by=actor, claimed_at=now, owner=actor, snoozed_until=None
    )
    before, signal = signal.state, Signal.objects.with_names().get(pk=signal.pk)
    if not won:
        _check_mine(signal, actor)
        return signal
    _keep(signal, Kind.CLAIMED, actor=actor, now=now)
    publish(signal, SignalClaimed, actor=actor, now=now)
    _audit(signal, "claim", actor=actor, now=now, before=before)
    return signal


def _check_mine(signal: Signal, actor: User) -> None:
    if signal.state == State.RESOLVED:
        raise AlreadySettled(_("This is settled."))
    if (
        signal.state == State.CLAIMED
        and signal.claimed_by is not None
        and signal.claimed_by_id != actor.pk
    ):
        raise HeldByAnother(signal.claimed_by)


def _locked(signal: Signal, actor: User) -> Signal:
    """Return the row locked, when nobody else holds it."""
    row = Signal.objects.select_for_update(of=("self",)).with_names().get(pk=signal.pk)
    _check_mine(row, actor)
    return row


@transaction.atomic
def take_over_signal(*, signal: Signal, actor: User, reason: str, now: datetime) -> Signal:
    """Take it out of somebody else's hands, saying why. Raises AlreadySettled, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(_("Please give a reason."))
    row = Signal.objects.select_for_update(of=("self",)).with_names().get(pk=signal.pk)
    if row.state == State.RESOLVED:
        raise AlreadySettled(_("This is settled."))
    before = row.state
    if before != State.CLAIMED:
        SIGNAL.move(row, State.CLAIMED, STAFF)
    row.claimed_by, row.claimed_at, row.owner, row.snoozed_until = actor, now, actor, None
    row.save()
    _keep(row, Kind.CLAIMED, actor=actor, now=now, note=reason)
    publish(row, SignalClaimed, actor=actor, now=now)
    _audit(row, "take_over", actor=actor, now=now, before=before, reason=reason)
    return row


@transaction.atomic
def release_signal(*, signal: Signal, actor: User, now: datetime) -> Signal:
    """Give it back (also the undo of a claim). Raises HeldByAnother, AlreadySettled."""
    row = _locked(signal, actor)
    if row.state != State.CLAIMED:
        return row
    SIGNAL.move(row, State.OPEN, STAFF)
    row.claimed_by, row.claimed_at = None, None
    row.owner = answerable(row) or actor
    row.save()
    _keep(row, Kind.RELEASED, actor=actor, now=now)
    publish(row, SignalReleased, actor=actor, now=now)
    _audit(row, "release", actor=actor, now=now, before=State.CLAIMED)
    return row


@transaction.atomic
def snooze_signal(
    *, signal: Signal, actor: User, until: datetime, reason: str, now: datetime
) -> Signal:
    """Put it off until a moment, saying why; the due time stays.

    Raises ReasonMissing, ValueError, HeldByAnother.
    """
    if not reason.strip():
        raise ReasonMissing(_("Please give a reason."))
    if until <= now:
        raise ValueError(_("Choose a time in the future."))
    row = _locked(signal, actor)
    before = row.state
    if before != State.SNOOZED:
        SIGNAL.move(row, State.SNOOZED, STAFF, reason=reason)
    row.snoozed_until, row.reason, row.owner = until, reason.strip()[:400], actor
    row.claimed_by, row.claimed_at = None, None
    row.save()
    _keep(row, Kind.SNOOZED, actor=actor, now=now, note=reason)
    publish(row, SignalSnoozed, actor=actor, now=now, reason=row.reason)
    _audit(row, "snooze", actor=actor, now=now, before=before, reason=reason)
    return row


@transaction.atomic
def resolve_signal(
    *,
    signal: Signal,
    actor: User | None,
    outcome: str,
    next_step: str,
    now: datetime,
    reason: str = "",
) -> Signal:
    """Settle it with an outcome and a next step; `actor` None is the system.

    Raises ReasonMissing when nothing further follows and no reason is given, and when the next step
    is to notify the customer but nobody has; HeldByAnother; AlreadySettled.
    """
    if next_step not in Signal.NextStep.values or outcome not in Signal.Outcome.values:
        raise ValueError("unknown outcome or next step")
    if next_step == Signal.NextStep.NONE and not reason.strip():
        raise ReasonMissing(_("Please give the reason why nothing further is needed."))
    if actor is not None:
        row = _locked(signal, actor)
    else:
        row = Signal.objects.select_for_update(of=("self",)).with_names().get(pk=signal.pk)
        if row.state == State.RESOLVED:
            raise AlreadySettled(_("This is settled."))
    if next_step == Signal.NextStep.TOLD and not row.told.exists():
        raise ReasonMissing(_("Please write the update to the customer."))
    before = row.state
    if actor is not None and row.claimed_by_id is None:
        row.claimed_by, row.claimed_at, row.owner = actor, now, actor
    SIGNAL.move(row, State.RESOLVED, STAFF if actor else SYSTEM)
    row.resolved_at, row.snoozed_until = now, None
    row.outcome, row.next_step, row.reason = outcome, next_step, reason.strip()[:400]
    row.save()
    _keep(row, Kind.RESOLVED, actor=actor, now=now, note=row.reason)
    publish(row, SignalResolved, actor=actor, now=now, outcome=outcome, next_step=next_step)
    _audit(row, "resolve", actor=actor, now=now, before=before, reason=row.reason)
    return row


@transaction.atomic
def reopen_signal(*, signal: Signal, actor: User | None, now: datetime, reason: str = "") -> Signal:
    """Undo the settling: it goes back to whoever had it in hand. Nothing happens when it is not
    settled.

    Another signal about the same subject may have been raised since; then that one stays and this
    one stays settled.
    """
    row = Signal.objects.select_for_update(of=("self",)).with_names().get(pk=signal.pk)
    if (
        row.state != State.RESOLVED
        or Signal.objects.unresolved().filter(fingerprint=row.fingerprint).exists()
    ):
        return row
    to = State.CLAIMED if row.claimed_by_id else State.OPEN
    SIGNAL.move(row, to, STAFF if actor else SYSTEM)
    row.resolved_at, row.outcome, row.next_step, row.reason = None, "", "", ""
    if actor is None:  # the customer waits anew: a new promise, and nobody is called in yet
        row.due_at = business_due(now, row.rule.sla_hours, row.team.calendar)
        row.escalation, row.escalated_at, row.owner_due_at = Signal.Escalation.NONE, None, None
    row.save()
    _keep(row, Kind.REOPENED, actor=actor, now=now, note=reason)
    publish(row, SignalReopened, actor=actor, now=now, reason=reason)
    _audit(row, "reopen", actor=actor, now=now, before=State.RESOLVED, reason=reason)
    return row
