"""The only function that changes an introduction's state, and the one that records its company's
stage.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from portal import events
from portal.core.db.inserts import insert, insert_once
from portal.core.db.state_machine import TransitionRefused
from portal.events import history
from referrals.events import ReferralMoved
from referrals.models import Referral, ReferralChange, ReferredOrganization, Step
from referrals.rules import reasons, state_machine
from referrals.services.analytics.marks import mark_company, mark_introductions

S = Referral.State


class NotAllowed(ValueError):
    """This move is not in the table, or not for this role, or lacks its reason."""


class Stale(RuntimeError):
    """Somebody else moved the introduction meanwhile."""


def move(
    referral: Referral,
    *,
    to: str,
    role: str,
    now: datetime,
    actor_id: int | None = None,
    fact_id: int | None = None,
    reason: str = "",
    is_inferred: bool = False,
    quiet: bool = False,
) -> None:
    """Move an introduction one step: compare-and-set on (state, version), one history row, one
    event.

    Raises NotAllowed for a move outside the table, Stale when the row changed since it was read.
    """
    before = referral.state
    try:
        state_machine.REFERRAL.check(before, to, role, reason=reason)
    except TransitionRefused as error:
        raise NotAllowed(str(error)) from error
    kept_reason = reason if to in state_machine.ENDED else ""
    stays = referral.is_history and history.is_importing()
    moved = Referral.objects.filter(pk=referral.pk, state=before, version=referral.version).update(
        state=to,
        state_since=now,
        version=F("version") + 1,
        reason=kept_reason,
        noted_at=now,
        is_history=stays,
    )
    if not moved:
        raise Stale(f"referral {referral.pk} is no longer {before} v{referral.version}")
    referral.state, referral.state_since, referral.reason = to, now, kept_reason
    referral.version, referral.noted_at = referral.version + 1, now
    referral.is_history = stays
    mark_introductions([referral.pk])
    insert(
        ReferralChange(
            referral=referral,
            version=referral.version,
            before=before,
            after=to,
            role=role,
            actor_id=actor_id,
            fact_id=fact_id,
            reason=reason,
            is_inferred=is_inferred,
            at=now,
        )
    )
    if not quiet:
        events.publish(
            ReferralMoved(**about(referral), before=before, after=to, reason=reason),
            subject=f"referrals.referral:{referral.pk}",
            now=now,
            organization=organization_ref(referral.referrer_organization_id),
        )


def about(referral: Referral) -> dict[str, Any]:
    """Return what every event about an introduction says: the company, never the introduced
    person's name.
    """
    return {
        "title": company_of(referral),
        "url": reverse("referrals:referral", args=[referral.public_id]),
        "referral_id": str(referral.public_id),
        "referrer_id": referral.referrer_id,
        "referrer_organization_id": referral.referrer_organization_id,
        "referee_organization_id": referral.organization_id,
        "program": referral.program.slug,
    }


def company_of(referral: Referral) -> str:
    """Return the introduced company as staff know it."""
    if referral.organization_id is not None and referral.organization is not None:
        return referral.organization.name
    return referral.referee_company


class _Ref:
    """Stands for an organization by its id, so that publishing costs no query."""

    def __init__(self, pk: int) -> None:
        self.pk = pk


def organization_ref(pk: int | None) -> _Ref | None:
    """Return something `publish` can take the organization's id from, without loading it."""
    return _Ref(pk) if pk else None


def record_step(
    referred: ReferredOrganization,
    *,
    stage: str,
    at: datetime,
    reason: str = "",
    actor_id: int | None = None,
) -> bool:
    """Note when a company reached a stage; the earliest proven date stays.

    Return False when nothing changed.
    """
    row = Step(referred=referred, stage=stage, at=at, reason=reason[:200], actor_id=actor_id)
    if not insert_once(row):
        # of losses the latest counts, of everything else the earliest that is proven
        earlier = Q(at__lt=at) if stage == Step.Stage.LOST else Q(is_inferred=True) | Q(at__gt=at)
        values: dict[str, Any] = {"at": at, "is_inferred": False}
        if row.reason:
            values["reason"] = row.reason
        if not Step.objects.filter(earlier, referred=referred, stage=stage).update(**values):
            return False
    mark_company(referred)
    return True


def steps_of(referred_id: int) -> list[Step]:
    """Return the dated steps of a company."""
    return list(Step.objects.filter(referred_id=referred_id))


def stage_of(steps: list[Step]) -> tuple[str, Step | None]:
    """Return how far a company came by its dated steps, whatever order they arrived in, and the
    step that says so.

    A loss counts only when nothing later happened; a won company is never lost by a stage (a refund
    says that).
    """
    by_stage = {step.stage: step for step in steps}
    reached = [by_stage[stage] for stage in state_machine.STAGES[1:] if stage in by_stage]
    lost = by_stage.get(Step.Stage.LOST)
    furthest = reached[-1] if reached else None
    won = any(step.stage in (S.WON, S.LIVE) for step in reached)
    if lost is not None and not won and all(step.at <= lost.at for step in reached):
        return S.LOST, lost
    return (furthest.stage if furthest else S.ACCEPTED), furthest


def follow_steps(
    referral: Referral,
    steps: list[Step],
    *,
    now: datetime,
    fact_id: int | None = None,
    actor_id: int | None = None,
    reason: str = "",
) -> None:
    """Bring the credited introduction to where its company stands by `steps`, filling in the stages
    between (marked inferred).
    """
    target, step = stage_of(steps)
    known = {row.stage for row in steps if not row.is_inferred}

    def go(to: str, why: str = "", *, last: bool) -> None:
        move(
            referral,
            to=to,
            role=state_machine.SYSTEM,
            now=now,
            actor_id=actor_id,
            fact_id=fact_id,
            reason=why,
            is_inferred=not last and to not in known,
            quiet=not last,
        )

    if referral.state == target:
        return
    if referral.state in (S.SUBMITTED, S.CONSENT_PENDING, S.REJECTED, S.EXPIRED):
        go(S.ACCEPTED, reason or reasons.COUNTS, last=target == S.ACCEPTED)
    if target == S.LOST:
        if referral.state in (S.ACCEPTED, S.QUALIFIED, S.OPPORTUNITY):
            go(
                S.LOST,
                step.reason if step and step.reason else reasons.loss(reasons.Loss.OTHER),
                last=True,
            )
        return
    if referral.state == S.LOST:
        if target in (S.QUALIFIED, S.OPPORTUNITY, S.WON, S.LIVE):
            first = S.WON if target == S.LIVE else target
            go(first, reasons.RESUMED, last=first == target)
        else:
            return
    if (
        referral.state in state_machine.RANK
        and target in state_machine.RANK
        and (state_machine.RANK[target] > state_machine.RANK[referral.state])
    ):
        stages = state_machine.REFERRAL.stages.path(referral.state, target)
        for stage in stages:
            go(stage, last=stage == target)
