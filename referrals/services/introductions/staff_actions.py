"""Staff actions on an introduction: claim it, contact, move it with a reason, decide disputes and
credit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from portal import audit, events
from portal.accounts.models import User
from referrals.events import ReferralDisputed
from referrals.models import AttributionCandidate, Dispute, Referral, ReferralNote, Step
from referrals.rules import reasons, sla, state_machine
from referrals.services.analytics.marks import mark_company, mark_introductions
from referrals.services.credit.claims import credited_after_step, recalculate_attribution
from referrals.services.credit.stage_sync import active_attribution, catch_up
from referrals.services.facts.record import wake
from referrals.services.introductions.introductions import accept_introduction, lock_company
from referrals.services.introductions.referrer_notes import add_note
from referrals.services.state import transitions
from referrals.services.state.customers import follow_sales
from referrals.services.state.locks import lock_referred
from referrals.services.state.transitions import about, organization_ref

S = Referral.State
Note = ReferralNote.Code


class ReasonNeeded(ValueError):
    """This step has to be explained."""


class AlreadyAnswered(ValueError):
    """A colleague answered the dispute; nothing was done. `dispute` is as they left it."""

    def __init__(self, dispute: Dispute) -> None:
        super().__init__()
        self.dispute = dispute


class NotCredited(ValueError):
    """Another introduction is credited for this company; only that one moves on."""


@transaction.atomic
def take_referral(
    *,
    referral: Referral,
    actor: User,
    now: datetime,
    next_step: str = "",
    due_at: datetime | None = None,
) -> None:
    """A staff member becomes the one who handles an introduction and says what comes next and
    when.
    """
    before = {"handler": referral.handler_id, "next_step": referral.next_step}
    is_new = referral.handler_id != actor.pk
    referral.handler, referral.next_step = actor, next_step or referral.next_step
    referral.next_due_at = due_at or referral.next_due_at
    referral.is_history = False  # somebody works on it now
    referral.save(update_fields=["handler", "next_step", "next_due_at", "is_history"])
    if next_step:
        add_note(
            referral=referral,
            actor=actor,
            code=Note.CONTACTED,
            text=next_step,
            until=due_at,
            now=now,
        )
    elif is_new:
        add_note(referral=referral, actor=actor, code=Note.TAKEN, now=now)
    audit.record(
        "referrals.referral.take",
        actor=actor,
        target=f"referrals.referral:{referral.pk}",
        now=now,
        before=before,
        after={"handler": actor.pk, "next_step": next_step},
    )


@transaction.atomic
def move_referral(
    *,
    referral: Referral,
    to: str,
    actor: User,
    now: datetime,
    reason: str = "",
    loss: str = "",
    occurred_at: datetime | None = None,
) -> Referral:
    """Move an introduction on, or end it. A later stage fills in the earlier ones. The company's
    dates are kept.

    A lost one says why by a code (`loss`, one of reasons.Loss) and in words that go to product.

    Raises ReasonNeeded, NotCredited, changes.NotAllowed.
    """
    row = Referral.objects.select_related("program", "organization").get(pk=referral.pk)
    before, said = row.state, reason.strip()
    if to in (S.LOST, S.REJECTED, S.DISQUALIFIED) and not said:
        raise ReasonNeeded
    if to == S.LOST:
        said = reasons.loss(loss, said)
    if to == S.ACCEPTED and before in (S.SUBMITTED, S.CONSENT_PENDING):
        row = accept_introduction(
            referral=row, role=state_machine.SALES, now=now, actor_id=actor.pk, reason=said
        )
    elif to in (S.QUALIFIED, S.OPPORTUNITY, S.WON, S.LIVE, S.LOST):
        row = _move_company(row, to, actor, now, said, occurred_at or now)
    else:
        row = _end(row, to, actor, now, said)
    if row.contacted_at is None and to in (S.QUALIFIED, S.OPPORTUNITY, S.WON):
        Referral.objects.filter(pk=row.pk).update(contacted_at=now)
    audit.record(
        "referrals.referral.move",
        actor=actor,
        target=f"referrals.referral:{row.pk}",
        now=now,
        before={"state": before},
        after={"state": row.state},
        reason=said,
    )
    return row


def _move_company(
    row: Referral, to: str, actor: User, now: datetime, reason: str, at: datetime
) -> Referral:
    why = "" if to == S.LOST else reason
    if row.organization_id is None or row.state in (S.SUBMITTED, S.CONSENT_PENDING):
        row = accept_introduction(
            referral=row, role=state_machine.SALES, now=now, actor_id=actor.pk, reason=why
        )
    if row.organization_id is None:
        raise NotCredited
    referred = lock_referred(row.program_id, row.organization_id)
    attribution = active_attribution(referred)
    if attribution is None or attribution.referral_id != row.pk:
        raise NotCredited
    reached = Step.objects.filter(referred=referred, stage__in=(S.WON, S.LIVE)).exists()
    if to == S.LOST and reached:
        raise transitions.NotAllowed("a won company is not lost; a refund says that")
    Step.objects.filter(referred=referred, stage=S.LOST, at__gte=at).exclude(
        stage=to
    ).delete()  # taken up again
    mark_company(referred)
    transitions.record_step(referred, stage=to, at=at, reason=reason, actor_id=actor.pk)
    follow_sales(referred.organization_id, now=now)
    attribution = credited_after_step(
        attribution, referred, program=row.program, now=now, actor_id=actor.pk
    )
    catch_up(attribution, referred, program=row.program, now=now, actor_id=actor.pk, reason=why)
    wake([f"referred:{referred.pk}"], now=now)
    row.refresh_from_db()
    return row


def _end(row: Referral, to: str, actor: User, now: datetime, reason: str) -> Referral:
    referred = lock_company(row)
    role = state_machine.REVIEWER if S.DISQUALIFIED in (to, row.state) else state_machine.SALES
    transitions.move(row, to=to, role=role, now=now, actor_id=actor.pk, reason=reason)
    if referred is not None:
        recalculate_attribution(referred, program=row.program, now=now, actor_id=actor.pk)
        row.refresh_from_db()
    return row


@transaction.atomic
def note_contact(
    *, referral: Referral, actor: User, now: datetime, next_step: str, due_at: datetime | None
) -> None:
    """The company was contacted; the referrer sees what comes next and when."""
    if referral.contacted_at is None:
        Referral.objects.filter(pk=referral.pk, contacted_at=None).update(
            contacted_at=now, is_history=False
        )
        referral.contacted_at = now
    take_referral(referral=referral, actor=actor, now=now, next_step=next_step, due_at=due_at)


@transaction.atomic
def open_dispute(*, referral: Referral, user: User, text: str, now: datetime) -> Dispute:
    """A referrer asks to look again; somebody answers within 14 days. Raises PermissionError."""
    if referral.referrer_id != user.pk:
        raise PermissionError
    due = now + timedelta(days=sla.DISPUTE_DAYS)
    dispute, created = Dispute.objects.get_or_create(
        referral=referral,
        state=Dispute.State.OPEN,
        defaults={"opened_by": user, "text": text.strip()[:2000], "opened_at": now, "due_at": due},
    )
    if created:
        events.publish(
            ReferralDisputed(**about(referral), due_at=due.isoformat()),
            subject=f"referrals.referral:{referral.pk}",
            actor=user,
            now=now,
            organization=organization_ref(referral.referrer_organization_id),
        )
    return dispute


@transaction.atomic
def answer_dispute(
    *, dispute: Dispute, actor: User, upheld: bool, answer: str, now: datetime
) -> None:
    """Answer a dispute in words; upholding it records a decision of staff that the attribution then
    follows.

    Raises ReasonNeeded without words, PermissionError for one's own dispute, AlreadyAnswered.
    """
    if not answer.strip():
        raise ReasonNeeded
    referral = Referral.objects.select_related("program").get(pk=dispute.referral_id)
    if actor.pk == referral.referrer_id:
        raise PermissionError
    to = Dispute.State.UPHELD if upheld else Dispute.State.REFUSED
    closed = Dispute.objects.filter(
        pk=dispute.pk, state__in=state_machine.DISPUTE.sources(to)
    ).update(
        state=to,
        answer=answer.strip()[:2000],
        closed_at=now,
        closed_by_id=actor.pk,
    )
    if not closed:
        raise AlreadyAnswered(Dispute.objects.get(pk=dispute.pk))
    if upheld and referral.organization_id is not None:
        referred = lock_referred(referral.program_id, referral.organization_id)
        AttributionCandidate.objects.get_or_create(
            referred=referred,
            kind=AttributionCandidate.Kind.STAFF,
            reference=f"dispute:{dispute.pk}",
            defaults={"referral": referral, "occurred_at": now, "identified_at": now},
        )
        mark_introductions([referral.pk])
        recalculate_attribution(referred, program=referral.program, now=now, actor_id=actor.pk)
    audit.record(
        "referrals.dispute.answer",
        actor=actor,
        target=f"referrals.referral:{referral.pk}",
        now=now,
        after={"upheld": upheld},
        reason=answer,
    )
