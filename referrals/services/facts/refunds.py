"""Refunds in two forms, in any order: single ones by their own reference, and the cumulative refund
of a payment.

What is refunded of a payment is the larger of the highest total reported and the sum of its single
refunds. What is refunded of a sale is the largest of the sum over its payments, the sum of the
refunds reported without a payment, and the total reported without one. All only grow, and none can
exceed the true amount, so systems may report any of them, late and twice. A refund that failed is
remembered by its reference: whichever of its two messages comes first, it needs manual review.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from portal import events
from referrals.events import ReferralRefunded
from referrals.models import Conversion, Fact, FailedRefund, Referral, Refund, RefundTotal
from referrals.services.credit.claims import recalculate_attribution
from referrals.services.credit.stage_sync import active_attribution, catch_up
from referrals.services.facts.results import Again, Applied, Parked, Review
from referrals.services.facts.sales import find_sales, lock_names, names_of
from referrals.services.state.customers import follow_sales
from referrals.services.state.locks import lock_referred
from referrals.services.state.transitions import about, organization_ref


def apply_refund(fact: Fact, now: datetime, actor_id: int | None) -> Applied | Parked | Review:
    """Book a refund: `amount` under its own `reference`, or `total` as all that was refunded of
    `charge` so far.
    """
    names = names_of(fact.body)
    found = find_sales(names, fact.source)
    if not found:
        lock_names(names)
        if find_sales(names, fact.source):
            raise Again  # the sale arrived between the two looks: start over in the order of locks
        return Parked(f"invoice:{names[0]}")
    if len(found) > 1:
        return Review("two_sales_are_one")
    conversion = found[0]
    program = conversion.referred.program
    referred = lock_referred(program.pk, conversion.referred.organization_id)
    conversion.refresh_from_db(fields=["refunded_amount", "amount", "currency"])
    told_in = fact.body.get("currency")
    if told_in and told_in != conversion.currency:
        return Review("currency_differs")
    if fact.body.get("failed"):
        return _failed(fact, conversion, now)
    reason = (
        _take_total(fact, conversion, now)
        if "total" in fact.body
        else _take_single(fact, conversion, now)
    )
    if reason:
        return Review(reason)
    before = attribution = active_attribution(referred)
    if follow_sales(referred.organization_id, now=now):
        attribution = recalculate_attribution(
            referred, program=program, now=now, actor_id=actor_id, fact_id=fact.pk
        )
    if attribution is not None:
        catch_up(
            attribution, referred, program=program, now=now, actor_id=actor_id, fact_id=fact.pk
        )
        _publish(attribution.referral, conversion, now)
    return Applied(
        {"conversion": str(conversion.public_id), "refund": reference_of(fact)},
        wakes=(f"referred:{referred.pk}",) if attribution is not None and before is None else (),
    )


def _publish(referral: Referral, conversion: Conversion, now: datetime) -> None:
    conversion.refresh_from_db(fields=["refunded_amount"])
    events.publish(
        ReferralRefunded(
            **about(referral), amount=conversion.refunded_amount, currency=conversion.currency
        ),
        subject=f"referrals.referral:{referral.pk}",
        organization=organization_ref(referral.referrer_organization_id),
        now=now,
    )


def _failed(fact: Fact, conversion: Conversion, now: datetime) -> Applied | Review:
    """A refund that came to nothing: no money moves by itself; when it was counted already, a
    person looks.
    """
    FailedRefund.objects.get_or_create(
        conversion=conversion,
        reference=reference_of(fact),
        defaults={"charge": str(fact.body.get("charge") or "")[:120], "told_at": now},
    )
    counted = Refund.objects.filter(conversion=conversion, reference=reference_of(fact)).exists()
    charge = str(fact.body.get("charge") or "")
    if counted or RefundTotal.objects.filter(conversion=conversion, charge=charge).exists():
        return Review("refund_failed_later")
    return Applied({"conversion": str(conversion.public_id), "refund": "failed"})


def reference_of(fact: Fact) -> str:
    """Return the name of a refund: its own, else that of its message."""
    return str(fact.body.get("reference") or f"{fact.source}:{fact.external_id}")[:120]


def _take_single(fact: Fact, conversion: Conversion, now: datetime) -> str:
    amount, charge = int(fact.body["amount"]), str(fact.body.get("charge") or "")
    known = Refund.objects.filter(conversion=conversion, reference=reference_of(fact)).first()
    if known is not None:
        return (
            _told_again(known, conversion, charge)
            if known.amount == amount
            else "refund_amount_differs"
        )
    if FailedRefund.objects.filter(conversion=conversion, reference=reference_of(fact)).exists():
        return "refund_failed_later"
    refund = Refund(
        conversion=conversion,
        reference=reference_of(fact),
        charge=charge,
        amount=amount,
        occurred_at=fact.happened_at(now),
        recorded_at=now,
    )
    if not _set_refunded(conversion, refund=refund):
        return "refund_exceeds_sale"
    refund.save()
    return ""


def _told_again(refund: Refund, conversion: Conversion, charge: str) -> str:
    """The same refund from another source: reported both with a payment and without one, it counts
    in both sums.
    """
    if bool(charge) == bool(refund.charge) or (refund.is_bare and not charge):
        return ""
    refund.charge, refund.is_bare = refund.charge or charge, True
    if not _set_refunded(conversion, refund=refund):
        return "refund_exceeds_sale"
    refund.save(update_fields=["charge", "is_bare"])
    return ""


def _take_total(fact: Fact, conversion: Conversion, now: datetime) -> str:
    total, charge = int(fact.body["total"]), str(fact.body.get("charge") or "")
    known = RefundTotal.objects.filter(conversion=conversion, charge=charge).first()
    if known is not None and known.amount >= total:
        return ""
    if _may_hold_a_failed_one(conversion, charge, total):
        return "refund_failed_later"
    if not _set_refunded(conversion, charge=charge, total=total):
        return "refund_exceeds_sale"
    RefundTotal.objects.update_or_create(
        conversion=conversion,
        charge=charge,
        defaults={"amount": total, "told_at": fact.happened_at(now)},
    )
    return ""


def _may_hold_a_failed_one(conversion: Conversion, charge: str, total: int) -> bool:
    """Return whether a refund of this payment failed and the other single refunds do not explain
    its total.
    """
    if not FailedRefund.objects.filter(conversion=conversion, charge=charge).exists():
        return False
    singles = Refund.objects.filter(conversion=conversion, charge=charge).aggregate(
        sum=Sum("amount")
    )["sum"]
    return total > (singles or 0)


def _set_refunded(
    conversion: Conversion, *, refund: Refund | None = None, charge: str = "", total: int = 0
) -> bool:
    """Write what is refunded with one more refund (or one that changes, or a new total); False when
    it exceeds the sale.
    """
    kept = Refund.objects.filter(conversion=conversion)
    singles = [one for one in kept if refund is None or one.pk != refund.pk]
    totals = dict(RefundTotal.objects.filter(conversion=conversion).values_list("charge", "amount"))
    totals[charge] = max(totals.get(charge, 0), total)
    refunded = refunded_of([*singles, *([refund] if refund else [])], totals)
    if refunded > conversion.amount:
        return False
    Conversion.objects.filter(pk=conversion.pk).update(refunded_amount=refunded)
    conversion.refunded_amount = refunded
    return True


def refunded_of(singles: list[Refund], totals: dict[str, int]) -> int:
    """Return what is refunded of a sale.

    Tellers with and without payments mean the same refunds: they do not add up.
    """
    bare = sum(one.amount for one in singles if one.is_bare or not one.charge)
    paid = {charge: total for charge, total in totals.items() if charge}
    for charge in {one.charge for one in singles if one.charge}:
        paid[charge] = max(
            paid.get(charge, 0), sum(one.amount for one in singles if one.charge == charge)
        )
    return max(bare, totals.get("", 0), sum(paid.values()))
