"""Attribution: records who claims to have introduced a company, and recalculates the credit
whenever a claim arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from portal import events
from portal.accounts.models import Membership, Organization
from portal.core.calendar.calendars import site_calendar
from portal.core.db.inserts import insert, insert_once
from portal.core.time import business_due
from portal.events import history
from referrals.events import ReferralAttributed, ReferralDisputed, ReferralRecorded
from referrals.models import (
    Attribution,
    AttributionCandidate,
    Dispute,
    Program,
    Referral,
    ReferralChange,
    ReferralLink,
    ReferredOrganization,
    Reward,
    RiskFinding,
    TermsVersion,
)
from referrals.rules import eligibility, reasons, sla, state_machine
from referrals.rules.attribution import Claim, Decision, decide
from referrals.services.analytics.marks import mark_introductions
from referrals.services.credit.expirations import has_lapsed, lapses
from referrals.services.credit.self_referral import whose
from referrals.services.credit.stage_sync import catch_up
from referrals.services.rewards.rewards import reconcile
from referrals.services.state import risk, transitions
from referrals.services.state.customers import follow_sales, is_older
from referrals.services.state.transitions import about, organization_ref

S = Referral.State


@dataclass(frozen=True)
class Introduced:
    """What came of a claim: the introduction it belongs to and whether it is new."""

    referral: Referral
    is_new: bool
    refused: str = ""


def record_claim(
    *,
    referred: ReferredOrganization,
    program: Program,
    organization: Organization,
    referrer_id: int,
    referrer_organization_id: int | None,
    kind: str,
    reference: str,
    occurred_at: datetime,
    identified_at: datetime,
    now: datetime,
    link: ReferralLink | None = None,
    referee_id: int | None = None,
    evidence: dict[str, Any] | None = None,
    fact_id: int | None = None,
    referral: Referral | None = None,
    email: str = "",
    **fields: Any,
) -> Introduced:
    """Record one claim to a company and decide again. The caller holds the lock of `referred`.

    Claims to one's own company and to the host company are kept as refused introductions, so that
    the referrer can read why; they are never candidates. Claims to a company that was a customer
    already are candidates that lose: a refund of its old sale may show that it was none.
    """
    refused = _refusal(organization, referrer_organization_id, referrer_id, referee_id)
    refused = refused or whose(email, referrer_id=referrer_id, company_id=referrer_organization_id)
    if not refused and referral is None:
        refused = _not_taken(
            program, organization, referrer_id, referrer_organization_id, occurred_at
        )
    if referral is None:
        referral, is_new = _introduction(
            program,
            organization,
            referrer_id,
            referrer_organization_id,
            kind,
            occurred_at,
            now,
            link=link,
            referee_id=referee_id,
            refused=refused,
            fact_id=fact_id,
            fields=fields,
        )
    else:
        is_new = False
    if refused:
        if refused in RiskFinding.Kind.values:
            risk.find(
                referral,
                refused,
                RiskFinding.Severity.GRAVE,
                now,
                evidence={"organization_id": organization.pk},
            )
        if referral.state in state_machine.OPEN:
            transitions.move(
                referral,
                to=S.REJECTED,
                role=state_machine.SYSTEM,
                now=now,
                fact_id=fact_id,
                reason=f"rule:{refused}",
            )
        return Introduced(referral, is_new, refused)
    candidate = AttributionCandidate(
        referred=referred,
        referral=referral,
        kind=kind,
        reference=f"{referral.pk}:{reference}"[:80],
        occurred_at=occurred_at,
        identified_at=identified_at,
        evidence=evidence or {},
    )
    if insert_once(candidate):
        mark_introductions([referral.pk])
    risk.assess(referral, organization=organization, evidence=evidence or {}, now=now)
    recalculate_attribution(referred, program=program, now=now, fact_id=fact_id)
    referral.refresh_from_db(fields=["state", "version", "reason", "state_since", "noted_at"])
    known = reasons.read(referral.reason)
    is_customer = (known.scheme, known.code) == ("rule", RiskFinding.Kind.EXISTING_CUSTOMER)
    return Introduced(referral, is_new, known.code if is_customer else "")


def _refusal(
    organization: Organization,
    referrer_organization_id: int | None,
    referrer_id: int,
    referee_id: int | None,
) -> str:
    if organization.is_own:
        return RiskFinding.Kind.HOST_COMPANY
    if referee_id is not None and referee_id == referrer_id:
        return RiskFinding.Kind.SELF
    if (
        organization.pk == referrer_organization_id
        or Membership.objects.filter(
            user_id=referrer_id, organization=organization, ended_at=None
        ).exists()
    ):
        return RiskFinding.Kind.OWN_ORGANIZATION
    return ""


def _not_taken(
    program: Program,
    organization: Organization,
    referrer_id: int,
    company_id: int | None,
    occurred_at: datetime,
) -> str:
    """Say why a program does not take a new introduction of that moment; one it took before goes
    on.
    """
    company = Organization.objects.filter(pk=company_id or 0).first()
    why = eligibility.refuses_claim(program, company, occurred_at)
    known = Referral.objects.filter(
        program=program, organization=organization, referrer_id=referrer_id
    )
    return "" if why and known.exists() else why


KIND_OF_CLAIM = {
    "named": Referral.Kind.NAMED,
    "code": Referral.Kind.CODE,
    "staff": Referral.Kind.STAFF,
    "answer": Referral.Kind.ANSWER,
}


def _introduction(
    program: Program,
    organization: Organization,
    referrer_id: int,
    referrer_organization_id: int | None,
    kind: str,
    occurred_at: datetime,
    now: datetime,
    *,
    link: ReferralLink | None,
    referee_id: int | None,
    refused: str,
    fact_id: int | None,
    fields: dict[str, Any],
) -> tuple[Referral, bool]:
    """Find the introduction this referrer already made of this company, or make it; contacts of one
    company merge.
    """
    own = refused in (RiskFinding.Kind.OWN_ORGANIZATION, RiskFinding.Kind.SELF)
    found = Referral.objects.filter(
        program=program, organization=organization, referrer_id=referrer_id
    ).first()
    if found is None and own:
        found = Referral.objects.filter(
            program=program, organization=None, referrer_id=referrer_id, reason=f"rule:{refused}"
        ).first()
    if found is not None:
        if (
            occurred_at < found.introduced_at
        ):  # whichever contact came first is the date of the introduction
            Referral.objects.filter(pk=found.pk).update(introduced_at=occurred_at)
            found.introduced_at = occurred_at
            mark_introductions([found.pk])
        return found, False
    referral = Referral(
        program=program,
        terms=current_terms(program, now),
        kind=KIND_OF_CLAIM.get(kind, Referral.Kind.LINK),
        link=link,
        referrer_id=referrer_id,
        referrer_organization_id=referrer_organization_id,
        organization=None if own else organization,
        referee_id=None if refused == RiskFinding.Kind.SELF else referee_id,
        state=S.SUBMITTED,
        state_since=now,
        version=1,
        introduced_at=occurred_at,
        created_at=now,
        noted_at=now,
        is_history=history.is_importing(),
        is_sample=program.is_sample and organization.is_sample,
        **fields,
    )
    insert(referral)
    announce(referral, now=now, fact_id=fact_id)
    return referral, True


def announce(
    referral: Referral, *, now: datetime, fact_id: int | None = None, before: str = ""
) -> None:
    """Write the first entry of an introduction's history and publish its event."""
    mark_introductions([referral.pk])
    if not before:
        insert(
            ReferralChange(
                referral=referral,
                version=referral.version,
                before="",
                after=referral.state,
                role=state_machine.REFERRER,
                actor_id=referral.referrer_id,
                fact_id=fact_id,
                at=now,
            )
        )
    events.publish(
        ReferralRecorded(**about(referral), kind=referral.kind),
        subject=f"referrals.referral:{referral.pk}",
        now=now,
        key=f"referrals.recorded:{referral.pk}",
        organization=organization_ref(referral.referrer_organization_id),
    )


