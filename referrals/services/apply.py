"""What each kind of fact does, under the locks of locks.py. Returns applied, parked (for what) or review (why)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from portal.accounts.models import Organization
from referrals import reasons
from referrals.models import (
    Conversion,
    ConversionSighting,
    Fact,
    Program,
    Referral,
    ReferralLink,
    ReferredOrganization,
    Refund,
    RiskFinding,
    Step,
)
from referrals.services import changes, risk
from referrals.services.claims import record_claim
from referrals.services.locks import lock_key, lock_referred
from referrals.services.progress import active_attribution, catch_up
from referrals.services.prospects import find_organization, make_prospect

S = Referral.State


@dataclass(frozen=True)
class Applied:
    """The fact took effect. `wakes` are the keys that parked facts may be waiting for."""

    result: dict[str, Any]
    wakes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parked:
    """The fact lacks a prerequisite."""

    waits_for: str


@dataclass(frozen=True)
class Review:
    """A person has to look: the fact contradicts what is known."""

    reason: str


class Again(RuntimeError):
    """The prerequisite arrived between two looks; the whole transaction is repeated."""


@dataclass(frozen=True)
class Place:
    """Where a fact belongs: its program and company, locked."""

    program: Program
    organization: Organization | None
    referred: ReferredOrganization | None
    key: str  # what a fact without this company waits for
    wakes: tuple[str, ...] = field(default=())


def apply(fact: Fact, *, now: datetime, actor_id: int | None) -> Applied | Parked | Review:
    """Apply one fact inside the caller's transaction."""
    return {
        Fact.Kind.INTRODUCTION: _introduction,
        Fact.Kind.STAGE: _stage,
        Fact.Kind.CONVERSION: _conversion,
        Fact.Kind.REFUND: _refund,
    }[Fact.Kind(fact.kind)](fact, now, actor_id)


def _program(body: dict[str, Any]) -> Program | None:
    slug = body.get("program")
    rows = Program.objects.filter(slug=slug) if slug else Program.objects.filter(is_default=True)
    return rows.first()


def _place(fact: Fact, *, make: bool = False, now: datetime) -> Place | None:
    """Find (or make) and lock the company a fact is about. None when its program does not exist."""
    body = fact.body
    program = _program(body)
    if program is None:
        return None
    domain = str(body.get("domain", "")).lower()
    if domain:
        lock_key(f"domain:{domain}")
    organization = find_organization(public_id=body.get("organization"), domain=domain)
    if organization is None and body.get("referral"):
        referral = Referral.objects.select_related("organization").filter(public_id=body["referral"]).first()
        organization = referral.organization if referral else None
        program = referral.program if referral else program
    wanted = f"domain:{program.pk}:{domain}" if domain else f"organization:{program.pk}:{body.get('organization', '')}"
    if organization is None and make and domain:
        organization = make_prospect(name=str(body.get("company", "")), domain=domain, now=now)
    if organization is None:
        return Place(program, None, None, wanted)
    referred = lock_referred(program.pk, organization.pk)
    wakes = (
        tuple(
            [f"organization:{program.pk}:{organization.public_id}", f"referred:{referred.pk}"]
            + ([wanted] if domain else [])
            + [f"domain:{program.pk}:{row}" for row in organization.email_domains.values_list("domain", flat=True)]
        )
        if make
        else ()
    )
    return Place(program, organization, referred, f"referred:{referred.pk}", wakes)


def at(body: dict[str, Any], now: datetime) -> datetime:
    """Return when a fact says it happened; now when it does not say."""
    return datetime.fromisoformat(body["occurred_at"]) if body.get("occurred_at") else now


def _introduction(fact: Fact, now: datetime, actor_id: int | None) -> Applied | Parked | Review:
    body = fact.body
    link = ReferralLink.objects.filter(code=str(body.get("code", "")).lower()).first()
    if link is None or link.user_id is None:
        return Review("unknown_code")
    place = _place(fact, make=True, now=now)
    if place is None:
        return Review("unknown_program")
    if place.organization is None or place.referred is None:
        return Review("unknown_company")
    occurred = at(body, now)
    identified = datetime.fromisoformat(body["identified_at"]) if body.get("identified_at") else occurred
    introduced = record_claim(
        referred=place.referred, program=place.program, organization=place.organization, referrer_id=link.user_id,
        referrer_organization_id=link.organization_id, kind=str(body.get("claim", "code")),
        reference=str(body.get("reference") or f"{fact.source}:{fact.external_id}")[:80], occurred_at=occurred,
        identified_at=identified, now=now, link=link, fact_id=fact.pk, evidence={"source": fact.source},
    )  # fmt: skip
    return Applied({"referral": str(introduced.referral.public_id), "refused": introduced.refused}, wakes=place.wakes)


def _stage(fact: Fact, now: datetime, actor_id: int | None) -> Applied | Parked | Review:
    place = _place(fact, now=now)
    if place is None:
        return Review("unknown_program")
    if place.referred is None:
        return Parked(place.key)
    attribution = active_attribution(place.referred)
    if attribution is None:
        return Parked(place.key)
    stage, occurred, reason = str(fact.body["stage"]), at(fact.body, now), str(fact.body.get("reason", ""))
    reason = reasons.loss_told(reason) if stage == S.LOST else reason
    if stage not in Step.Stage.values:
        return Review("unknown_stage")
    contradiction = _contradicts(place.referred, stage, occurred)
    if contradiction:
        return Review(contradiction)
    if changes.record_step(
        place.referred, stage=stage, at=occurred, reason=reason,
        actor_id=actor_id,
    ):  # fmt: skip
        catch_up(
            attribution, place.referred, program=place.program, now=now, actor_id=actor_id, fact_id=fact.pk,
            reason="" if stage == S.LOST else reason,
        )  # fmt: skip
    return Applied({"referral": str(attribution.referral.public_id), "state": attribution.referral.state})


