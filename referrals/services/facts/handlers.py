"""What each kind of inbound record does, under the locks of locks.py.

Returns applied, deferred (for what) or needs review (why).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.accounts.models import Organization
from portal.core.db.inserts import insert
from referrals.models import (
    Attribution,
    AttributionCandidate,
    Conversion,
    ConversionSighting,
    Fact,
    Program,
    Referral,
    ReferralLink,
    ReferredOrganization,
    RiskFinding,
    Step,
)
from referrals.rules import reasons
from referrals.services.credit.claims import (
    credited_after_step,
    recalculate_attribution,
    record_claim,
)
from referrals.services.credit.prospects import find_organization, make_prospect
from referrals.services.credit.stage_sync import active_attribution, catch_up
from referrals.services.facts.corrections import apply_correction, was_reported
from referrals.services.facts.refunds import apply_refund
from referrals.services.facts.results import Again, Applied, Parked, Review
from referrals.services.facts.sales import (
    apply_reference,
    find_sales,
    lock_names,
    names_of,
    sight,
    wakes,
)
from referrals.services.state import risk, transitions
from referrals.services.state.customers import follow_sales, is_older
from referrals.services.state.locks import lock_key, lock_referred

__all__ = ["Again", "Applied", "Parked", "Review", "apply"]

S = Referral.State


@dataclass
class Place:
    """Where a fact belongs: its program and company, locked, and who is credited there."""

    program: Program
    organization: Organization | None
    referred: ReferredOrganization | None
    key: str  # what a fact without this company waits for
    wakes: tuple[str, ...] = field(default=())
    attribution: Attribution | None = None

    def credited(self) -> Attribution | None:
        """Return the active attribution, looked up once: introductions change it, which are never
        parked, and steps.
        """
        if self.attribution is None and self.referred is not None:
            self.attribution = active_attribution(self.referred)
        return self.attribution

    def is_customer(self) -> bool:
        """Say whether introductions are known that came too late: what happens to the company is
        recorded, to nobody's credit.
        """
        return (
            self.organization is not None
            and self.organization.became_customer_at is not None
            and AttributionCandidate.objects.filter(referred=self.referred).exists()
        )

    def settle(self, fact: Fact, now: datetime, actor_id: int | None, reason: str = "") -> None:
        """Carry what a new step or sale means: who is a customer, who is credited, states and
        rewards.
        """
        assert self.referred is not None
        assert self.organization is not None
        changed = follow_sales(self.referred.organization_id, now=now)
        if changed:
            self.organization.refresh_from_db(fields=["became_customer_at"])
        if changed or self.attribution is None:
            self.attribution = recalculate_attribution(
                self.referred, program=self.program, now=now, fact_id=fact.pk, actor_id=actor_id
            )
        if self.attribution is None:
            return
        self.attribution = credited_after_step(
            self.attribution,
            self.referred,
            program=self.program,
            now=now,
            fact_id=fact.pk,
            actor_id=actor_id,
        )
        catch_up(
            self.attribution,
            self.referred,
            program=self.program,
            now=now,
            actor_id=actor_id,
            fact_id=fact.pk,
            reason=reason,
        )

    def credited_referral(self) -> dict[str, Any]:
        """Return what the answer to a record says of the introduction it is about."""
        if self.attribution is not None:
            referral = self.attribution.referral
        else:  # nobody is credited: the first of those who introduced it too late
            claims = AttributionCandidate.objects.filter(referred=self.referred)
            referral = claims.select_related("referral").order_by("occurred_at", "pk")[0].referral
        return {"referral": str(referral.public_id), "state": referral.state}


# The places of facts applied one after the other in one transaction, under the same locks: looked
# up once.
Places = dict[tuple[str, ...], Place]


def apply(
    fact: Fact, *, now: datetime, actor_id: int | None, places: Places | None = None
) -> Applied | Parked | Review:
    """Apply one fact inside the caller's transaction.

    `places` is shared only by parked facts woken together.
    """
    if fact.kind == Fact.Kind.INTRODUCTION:
        return _introduction(fact, now)
    if fact.kind == Fact.Kind.REFUND:
        return apply_refund(fact, now, actor_id)
    if fact.kind == Fact.Kind.REFERENCE:
        return apply_reference(fact, now)
    if fact.kind == Fact.Kind.CONVERSION and fact.body.get("corrects"):
        return apply_correction(fact, now, actor_id)
    key = tuple(
        str(fact.body.get(name, "")) for name in ("program", "domain", "organization", "referral")
    )
    place = places.get(key) if places is not None else None
    if place is None:
        place = _place(fact, now=now)
        if place is None:
            return Review("unknown_program")
        if places is not None and place.referred is not None:
            places[key] = place
    if place.referred is None or not (place.credited() or place.is_customer()):
        return Parked(place.key)
    return (_stage if fact.kind == Fact.Kind.STAGE else _conversion)(fact, place, now, actor_id)


def _program(body: dict[str, Any]) -> Program | None:
    slug = body.get("program")
    wanted: dict[str, Any] = {"slug": str(slug)} if slug else {"is_default": True}
    return Program.objects.filter(**wanted).first()


def _place(fact: Fact, *, make: bool = False, now: datetime) -> Place | None:
    """Find (or make) and lock the company a fact is about. None when its program does not exist."""
    body = fact.body
    program = _program(body)
    if program is None:
        return None
    domain = str(body.get("domain", "")).lower()
    if domain:
        lock_key(f"domain:{domain}")
    organization = find_organization(public_id=body.get("organization"), domain=domain, in_use=make)
    if organization is None and body.get("referral"):
        referral = (
            Referral.objects.select_related("organization")
            .filter(public_id=body["referral"])
            .first()
        )
        organization = referral.organization if referral else None
        program = referral.program if referral else program
    wanted = (
        f"domain:{program.pk}:{domain}"
        if domain
        else f"organization:{program.pk}:{body.get('organization', '')}"
    )
    if organization is None and make and domain:
        organization = make_prospect(name=str(body.get("company", "")), domain=domain, now=now)
    if organization is None:
        return Place(program, None, None, wanted)
    referred = lock_referred(program.pk, organization.pk)
    wakes = (
        tuple(
            [f"organization:{program.pk}:{organization.public_id}", f"referred:{referred.pk}"]
            + ([wanted] if domain else [])
            + [
                f"domain:{program.pk}:{row}"
                for row in organization.email_domains.values_list("domain", flat=True)
            ]
        )
        if make
        else ()
    )
    return Place(program, organization, referred, f"referred:{referred.pk}", wakes)


def _introduction(fact: Fact, now: datetime) -> Applied | Parked | Review:
    body = fact.body
    link = ReferralLink.objects.filter(code=str(body.get("code", "")).lower()).first()
    if link is None or link.user_id is None:
        return Review("unknown_code")
    place = _place(fact, make=True, now=now)
    if place is None:
        return Review("unknown_program")
    if place.organization is None or place.referred is None:
        return Review("unknown_company")
    occurred = fact.happened_at(now)
    identified = (
        datetime.fromisoformat(body["identified_at"]) if body.get("identified_at") else occurred
    )
    introduced = record_claim(
        referred=place.referred,
        program=place.program,
        organization=place.organization,
        referrer_id=link.user_id,
        referrer_organization_id=link.organization_id,
        kind=str(body.get("claim", "code")),
        reference=str(body.get("reference") or f"{fact.source}:{fact.external_id}")[:80],
        occurred_at=occurred,
        identified_at=identified,
        now=now,
        link=link,
        fact_id=fact.pk,
        evidence={"source": fact.source},
    )
    return Applied(
        {"referral": str(introduced.referral.public_id), "refused": introduced.refused},
        wakes=place.wakes,
    )


def _stage(fact: Fact, place: Place, now: datetime, actor_id: int | None) -> Applied | Review:
    assert place.referred is not None  # apply() parks what lacks it
    stage, occurred, reason = (
        str(fact.body["stage"]),
        fact.happened_at(now),
        str(fact.body.get("reason", "")),
    )
    reason = reasons.loss_told(reason) if stage == S.LOST else reason
    if stage not in Step.Stage.values:
        return Review("unknown_stage")
    contradiction = _contradicts(place.referred, stage, occurred)
    if contradiction:
        return Review(contradiction)
    if transitions.record_step(
        place.referred,
        stage=stage,
        at=occurred,
        reason=reason,
        actor_id=actor_id,
    ):
        place.settle(fact, now, actor_id, "" if stage == S.LOST else reason)
    return Applied(place.credited_referral())


def _contradicts(referred: ReferredOrganization, stage: str, occurred: datetime) -> str:
    """Say why a stage cannot be true beside what is known: a loss after the sale, or a sale before
    the loss.
    """
    if stage == Step.Stage.LOST:
        won = (
            Step.objects.filter(referred=referred, stage__in=(S.WON, S.LIVE)).order_by("at").first()
        )
        return "lost_after_won" if won is not None and won.at <= occurred else ""
    if stage in (S.WON, S.LIVE):
        lost = Step.objects.filter(
            referred=referred, stage=Step.Stage.LOST, at__gte=occurred
        ).exists()
        return "lost_after_won" if lost else ""
    return ""


def _conversion(fact: Fact, place: Place, now: datetime, actor_id: int | None) -> Applied | Review:
    assert place.referred is not None  # apply() parks what lacks it
    body, occurred = fact.body, fact.happened_at(now)
    external = str(body.get("external_ref") or fact.external_id)
    invoice = str(body.get("invoice") or f"{fact.source}:{external}")[:120]
    names = names_of(body, invoice=invoice)
    lock_names(names)
    known = find_sales(names, fact.source)
    if len(known) > 1:
        return Review("two_sales_are_one")
    if known:
        return _same_sale(fact, known[0], place, (external, *names), now)
    conversion = Conversion(
        referred=place.referred,
        invoice=invoice,
        amount=int(body["amount"]),
        currency=body["currency"],
        occurred_at=occurred,
        recorded_at=now,
    )
    insert(conversion)
    if not all(
        sight(conversion, fact.source, name, now) for name in dict.fromkeys((external, *names[1:]))
    ):
        ConversionSighting.objects.filter(conversion=conversion).delete()
        conversion.delete()
        return Review("reference_of_another_sale")
    _note_contract(place, occurred, actor_id)
    place.settle(fact, now, actor_id)
    return Applied(_sale(conversion, place), wakes=wakes(names))


def _note_contract(place: Place, at: datetime, actor_id: int | None) -> None:
    """Date the contract, unless the sale is older than every introduction."""
    assert place.referred is not None
    claims = AttributionCandidate.objects.filter(referred=place.referred)
    claim = claims.order_by("occurred_at").first()
    if claim is None or not is_older(at, claim.occurred_at):
        transitions.record_step(place.referred, stage=Step.Stage.WON, at=at, actor_id=actor_id)


def _sale(conversion: Conversion, place: Place) -> dict[str, Any]:
    return {"conversion": str(conversion.public_id), **place.credited_referral()}


def _same_sale(
    fact: Fact,
    known: Conversion,
    place: Place,
    names: tuple[str, ...],
    now: datetime,
) -> Applied | Review:
    """The same sale reported again, perhaps by another system: one row, its earliest date, unless
    the numbers disagree.
    """
    body, referred = fact.body, place.referred
    assert referred is not None
    if known.referred_id != referred.pk:
        return Review("invoice_of_another_company")
    amount, is_other = int(body["amount"]), known.currency != body["currency"]
    if is_other or (known.amount != amount and not was_reported(known, amount)):
        if place.attribution is not None:
            risk.find(
                place.attribution.referral,
                RiskFinding.Kind.AMOUNT_DIFFERS,
                RiskFinding.Severity.DOUBT,
                now,
                evidence={"invoice": known.invoice, "known": known.amount, "other": amount},
            )
        return Review("amount_differs")
    for name in dict.fromkeys(names):
        if name != known.invoice and not sight(known, fact.source, name, now):
            return Review("reference_of_another_sale")
    occurred = fact.happened_at(now)
    if occurred < known.occurred_at:
        Conversion.objects.filter(pk=known.pk).update(occurred_at=occurred)
        _note_contract(place, occurred, None)
        place.settle(fact, now, None)
    return Applied(_sale(known, place), wakes=wakes(list(names)))
