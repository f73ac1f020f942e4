"""Sales of introduced companies and their refunds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from portal.core.models import PublicId
from referrals.models.facts import Fact
from referrals.models.organizations import ReferredOrganization


class Conversion(PublicId):
    """One sale, whichever systems reported it.

    Money in minor units; refunded_amount is kept under the row's lock.
    """

    id: int
    referred = models.ForeignKey(
        ReferredOrganization, on_delete=models.PROTECT, related_name="conversions"
    )
    referred_id: int
    invoice = models.CharField(max_length=120, unique=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    refunded_amount = models.BigIntegerField(default=0)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_sale_is_positive"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0) & Q(refunded_amount__lte=F("amount")),
                name="refunded_is_at_most_the_sale",
            ),
        ]

    def __str__(self) -> str:
        return self.invoice


class ConversionSighting(models.Model):
    """Which system reported a sale under which of its own references."""

    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="sightings")
    source = models.CharField(max_length=40)
    external_ref = models.CharField(max_length=120)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_ref"], name="one_conversion_per_source_and_reference"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_ref}"


class ConversionCorrection(models.Model):
    """A message that corrected the amount of a sale. Append-only: the wrong one stays visible."""

    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="corrections")
    fact = models.OneToOneField(Fact, on_delete=models.PROTECT, related_name="correction")
    before_amount = models.BigIntegerField()  # what the sale was when it arrived
    amount = models.BigIntegerField()
    told_at = models.DateTimeField()  # the one told last counts
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_corrected_sale_is_positive")
        ]

    def __str__(self) -> str:
        return f"{self.conversion_id}: {self.before_amount} → {self.amount}"


class Refund(models.Model):
    """Part of a sale given back, once per its own reference."""

    conversion = models.ForeignKey(Conversion, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=120)
    charge = models.CharField(
        max_length=120, blank=True
    )  # the payment it is a part of, where a system says so
    is_bare = models.BooleanField(default=False)  # reported both with and without its payment
    amount = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversion", "reference"], name="one_refund_per_reference"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_refund_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.conversion_id} −{self.amount}"


class RefundTotal(models.Model):
    """The highest total refund ever reported for one payment; its single refunds may add up to
    more.
    """

    conversion = models.ForeignKey(
        Conversion, on_delete=models.PROTECT, related_name="refund_totals"
    )
    charge = models.CharField(max_length=120, blank=True)
    amount = models.BigIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversion", "charge"], name="one_refund_total_per_payment"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_refund_total_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.conversion_id} {self.charge} −{self.amount}"


class FailedRefund(models.Model):
    """A refund its system took back, by its reference: its success may be reported later, and then
    does not count.
    """

    conversion = models.ForeignKey(
        Conversion, on_delete=models.PROTECT, related_name="failed_refunds"
    )
    reference = models.CharField(max_length=120)
    charge = models.CharField(max_length=120, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversion", "reference"], name="one_failed_refund_per_reference"
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversion_id} {self.reference}"