def _contradicts(referred: ReferredOrganization, stage: str, occurred: datetime) -> str:
    """Say why a stage cannot be true beside what is known: a loss after the sale, or a sale before the loss."""
    if stage == Step.Stage.LOST:
        won = Step.objects.filter(referred=referred, stage__in=(S.WON, S.LIVE)).order_by("at").first()
        return "lost_after_won" if won is not None and won.at <= occurred else ""
    if stage in (S.WON, S.LIVE):
        lost = Step.objects.filter(referred=referred, stage=Step.Stage.LOST, at__gte=occurred).exists()
        return "lost_after_won" if lost else ""
    return ""


def _conversion(fact: Fact, now: datetime, actor_id: int | None) -> Applied | Parked | Review:
    place = _place(fact, now=now)
    if place is None:
        return Review("unknown_program")
    if place.referred is None:
        return Parked(place.key)
    attribution = active_attribution(place.referred)
    if attribution is None:
        return Parked(place.key)
    body, occurred = fact.body, at(fact.body, now)
    external = str(body.get("external_ref") or fact.external_id)
    invoice = str(body.get("invoice") or f"{fact.source}:{external}")[:120]
    lock_key(f"invoice:{invoice}")
    known = Conversion.objects.filter(invoice=invoice).first()
    if known is not None:
        return _same_sale(fact, known, place.referred, attribution.referral, external, now)
    conversion = Conversion.objects.create(
        referred=place.referred, invoice=invoice, amount=int(body["amount"]), currency=body["currency"],
        occurred_at=occurred, recorded_at=now,
    )  # fmt: skip
    if not _sight(conversion, fact.source, external, now):
        raise_for = f"{fact.source}:{external} names another sale"
        conversion.delete()
        return Review(raise_for)
    changes.record_step(place.referred, stage=Step.Stage.WON, at=occurred, actor_id=actor_id)
    catch_up(attribution, place.referred, program=place.program, now=now, actor_id=actor_id, fact_id=fact.pk)
    return Applied(_sale(conversion, attribution.referral), wakes=(f"invoice:{invoice}",))


def _sale(conversion: Conversion, referral: Referral) -> dict[str, Any]:
    return {"conversion": str(conversion.public_id), "referral": str(referral.public_id), "state": referral.state}


def _sight(conversion: Conversion, source: str, external: str, now: datetime) -> bool:
    try:
        with transaction.atomic():
            ConversionSighting.objects.create(conversion=conversion, source=source, external_ref=external, seen_at=now)
    except IntegrityError:
        return ConversionSighting.objects.filter(source=source, external_ref=external, conversion=conversion).exists()
    return True


def _same_sale(
    fact: Fact, known: Conversion, referred: ReferredOrganization, referral: Referral, external: str, now: datetime
) -> Applied | Review:
    """The same invoice reported again, perhaps by another system: one sale, unless the numbers disagree."""
    body = fact.body
    if known.referred_id != referred.pk:
        return Review("invoice_of_another_company")
    if known.amount != int(body["amount"]) or known.currency != body["currency"]:
        risk.find(
            referral, RiskFinding.Kind.AMOUNT_DIFFERS, RiskFinding.Severity.DOUBT, now,
            evidence={"invoice": known.invoice, "known": known.amount, "other": int(body["amount"])},
        )  # fmt: skip
        return Review("amount_differs")
    if not _sight(known, fact.source, external, now):
        return Review("reference_of_another_sale")
    return Applied(_sale(known, referral))


def _refund(fact: Fact, now: datetime, actor_id: int | None) -> Applied | Parked | Review:
    body = fact.body
    invoice, reference = str(body["invoice"]), str(body.get("reference") or f"{fact.source}:{fact.external_id}")
    found = Conversion.objects.select_related("referred__program").filter(invoice=invoice).first()
    if found is None:
        lock_key(f"invoice:{invoice}")
        if Conversion.objects.filter(invoice=invoice).exists():
            raise Again  # the sale arrived between the two looks: start over in the order of locks
        return Parked(f"invoice:{invoice}")
    program = found.referred.program
    referred = lock_referred(program.pk, found.referred.organization_id)
    amount = int(body["amount"])
    known = Refund.objects.filter(conversion=found, reference=reference).first()
    if known is not None:
        return (
            Applied({"conversion": str(found.public_id), "refund": reference})
            if known.amount == amount
            else Review("refund_amount_differs")
        )
    grown = Conversion.objects.filter(pk=found.pk, refunded_amount__lte=F("amount") - amount).update(
        refunded_amount=F("refunded_amount") + amount
    )
    if not grown:
        return Review("refund_exceeds_sale")
    Refund.objects.create(
        conversion=found, reference=reference, amount=amount, occurred_at=at(body, now), recorded_at=now
    )
    attribution = active_attribution(referred)
    if attribution is not None:
        catch_up(attribution, referred, program=program, now=now, actor_id=actor_id, fact_id=fact.pk)
    return Applied({"conversion": str(found.public_id), "refund": reference})
