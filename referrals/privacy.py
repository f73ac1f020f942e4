"""Privacy of the referrals app: export, erasure (sums stay), and deactivation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import Q, QuerySet

from portal.accounts.models import User
from portal.accounts.privacy import addresses_of
from referrals.edge import link_cache
from referrals.models import (
    Ask,
    BoardChoice,
    Dispute,
    EarnedMoment,
    LedgerAccount,
    PendingClaim,
    ReferenceInvitation,
    ReferenceOutcome,
    ReferencePreference,
    ReferenceRequest,
    Referral,
    ReferralLink,
    ReferralNote,
    Reward,
    ShareLog,
)
from referrals.rules import state_machine
from referrals.services import reference_calls
from referrals.services.state import transitions
from referrals.services.state.locks import lock_introductions, lock_key


def export(user: User) -> Iterable[dict[str, Any]]:
    """Everything introductions keep about a person."""
    for link in ReferralLink.objects.filter(user=user):
        yield {
            "kind": "link",
            "code": link.code,
            "created_at": link.created_at,
            "retired_at": link.retired_at,
        }
    for share in ShareLog.objects.filter(link__user=user):
        yield {"kind": "share", "channel": share.channel, "at": share.at}
    for row in Referral.objects.filter(referrer=user):
        yield {
            "kind": "introduction made",
            "id": str(row.public_id),
            "state": row.state,
            "introduced_at": row.introduced_at,
            "name": row.referee_name,
            "company": row.referee_company,
            "why": row.why,
        }
    for row in Referral.objects.filter(referee=user):
        yield {
            "kind": "introduction received",
            "id": str(row.public_id),
            "state": row.state,
            "introduced_at": row.introduced_at,
        }
    for reward in Reward.objects.filter(user=user):
        yield {
            "kind": "reward",
            "amount": reward.amount,
            "taken_back": reward.reversed_amount,
            "currency": reward.currency,
            "state": reward.state,
            "granted_at": reward.granted_at,
        }
    yield from _told_and_called(user)
    yield from _asked(user)
    for dispute in Dispute.objects.filter(opened_by=user):
        yield {
            "kind": "dispute",
            "text": dispute.text,
            "answer": dispute.answer,
            "opened_at": dispute.opened_at,
        }


def _wishes(user: User) -> QuerySet[ReferenceRequest]:
    """Return the reference calls the user asked for: by their introduction, or by their address
    when staff asked for them.
    """
    hers = Q(referral__referee=user)
    return ReferenceRequest.objects.filter(
        hers | Q(email__iexact=user.email) if user.email else hers
    )


def _told_and_called(user: User) -> Iterable[dict[str, Any]]:
    """Notes written to the user, and reference calls the user was asked for."""
    for note in ReferralNote.objects.filter(referral__referrer=user):
        yield {"kind": "note", "code": note.code, "text": note.text, "at": note.at}
    for call in ReferenceInvitation.objects.filter(peer=user).select_related("request"):
        yield {
            "kind": "reference call",
            "topic": call.request.topic,
            "state": call.state,
            "suggestion": call.suggestion,
            "invited_at": call.invited_at,
        }
    for said in ReferenceOutcome.objects.filter(side="peer", recorded_by_id=user.pk):
        yield {
            "kind": "reference call outcome",
            "happened": said.happened,
            "asked": said.asked,
            "at": said.at,
        }
    for wish in _wishes(user):
        yield {
            "kind": "reference call wanted",
            "topic": wish.topic,
            "question": wish.question,
            "email": wish.email,
        }
    for wished in ReferencePreference.objects.filter(user=user):
        yield {"kind": "reference call preference", "opted_out_at": wished.opted_out_at}


def _asked(user: User) -> Iterable[dict[str, Any]]:
    """The user's leaderboard choice, and when they were asked for an introduction and why."""
    for choice in BoardChoice.objects.filter(user=user).select_related("program"):
        yield {
            "kind": "shown on the leaderboard",
            "program": choice.program.slug,
            "as": choice.shown_as,
        }
    for moment in EarnedMoment.objects.filter(user=user):
        yield {
            "kind": "earned moment",
            "what": moment.kind,
            "subject": moment.subject,
            "at": moment.at,
        }
    for ask in Ask.objects.filter(user=user):
        yield {
            "kind": "ask",
            "what": ask.kind,
            "asked_at": ask.asked_at,
            "held_out": ask.is_held_out,
        }


def erase(user: User, now: datetime) -> None:
    """Take a person out of introductions.

    The ledger keeps every sum: only the account's name becomes a pseudonym.
    """
    on_deactivation(user, now)
    EarnedMoment.objects.filter(user=user).delete()
    Ask.objects.filter(user=user).delete()
    _forget_holder(user)
    Referral.objects.filter(Q(referee=user) | Q(referee_email__in=addresses_of(user))).update(
        referee_name="",
        referee_company="",
        referee_email="",
        why="",
        name_consent_at=None,
        token_hash=None,
        token_expires_at=now,
    )
    Referral.objects.filter(referrer=user).update(why="")
    PendingClaim.objects.filter(user=user).delete()
    Dispute.objects.filter(opened_by=user).update(text="")
    ReferralNote.objects.filter(referral__referee=user).exclude(text="").update(text="")
    reference_calls.forget(_wishes(user), now=now)
    ReferenceInvitation.objects.filter(peer=user).update(suggestion="")
    ReferenceOutcome.objects.filter(side="peer", recorded_by_id=user.pk).update(asked="")
    ReferencePreference.objects.filter(user=user).delete()


def _forget_holder(user: User) -> None:
    """Replace the user by a pseudonym in their rewards and ledger accounts. New rewards for them
    wait for this, or come wholly before.

    The companies they introduced are locked already.
    """
    mine = Q(holder__in=(f"user:{user.pk}", f"donation:{user.pk}"))
    lock_key(f"person:{user.pk}")
    list(
        Reward.objects.select_for_update().filter(mine).order_by("pk").values_list("pk", flat=True)
    )
    pseudonym = f"erased:{uuid4()}"
    for holder, name in ((f"user:{user.pk}", pseudonym), (f"donation:{user.pk}", f"{pseudonym}:d")):
        LedgerAccount.objects.filter(holder=holder).update(holder=name)
        Reward.objects.filter(holder=holder).update(holder=name)


def on_deactivation(user: User, now: datetime) -> None:
    """Retire the user's links, remove them from the leaderboard, withdraw introductions nobody has
    started to work on.
    """
    lock_introductions(user.pk)
    BoardChoice.objects.filter(user=user).delete()
    links = list(ReferralLink.objects.filter(user=user, retired_at=None).select_related("program"))
    for link in links:
        link.retired_at = now
        link.save(update_fields=["retired_at"])
    waiting = Referral.objects.filter(
        referrer=user,
        state__in=(Referral.State.DRAFT, Referral.State.SUBMITTED, Referral.State.CONSENT_PENDING),
    ).select_related("program", "organization")
    for referral in waiting:
        transitions.move(
            referral,
            to=Referral.State.WITHDRAWN,
            role=state_machine.REFERRER,
            now=now,
            actor_id=user.pk,
        )
    reference_calls.release(user, now)
    for program_id in {link.program_id for link in links}:
        link_cache.forget_program(program_id)
