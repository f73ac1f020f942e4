"""Payments: batches of rewards paid together, line by line.

The database refuses to rewrite either (migration 0037).
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.models import PublicId
from portal.delivery.models import Delivery, Destination
from referrals.models.programs import Program
from referrals.models.rewards import Reward


class PayoutBatch(PublicId):
    """Rewards paid together: reserved when made, then settled or failed line by line.

    Its lines never change.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("Reserved")
        SENDING = "sending", _("Being paid")
        SETTLED = "settled", _("Paid")
        FAILED = "failed", _("Failed")

    id: int
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="batches")
    state = models.CharField(max_length=8, choices=State, default=State.RESERVED)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("reserved", "failed"))
                | Q(sent_by_id__isnull=False)
                | Q(closed_by_id__isnull=False),
                name="a_person_releases_a_payment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RESERVED, self.State.SENDING)


class PayoutLine(models.Model):
    """One reward in a batch. `amount` leaves the account; `netted` was kept back for an earlier
    claw-back.

    `payment_id` names the payment to the service that carries it out: the same after a failure, as
    long as the amount is the same. One whose answer was lost (`is_unsure`) keeps its reward out of
    other payments until it is resolved.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", _("Reserved")
        SENT = "sent", pgettext_lazy("payment", "Sent")
        SETTLED = "settled", _("Paid")
        FAILED = "failed", _("Failed")

    id: int
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="lines")
    batch_id: int
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="payout_lines")
    reward_id: int
    payment_id = models.UUIDField(default=uuid4)
    amount = models.BigIntegerField()
    netted = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    is_live = models.BooleanField(
        default=True
    )  # False: failed; the reward may be paid in another line
    state = models.CharField(max_length=8, choices=State, default=State.RESERVED)
    state_since = models.DateTimeField()
    reason = models.CharField(
        max_length=300, blank=True
    )  # why it failed, or the reference under which it was paid
    is_unsure = models.BooleanField(
        default=False
    )  # failed without a clear refusal: it may have been carried out
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True, related_name="+")
    delivery_id: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reward"],
                condition=Q(is_live=True),
                name="a_reward_is_in_one_live_payout_line",
            ),
            models.UniqueConstraint(
                fields=["payment_id"], condition=Q(is_live=True), name="one_live_line_per_payment"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(netted__gte=0), name="payout_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(is_live=True) & ~Q(state="failed") | Q(is_live=False, state="failed"),
                name="only_a_failed_line_is_not_live",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "state"], name="lines_by_batch_and_state"),
            models.Index(fields=["reward"], condition=Q(is_unsure=True), name="unsure_lines"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.amount}"


class PayoutRoute(models.Model):
    """Which signed webhook carries out a program's payments.

    No row, no destination: people pay by hand.
    """

    program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="payout_route")
    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, null=True, related_name="+"
    )
    destination_id: int | None
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.program_id} → {self.destination_id}"