def current_terms(program: Program, now: datetime) -> TermsVersion | None:
    """Return the terms in force."""
    return program.terms.filter(published_at__lte=now).order_by("-number").first()


def decision_for(
    referred: ReferredOrganization, program: Program
) -> tuple[Decision, dict[int, AttributionCandidate]]:
    """Return the decision over all claims known now, and the claims by id."""
    candidates = AttributionCandidate.objects.select_related("referral__organization")
    rows = {row.pk: row for row in candidates.filter(referred=referred)}
    for row in rows.values():
        row.referral.program = program
    ended = lapses(referred, {row.referral_id for row in rows.values()})
    claims = [
        Claim(
            id=row.pk,
            referral_id=row.referral_id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            identified_at=row.identified_at,
            barred=_is_barred(row.referral),
            own=row.referral.referrer_organization_id == referred.organization_id,
            customer=is_older(_customer_since(rows), row.occurred_at),
            lapses=ended.get(row.referral_id, ()),
        )
        for row in rows.values()
    ]
    return decide(claims, window_days=program.window_days, touch=program.touch), rows


def _is_barred(referral: Referral) -> bool:
    """Say whether a person has taken this introduction out of the contest."""
    if referral.state == S.REJECTED:
        return not referral.reason.startswith("rule:")
    return referral.state in (S.DECLINED, S.WITHDRAWN, S.DISQUALIFIED)


