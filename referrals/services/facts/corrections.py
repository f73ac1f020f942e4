"""Correcting the amount of a sale that was reported wrongly: both messages stay in the log, and the
rewards get the difference.

Of several corrections the one told last counts, in whatever order they arrive.
"""

from __future__ import annotations

from datetime import datetime

from portal import audit
from portal.accounts.models import User
from referrals.models import Conversion, ConversionCorrection, Fact
from referrals.rules import reasons
from referrals.services.credit.prospects import find_organization
from referrals.services.credit.stage_sync import active_attribution
from referrals.services.facts.results import Again, Applied, Parked, Review
from referrals.services.facts.sales import find_sales, lock_names
from referrals.services.rewards.rewards import reconcile
from referrals.services.state.locks import lock_referred


def apply_correction(fact: Fact, now: datetime, actor_id: int | None) -> Applied | Parked | Review:
    """Set the amount of the sale that `corrects` names; a correction that comes first waits."""
    name = str(fact.body["corrects"])[:120]
    found = find_sales([name], fact.source)
    if not found:
        lock_names([name])
        if find_sales([name], fact.source):
            raise Again  # the sale arrived between the two looks: start over in the order of locks
        return Parked(f"invoice:{name}")
    if len(found) > 1:
        return Review("two_sales_are_one")
    conversion = found[0]
    program = conversion.referred.program
    referred = lock_referred(program.pk, conversion.referred.organization_id)
    conversion.refresh_from_db(fields=["refunded_amount", "amount", "currency"])
    refused = _refused(fact, conversion)
    if refused:
        return Review(refused)
    before = conversion.amount
    if _keep(fact, conversion, now):
        reconcile(
            referred,
            program=program,
            now=now,
            actor_id=actor_id,
            attribution=active_attribution(referred),
            reason=reasons.CORRECTED,
        )
        audit.record(
            "referrals.conversion.correct",
            actor=User.objects.filter(pk=actor_id).first() if actor_id else None,
            target=f"referrals.conversion:{conversion.pk}",
            now=now,
            before={"amount": before, "currency": conversion.currency},
            after={"amount": conversion.amount, "source": fact.source, "fact": fact.pk},
        )
    return Applied({"conversion": str(conversion.public_id), "amount": conversion.amount})


def _refused(fact: Fact, conversion: Conversion) -> str:
    """Return why a correction needs a person; "" when it can be applied."""
    body = fact.body
    organization = find_organization(
        public_id=body.get("organization"), domain=str(body.get("domain", "")).lower()
    )
    if organization is None or organization.pk != conversion.referred.organization_id:
        return "invoice_of_another_company"
    if body["currency"] != conversion.currency:
        return "correction_in_another_currency"
    return "refund_exceeds_sale" if int(body["amount"]) < conversion.refunded_amount else ""


def _keep(fact: Fact, conversion: Conversion, now: datetime) -> bool:
    """Keep the correction and write the amount that counts now; False when it stays as it was."""
    told = fact.body.get("corrected_at")
    ConversionCorrection.objects.create(
        conversion=conversion,
        fact=fact,
        before_amount=conversion.amount,
        amount=int(fact.body["amount"]),
        told_at=datetime.fromisoformat(told) if told else fact.received_at,
        recorded_at=now,
    )
    newest = conversion.corrections.order_by("-told_at", "-fact__external_id").first()
    amount = newest.amount if newest else conversion.amount
    if amount == conversion.amount or amount < conversion.refunded_amount:
        return False
    Conversion.objects.filter(pk=conversion.pk).update(amount=amount)
    conversion.amount = amount
    return True


def was_reported(conversion: Conversion, amount: int) -> bool:
    """Say whether an amount was reported of a sale before it was corrected: to hear it again from
    another system says nothing new.
    """
    rows = conversion.corrections.values_list("before_amount", "amount")
    return any(amount in row for row in rows)
