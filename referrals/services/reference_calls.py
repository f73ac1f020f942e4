"""Reference calls: requested, one customer invited at a time and within their load, agreed by both,
with an outcome.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from portal import audit, events
from portal.accounts.models import Organization, User
from portal.core.db.state_machine import TransitionRefused
from referrals.events import (
    ReferenceAgreed,
    ReferenceAnswered,
    ReferenceAsked,
    ReferenceEnded,
    ReferenceInvited,
)
from referrals.models import (
    ReferenceChange,
    ReferenceInvitation,
    ReferenceOutcome,
    ReferencePreference,
    ReferenceRequest,
    Referral,
)
from referrals.rules import reference_call_states as steps
from referrals.rules import state_machine
from referrals.services.state.locks import lock_key
from referrals.services.state.transitions import NotAllowed, Stale, organization_ref

S, I = ReferenceRequest.State, ReferenceInvitation.State  # noqa: E741  states of requests and of invitations
WINDOW: Final = timedelta(days=90)
ANSWER_DAYS: Final = 10  # an invitation nobody answered is taken back; silence is a fine answer
PAGE_DAYS: Final = 90  # the referee's page stays open for their request
KEPT_DAYS: Final = 180  # after a call is over
LIVE: Final = steps.LIVE


class Full(ValueError):
    """This customer, or their company, had as many calls in 90 days as we ask of anybody."""


class NotThisOne(ValueError):
    """The customer opted out, is no customer, or was asked for this call before."""


def per_person() -> int:
    return int(settings.HAZUMI_REFERENCE_CALLS_PER_PERSON)


def per_company() -> int:
    return int(settings.HAZUMI_REFERENCE_CALLS_PER_COMPANY)


def may_represent_company(referral: Referral | None) -> bool:
    """Return whether the referee's page proves the prospect's own word: staff gave them its address
    directly.

    The referrer passed the first address on and so knew it too; with that they could agree in the
    prospect's name.
    """
    return referral is not None and referral.page_holder == Referral.PageHolder.DESK


@transaction.atomic
def ask_for_call(
    *,
    now: datetime,
    referral: Referral | None = None,
    actor: User | None = None,
    agrees: bool,
    **fields: Any,
) -> ReferenceRequest:
    """Record a prospect's request to speak with a peer. Without an actor the prospect asks on their
    own page.

    Their own yes counts only when `may_represent_company`. Raises NotAllowed when their
    introduction is not accepted or they have asked already.
    """
    if referral is not None:  # it may be declined in this very moment
        rows = Referral.objects.select_for_update(of=("self",), no_key=True)
        referral = rows.select_related("handler").get(pk=referral.pk)
        if referral.state not in state_machine.STAGES:
            raise NotAllowed(referral.state)
    agrees = agrees and (actor is not None or may_represent_company(referral))
    try:
        with transaction.atomic():
            row = ReferenceRequest.objects.create(
                referral=referral,
                organization_id=referral.organization_id if referral else None,
                asked_by=actor,
                handler=actor or (referral.handler if referral else None),
                agreed_at=now if agrees else None,
                state=S.ASKED,
                state_since=now,
                version=1,
                created_at=now,
                is_sample=bool(referral and referral.is_sample),
                **fields,
            )
    except IntegrityError as error:
        raise NotAllowed("asked already") from error
    ReferenceChange.objects.create(
        request=row,
        version=1,
        after=S.ASKED,
        role=steps.STAFF if actor else steps.PROSPECT,
        actor_id=actor.pk if actor else None,
        at=now,
    )
    if referral is not None and referral.token_expires_at is not None:
        until = max(referral.token_expires_at, now + timedelta(days=PAGE_DAYS))
        Referral.objects.filter(pk=referral.pk, token_hash__isnull=False).update(
            token_expires_at=until
        )
    _publish(row, ReferenceAsked, None, now)
    _audit(row, "ask", actor, now)
    return row


@transaction.atomic
def invite_peer(
    *, request: ReferenceRequest, peer: User, actor: User, now: datetime
) -> ReferenceInvitation:
    """Ask one customer.

    The load of their company is counted under its lock. Raises Full, NotThisOne, NotAllowed, Stale.
    """
    row = _locked(request)
    company = peer.organization
    if not _may_be_asked(peer, company, row):
        raise NotThisOne
    lock_key(f"reference:{company.pk if company else 0}")
    recent = ReferenceInvitation.objects.filter(state__in=LIVE, invited_at__gt=now - WINDOW)
    if (
        recent.filter(peer=peer).count() >= per_person()
        or recent.filter(organization=company).count() >= per_company()
    ):
        raise Full
    _move(row, S.INVITED, steps.STAFF, now, actor)
    try:
        with transaction.atomic():
            invitation = ReferenceInvitation.objects.create(
                request=row, peer=peer, organization=company, invited_at=now, invited_by_id=actor.pk
            )
    except IntegrityError as error:
        raise NotThisOne from error
    ReferenceRequest.objects.filter(pk=row.pk).update(handler=actor)
    row.handler = actor
    _publish(row, ReferenceInvited, invitation, now, actor)
    _audit(row, "invite", actor, now, peer=peer.pk)
    return invitation


def _may_be_asked(peer: User, company: Organization | None, row: ReferenceRequest) -> bool:
    if not peer.is_active or company is None or company.is_own or company.pk == row.organization_id:
        return False
    if company.lifecycle == Organization.Lifecycle.PROSPECT:
        return False
    return not ReferencePreference.objects.filter(user=peer, opted_out_at__isnull=False).exists()


@transaction.atomic
def answer_invitation(
    *, request: ReferenceRequest, peer: User, answer: str, now: datetime, suggestion: str = ""
) -> ReferenceRequest:
    """The customer says yes, no or another time; no reason is asked for. Raises PermissionError,
    NotAllowed, ValueError.

    "No" after a yes is possible as long as the call has not taken place.
    """
    row = _locked(request)
    invitation = row.invitations.select_for_update().filter(peer=peer, state__in=LIVE).first()
    if invitation is None:
        raise PermissionError
    if answer == "yes":
        to, kept = S.AGREED if row.agreed_at else S.WAITING, I.ACCEPTED
    elif answer == "other":
        if not suggestion.strip():
            raise ValueError("a suggestion is needed")
        to, kept = S.SUGGESTED, I.SUGGESTED
    elif answer == "no":
        to, kept = S.ASKED, I.DECLINED
    else:
        raise ValueError(answer)
    _move(row, to, steps.PEER, now, peer)
    _set(invitation, kept, now, suggestion=suggestion.strip()[:200])
    _publish(row, ReferenceAnswered, invitation, now, peer, answer=answer)
    if row.state == S.AGREED:
        _publish(row, ReferenceAgreed, invitation, now, None)
    return row


@transaction.atomic
def prospect_answers(
    *, request: ReferenceRequest, agrees: bool, now: datetime, actor: User | None = None
) -> None:
    """The prospect (or staff, on their behalf) accepts the suggested time and lets the peer have
    their address, or not.

    Until somebody has spoken with them, an accepted time waits for staff to pass the yes on. Raises
    NotAllowed.
    """
    row, role = _locked(request), steps.STAFF if actor else steps.PROSPECT
    invitation = row.invitations.filter(state__in=LIVE).first()
    counts = actor is not None or row.agreed_at is not None or may_represent_company(row.referral)
    if agrees and not counts:
        _move(row, S.WAITING, role, now, actor)
        if invitation is not None:
            _set(invitation, I.ACCEPTED, invitation.answered_at or now)
    elif agrees:
        if row.agreed_at is None:
            row.agreed_at = now
            row.save(update_fields=["agreed_at"])
        _move(row, S.AGREED, role, now, actor)
        if invitation is not None:
            _set(invitation, I.ACCEPTED, invitation.answered_at or now)
        _publish(row, ReferenceAgreed, invitation, now, actor)
    else:
        _move(row, S.ASKED, role, now, actor)
        if invitation is not None:
            _set(invitation, I.TAKEN_BACK, now)
    _audit(row, "agree" if agrees else "take_back", actor, now)


@transaction.atomic
def take_back(*, request: ReferenceRequest, actor: User, now: datetime) -> None:
    """Staff take an invitation back, to ask somebody else. Raises NotAllowed."""
    row = _locked(request)
    _move(row, S.ASKED, steps.STAFF, now, actor)
    for invitation in row.invitations.filter(state__in=LIVE):
        _set(invitation, I.TAKEN_BACK, now)
    _audit(row, "take_back", actor, now)


@transaction.atomic
def call_off(*, request: ReferenceRequest, now: datetime, actor: User | None = None) -> None:
    """The prospect or staff no longer want the call. Raises NotAllowed."""
    row = _locked(request)
    _move(row, S.WITHDRAWN, steps.STAFF if actor else steps.PROSPECT, now, actor)
    for invitation in row.invitations.filter(state__in=LIVE):
        _set(invitation, I.TAKEN_BACK, now)
    _audit(row, "call_off", actor, now)


@transaction.atomic
def record_outcome(
    *,
    request: ReferenceRequest,
    side: str,
    happened: bool,
    now: datetime,
    useful: str = "",
    asked: str = "",
    actor: User | None = None,
) -> ReferenceOutcome:
    """Keep what one side says of the call; the first word moves it.

    Raises NotAllowed; saying it twice changes nothing.
    """
    row = _locked(request)
    if row.state not in (S.AGREED, S.HELD, S.FAILED):
        raise NotAllowed(row.state)
    outcome, created = ReferenceOutcome.objects.get_or_create(
        request=row,
        side=side,
        defaults={
            "happened": happened,
            "useful": useful if happened else "",
            "asked": asked.strip()[:1000],
            "at": now,
            "recorded_by_id": actor.pk if actor else None,
        },
    )
    if not created:
        return outcome
    if row.state == S.AGREED:
        role = steps.PEER if side == ReferenceOutcome.Side.PEER else steps.PROSPECT
        _move(row, S.HELD if happened else S.FAILED, role, now, actor)
        # a call that did not take place is nobody's merit: it names no peer
        invitation = row.invitations.filter(state=I.ACCEPTED).first() if happened else None
        _publish(
            row,
            ReferenceEnded,
            invitation,
            now,
            actor if actor and actor.is_team else None,
            happened=happened,
        )
    _audit(row, "outcome", actor, now, side=side, happened=happened)
    return outcome


@transaction.atomic
def set_preference(*, user: User, opted_out: bool, now: datetime) -> None:
    """Store whether the customer wants to be asked at all; pending invitations are silently
    withdrawn.
    """
    ReferencePreference.objects.update_or_create(
        user=user, defaults={"opted_out_at": now if opted_out else None}
    )
    if opted_out:
        release(user, now, states=(I.INVITED,))


def release(user: User, now: datetime, *, states: tuple[str, ...] = LIVE) -> None:
    """Give back what a customer was asked for, so that somebody else can be asked."""
    rows = ReferenceInvitation.objects.filter(
        peer=user, state__in=states, request__state__in=steps.OPEN
    )
    for found in rows.select_related("request").order_by("request_id"):
        row = _locked(found.request)
        invitation = (
            row.invitations.select_for_update().filter(pk=found.pk, state__in=states).first()
        )
        if invitation is None or row.state not in steps.OPEN:
            continue  # somebody moved it while we waited
        _move(row, S.ASKED, steps.PEER, now, user)
        _set(invitation, I.DECLINED, now)


def forget(rows: QuerySet[ReferenceRequest], *, now: datetime) -> None:
    """A person is erased or declines: their requests end, and what they wrote is deleted."""
    asked = list(rows.order_by("pk"))
    for row in asked:
        if row.state in steps.OPEN:
            row = _locked(row)  # noqa: PLW2901  the fresh row
            if row.state in steps.OPEN:
                _move(row, S.WITHDRAWN, steps.PROSPECT, now, None)
            row.invitations.filter(state__in=LIVE).update(state=I.TAKEN_BACK, answered_at=now)
    _empty(ReferenceRequest.objects.filter(pk__in=[row.pk for row in asked]))


@transaction.atomic
def forget_closed(*, now: datetime) -> int:
    """Empty calls that have been over for 180 days; return how many. That they took place stays."""
    return _empty(
        ReferenceRequest.objects.exclude(state__in=steps.OPEN)
        .exclude(name="", email="", company="", question="", times="", topic="")
        .filter(state_since__lt=now - timedelta(days=KEPT_DAYS))
    )


def _empty(rows: QuerySet[ReferenceRequest]) -> int:
    ReferenceOutcome.objects.filter(request__in=rows, side=ReferenceOutcome.Side.PROSPECT).update(
        asked=""
    )
    return rows.update(name="", email="", company="", question="", times="", topic="")


def lapse(*, now: datetime) -> int:
    """Take back invitations that nobody answered; return how many. Nobody is reminded."""
    old = ReferenceInvitation.objects.filter(
        state=I.INVITED, invited_at__lte=now - timedelta(days=ANSWER_DAYS)
    )
    done = 0
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            invitation = ReferenceInvitation.objects.select_related("request").get(pk=pk)
            row = _locked(invitation.request)
            if row.state != S.INVITED or not old.filter(pk=pk).exists():
                continue
            _move(row, S.ASKED, steps.SYSTEM, now, None)
            _set(invitation, I.TAKEN_BACK, now)
            done += 1
    return done


def _locked(request: ReferenceRequest) -> ReferenceRequest:
    return (
        ReferenceRequest.objects.select_for_update(of=("self",))
        .select_related("referral", "handler")
        .get(pk=request.pk)
    )


def _move(row: ReferenceRequest, to: str, role: str, now: datetime, actor: User | None) -> None:
    before = row.state
    try:
        steps.REFERENCE_CALL.check(before, to, role)
    except TransitionRefused as error:
        raise NotAllowed(str(error)) from error
    moved = ReferenceRequest.objects.filter(pk=row.pk, state=before, version=row.version).update(
        state=to, state_since=now, version=F("version") + 1
    )
    if not moved:
        raise Stale(f"reference call {row.pk} moved meanwhile")
    row.state, row.state_since, row.version = to, now, row.version + 1
    ReferenceChange.objects.create(
        request=row,
        version=row.version,
        before=before,
        after=to,
        role=role,
        actor_id=actor.pk if actor else None,
        at=now,
    )


def _set(
    invitation: ReferenceInvitation, state: str, now: datetime, *, suggestion: str = ""
) -> None:
    if invitation.state != state:
        steps.INVITATION.move(invitation, state)
    invitation.answered_at = now
    invitation.suggestion = suggestion or invitation.suggestion
    invitation.save(update_fields=["state", "answered_at", "suggestion"])


def _publish(
    row: ReferenceRequest,
    kind: type[Any],
    invitation: ReferenceInvitation | None,
    now: datetime,
    actor: User | None = None,
    **more: Any,
) -> None:
    events.publish(
        kind(
            title=row.topic,
            url="/referrals/reference-calls/",
            request_id=str(row.public_id),
            referral_id=str(row.referral.public_id) if row.referral else "",
            peer_id=invitation.peer_id if invitation else None,
            peer_organization_id=invitation.organization_id if invitation else None,
            handler_id=row.handler_id,
            **more,
        ),
        subject=f"referrals.reference:{row.pk}",
        now=now,
        actor=actor,
        organization=organization_ref(invitation.organization_id if invitation else None),
    )


def _audit(
    row: ReferenceRequest, act: str, actor: User | None, now: datetime, **after: Any
) -> None:
    if actor is not None and actor.is_team:
        audit.record(
            f"referrals.reference.{act}",
            actor=actor,
            target=f"referrals.reference:{row.pk}",
            now=now,
            after={"state": row.state, **after},
        )