def recalculate_attribution(
    referred: ReferredOrganization,
    *,
    program: Program,
    now: datetime,
    fact_id: int | None = None,
    actor_id: int | None = None,
) -> Attribution | None:
    """Decide again who is credited for a company, and carry the consequences: states, rewards,
    ledger.

    Until a person has approved a reward, the decision follows the facts whatever order they arrive
    in. Afterwards a late fact that would have won opens a dispute instead: money that a person
    released is not moved silently.
    """
    follow_sales(referred.organization_id, now=now)
    decision, rows = decision_for(referred, program)
    current = (
        Attribution.objects.select_related("referral")
        .filter(program_id=program.pk, organization_id=referred.organization_id, is_active=True)
        .first()
    )
    losers = [
        {"referral": rows[claim].referral_id, "candidate": claim, "why": why}
        for claim, why in sorted(decision.losers.items())
    ]
    winner = rows[decision.winner.id] if decision.winner else None
    if winner is None:
        return _credit_nobody(
            referred, program, current, rows, decision, now=now, fact_id=fact_id, actor_id=actor_id
        )
    if current is not None and current.candidate_id == winner.pk:
        if current.losers != losers:
            Attribution.objects.filter(pk=current.pk).update(
                losers=losers,
                explanation_ja=decision.explanation_ja,
                explanation_en=decision.explanation_en,
            )
        _turn_away(rows, winner.referral_id, decision, now, fact_id)
        return current
    moves = current is not None and current.referral_id != winner.referral_id
    if (
        current is not None
        and moves
        and decision.rule != "staff"
        and _is_bound(current.referral_id)
    ):
        _dispute(winner.referral, now)
        return current
    if current is not None:
        _supersede(current, now)
    attribution = Attribution(
        referred=referred,
        program_id=program.pk,
        organization_id=referred.organization_id,
        referrer_organization_id=winner.referral.referrer_organization_id,
        referral=winner.referral,
        candidate=winner,
        rule=decision.rule,
        losers=losers,
        explanation_ja=decision.explanation_ja,
        explanation_en=decision.explanation_en,
        decided_at=now,
        decided_by_id=actor_id,
    )
    insert(attribution)
    changed = current is None or current.referral_id != winner.referral_id
    if changed:
        events.publish(
            ReferralAttributed(
                **about(winner.referral),
                rule=decision.rule,
                replaced=str(current.referral.public_id) if current else "",
            ),
            subject=f"referrals.referral:{winner.referral_id}",
            now=now,
            organization=organization_ref(winner.referral.referrer_organization_id),
        )
    _turn_away(rows, winner.referral_id, decision, now, fact_id)
    catch_up(attribution, referred, program=program, now=now, actor_id=actor_id, fact_id=fact_id)
    _prepare_contact(winner.referral, now)
    return attribution


def _credit_nobody(
    referred: ReferredOrganization,
    program: Program,
    current: Attribution | None,
    rows: dict[int, AttributionCandidate],
    decision: Decision,
    *,
    now: datetime,
    fact_id: int | None,
    actor_id: int | None,
) -> Attribution | None:
    """No claim stands. What a person approved stays, under dispute, when all that speaks against it
    is that the company turned out to be a customer already.
    """
    if current is not None:
        late = decision.losers.get(current.candidate_id) == "customer"
        if late and is_approved(current.referral_id):
            _dispute(current.referral, now, once=True)
            return current
        _supersede(current, now)
        since = reasons.since(_customer_since(rows)) if late else ""
        reconcile(
            referred,
            program=program,
            now=now,
            actor_id=actor_id,
            reason=f"rule:existing_customer {since}" if late else "",
        )
    _turn_away(rows, 0, decision, now, fact_id, only="customer")
    return None


