"""What is kept about a person: exported, erased (sums stay), stopped when she is switched off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from portal.accounts.models import User
from referrals import cache, machine
from referrals.models import (
    Ask,
    BoardChoice,
    Dispute,
    EarnedMoment,
    LedgerAccount,
    PendingClaim,
    Referral,
    ReferralLink,
    Reward,
    ShareLog,
)
from referrals.services import changes


def export(user: User) -> Iterable[dict[str, Any]]:
    """Everything introductions keep about a person."""
    for link in ReferralLink.objects.filter(user=user):
        yield {"kind": "link", "code": link.code, "created_at": link.created_at, "retired_at": link.retired_at}
    for share in ShareLog.objects.filter(link__user=user):
        yield {"kind": "share", "channel": share.channel, "at": share.at}
    for row in Referral.objects.filter(referrer=user):
        yield {
            "kind": "introduction made", "id": str(row.public_id), "state": row.state, "introduced_at": row.introduced_at,
            "name": row.referee_name, "company": row.referee_company, "why": row.why,
        }  # fmt: skip
    for row in Referral.objects.filter(referee=user):
        yield {
            "kind": "introduction received",
            "id": str(row.public_id),
            "state": row.state,
            "introduced_at": row.introduced_at,
        }
    for reward in Reward.objects.filter(user=user):
        yield {
            "kind": "reward", "amount": reward.amount, "taken_back": reward.reversed_amount, "currency": reward.currency,
            "state": reward.state, "granted_at": reward.granted_at,
        }  # fmt: skip
    for choice in BoardChoice.objects.filter(user=user).select_related("program"):
        yield {"kind": "shown on the leaderboard", "program": choice.program.slug, "as": choice.shown_as}
    for moment in EarnedMoment.objects.filter(user=user):
        yield {"kind": "earned moment", "what": moment.kind, "subject": moment.subject, "at": moment.at}
    for ask in Ask.objects.filter(user=user):
        yield {"kind": "ask", "what": ask.kind, "asked_at": ask.asked_at, "held_out": ask.is_held_out}
    for dispute in Dispute.objects.filter(opened_by=user):
        yield {"kind": "dispute", "text": dispute.text, "answer": dispute.answer, "opened_at": dispute.opened_at}


def erase(user: User, now: datetime) -> None:
    """Take a person out of introductions. The ledger keeps every sum: only the account's name becomes a pseudonym."""
    off_board(user, now)
    EarnedMoment.objects.filter(user=user).delete()
    Ask.objects.filter(user=user).delete()
    pseudonym = f"erased:{uuid4()}"
    for prefix in ("user", "donation"):
        LedgerAccount.objects.filter(holder=f"{prefix}:{user.pk}").update(
            holder=pseudonym if prefix == "user" else f"{pseudonym}:d"
        )
    Referral.objects.filter(referee=user).update(
        referee_name="", referee_company="", referee_email="", why="", name_consent_at=None, token_hash=None,
        token_expires_at=now,
    )  # fmt: skip
    Referral.objects.filter(referrer=user).update(why="")
    PendingClaim.objects.filter(user=user).delete()
    Dispute.objects.filter(opened_by=user).update(text="")


def off_board(user: User, now: datetime) -> None:
    """Retire her links, take her off the leaderboard, withdraw what nobody has begun to work on."""
    BoardChoice.objects.filter(user=user).delete()
    links = list(ReferralLink.objects.filter(user=user, retired_at=None).select_related("program"))
    for link in links:
        link.retired_at = now
        link.save(update_fields=["retired_at"])
    waiting = Referral.objects.filter(
        referrer=user, state__in=(Referral.State.DRAFT, Referral.State.SUBMITTED, Referral.State.CONSENT_PENDING)
    ).select_related("program", "organization")
    for referral in waiting:
        changes.move(referral, to=Referral.State.WITHDRAWN, role=machine.REFERRER, now=now, actor_id=user.pk)
    for program_id in {link.program_id for link in links}:
        cache.forget_program(program_id)
