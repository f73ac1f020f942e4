"""The SLA job: automatic notes, warnings before an introduction expires, and its expiry.

Everything here may run at any time, twice, or late: each row is one transaction, each note is
unique, and nothing is paid, refused or prolonged automatically.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from referrals.models import Referral, ReferralNote, ReferredOrganization
from referrals.rules import reasons, sla, state_machine
from referrals.services.credit.claims import recalculate_attribution
from referrals.services.introductions.referrer_notes import write_automatic_note
from referrals.services.state import transitions
from referrals.services.state.locks import lock_referred

S = Referral.State
Code = ReferralNote.Code
GRACE = timedelta(
    days=min(sla.WARN_DAYS)
)  # nobody's introduction ends sooner after the last warning


def enforce_sla(*, now: datetime) -> Counter[str]:
    """Do all of it; return how many notes were written and introductions ended, by kind."""
    done: Counter[str] = Counter()
    done["late"] = (
        _contacts_late(now) + _disputes_late(now) + _checks_late(now) + _rewards_late(now)
    )
    done["quiet"] = _quiet(now)
    warned, ended = _ends(now)
    done["warned"], done["expired"] = warned, ended
    return done


def _known(rows: QuerySet[Referral]) -> list[Referral]:
    return list(rows.select_related("program", "organization").order_by("pk"))


@transaction.atomic
def _say(referral: Referral, code: str, key: str, now: datetime, until: datetime | None) -> bool:
    return write_automatic_note(referral=referral, code=code, key=key, now=now, until=until)


def _contacts_late(now: datetime) -> int:
    """Notify the referrer, once per stage, that the first contact is late."""
    rows = Referral.objects.filter(sla.is_late(now), state__in=sla.UNCONTACTED, contacted_at=None)
    return sum(
        _say(row, Code.CONTACT_LATE, f"contact:{row.version}", now, sla.contact_due(row))
        for row in _known(rows)
    )


def _disputes_late(now: datetime) -> int:
    return sum(
        _say(row.referral, Code.DISPUTE_LATE, f"dispute:{row.pk}", now, row.due_at)
        for row in sla.disputes_overdue(now)
    )


def _checks_late(now: datetime) -> int:
    return sum(
        _say(row.referral, Code.CHECK_LATE, f"check:{row.pk}", now, None)
        for row in sla.findings_overdue(now)
    )


def _rewards_late(now: datetime) -> int:
    """Notify the referrer, once per reward, that its approval is late; it stays on hold."""
    return sum(
        _say(row.referral, Code.REWARD_LATE, f"reward:{row.pk}", now, row.due_at)
        for row in sla.rewards_overdue(now).filter(side="referrer")
    )


def _quiet(now: datetime) -> int:
    """Write one truthful note per fortnight of silence."""
    silent = now - timedelta(days=sla.SILENT_DAYS)
    written = 0
    for row in _known(
        Referral.objects.filter(
            state__in=state_machine.OPEN, noted_at__lte=silent, is_history=False
        )
    ):
        fortnight = (now - row.noted_at) // timedelta(days=sla.SILENT_DAYS)
        until = row.token_expires_at if row.state == S.CONSENT_PENDING else row.next_due_at
        key = f"quiet:{row.noted_at:%Y%m%d%H%M%S}:{fortnight}"
        written += _say(
            row, Code.QUIET, key, now, until if until is not None and until > now else None
        )
    return written


def _ends(now: datetime) -> tuple[int, int]:
    """Warn of introductions that are about to end and end those whose time is over; return how many
    of each.
    """
    soon = now + timedelta(days=max(sla.WARN_DAYS))
    rows = sla.with_end(before=soon)
    warned = ended = 0
    for pk, program_id, company_id in list(rows.values_list("pk", "program_id", "organization_id")):
        with transaction.atomic():
            referred = lock_referred(program_id, company_id) if company_id is not None else None
            row = (
                sla.with_end()
                .select_related("program", "organization")
                .select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk)
                .first()
            )
            if row is None or row.organization_id != company_id:
                continue  # somebody has it now, or it found its company meanwhile: next time
            warned += _warn(row, now)
            ended += _end(row, referred, now)
    return warned, ended


def _ends_at(row: Referral) -> datetime:
    """When the introduction ends; rows come from `promises.with_end`."""
    return row.ends_at  # type: ignore[attr-defined, no-any-return]  # annotated


def _key(ends_at: datetime, days: int) -> str:
    return f"expires:{ends_at:%Y%m%d}:{days}"


def _warn(row: Referral, now: datetime) -> int:
    """Warn once per date; the 14-day warning is left out when only the 3-day one would still be
    true.
    """
    ends_at = _ends_at(row)
    if row.state == S.CONSENT_PENDING and ends_at <= now:
        return 0
    close = ends_at - now <= GRACE
    return write_automatic_note(
        referral=row,
        code=Code.EXPIRES,
        key=_key(ends_at, min(sla.WARN_DAYS) if close else max(sla.WARN_DAYS)),
        now=now,
        until=max(ends_at, now + GRACE) if close and row.state != S.CONSENT_PENDING else ends_at,
    )


def _end(row: Referral, referred: ReferredOrganization | None, now: datetime) -> bool:
    """End an introduction whose time is over; an accepted one only after its last warning has stood
    for three days.

    The company is locked before the introduction: who is credited is decided again.
    """
    ends_at = _ends_at(row)
    if ends_at > now:
        return False
    if row.state == S.CONSENT_PENDING:
        reason = reasons.NO_ANSWER
    else:
        reason = reasons.NO_PROGRESS
        last = _key(ends_at, min(sla.WARN_DAYS))
        if not ReferralNote.objects.filter(referral=row, key=last, at__lte=now - GRACE).exists():
            return False
    transitions.move(row, to=S.EXPIRED, role=state_machine.SYSTEM, now=now, reason=reason)
    if referred is not None:
        recalculate_attribution(referred, program=row.program, now=now)
    return True