def _customer_since(rows: dict[int, AttributionCandidate]) -> datetime | None:
    """Return since when the company of these claims is a customer."""
    for row in rows.values():
        if row.referral.organization is not None:
            return row.referral.organization.became_customer_at
    return None


def credited_after_step(
    attribution: Attribution,
    referred: ReferredOrganization,
    *,
    program: Program,
    now: datetime,
    fact_id: int | None = None,
    actor_id: int | None = None,
) -> Attribution:
    """Return who is credited now that a step of the company is dated: it may show who was alive
    before a rival came.

    The caller holds the lock of `referred`. Where nothing had ended, nothing is decided again.
    """
    rivals = [row["referral"] for row in attribution.losers]
    if not rivals or not has_lapsed([attribution.referral_id, *rivals]):
        return attribution
    decided = recalculate_attribution(
        referred, program=program, now=now, fact_id=fact_id, actor_id=actor_id
    )
    return attribution if decided is None or decided.pk == attribution.pk else decided


def _prepare_contact(referral: Referral, now: datetime) -> None:
    """An accepted introduction promises a first contact within two business days; history does
    not.
    """
    if history.is_importing():
        return
    if referral.state == S.ACCEPTED and referral.next_due_at is None:
        referral.next_step, referral.next_due_at = (
            "contact",
            business_due(now, sla.CONTACT_HOURS, site_calendar()),
        )
        Referral.objects.filter(pk=referral.pk).update(
            next_step="contact", next_due_at=referral.next_due_at
        )


def _supersede(attribution: Attribution, now: datetime) -> None:
    Attribution.objects.filter(pk=attribution.pk, is_active=True).update(
        is_active=False, superseded_at=now
    )


def is_approved(referral_id: int) -> bool:
    """Say whether a person has released a reward of this introduction."""
    return Reward.objects.filter(referral_id=referral_id, approved_by_id__isnull=False).exists()


def _is_bound(referral_id: int) -> bool:
    """Say whether a person has released (or refused) a reward of this introduction."""
    return (
        Reward.objects.filter(referral_id=referral_id)
        .filter(Q(approved_by_id__isnull=False) | Q(refused_at__isnull=False))
        .exists()
    )


def _turn_away(
    rows: dict[int, AttributionCandidate],
    winner_id: int,
    decision: Decision,
    now: datetime,
    fact_id: int | None,
    *,
    only: str = "",
) -> None:
    """Record for the company's other introductions that somebody else is credited (or nobody), and
    why; `only`: those that lost for that reason.
    """
    seen = set()
    for row in sorted(rows.values(), key=lambda row: row.pk):
        referral = row.referral
        if row.referral_id == winner_id or row.referral_id in seen:
            continue
        seen.add(row.referral_id)
        if referral.state in (S.SUBMITTED, S.CONSENT_PENDING, *state_machine.STAGES):
            why = decision.losers.get(row.pk, "weaker")
            if only and why != only:
                continue
            if why == "customer":
                why = f"existing_customer {reasons.since(_customer_since(rows))}"
            transitions.move(
                referral,
                to=S.REJECTED,
                role=state_machine.SYSTEM,
                now=now,
                fact_id=fact_id,
                reason=f"rule:{why}",
            )


def _dispute(referral: Referral, now: datetime, *, once: bool = False) -> None:
    """Open a dispute; `once`: unless a late record opened one before, which a person answered."""
    if once and Dispute.objects.filter(referral=referral, opened_by=None).exists():
        return
    due = now + timedelta(days=sla.DISPUTE_DAYS)
    _dispute_row, created = Dispute.objects.get_or_create(
        referral=referral,
        state=Dispute.State.OPEN,
        defaults={"text": "", "opened_at": now, "due_at": due},
    )
    if created:
        events.publish(
            ReferralDisputed(**about(referral), due_at=due.isoformat()),
            subject=f"referrals.referral:{referral.pk}",
            now=now,
            organization=organization_ref(referral.referrer_organization_id),
        )
