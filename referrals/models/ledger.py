"""The double-entry ledger.

Enforced by the database: entries are append-only and every transaction sums to zero.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LedgerAccount(models.Model):
    """Where an amount can be.

    `holder` is "program:1", "user:12", "organization:5" or "erased:…".
    """

    class Kind(models.TextChoices):
        PROGRAM_EXPENSE = "program_expense", _("Cost of the program")
        MEMBER_PENDING = "member_pending", _("On hold")
        MEMBER_AVAILABLE = "member_available", _("Available")
        PAYOUT_CLEARING = "payout_clearing", _("In payment")
        FULFILLED_CASH = "fulfilled_cash", _("Paid by transfer")
        FULFILLED_CREDIT = "fulfilled_credit", _("Paid as credit")
        FULFILLED_GIFT = "fulfilled_gift", _("Paid as gift")
        CLAWBACK_RECEIVABLE = "clawback_receivable", _("To be recovered")
        WRITE_OFF = "write_off", _("Written off")

    id: int
    kind = models.CharField(max_length=20, choices=Kind)
    holder = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "holder", "currency"], name="one_account_per_holder"
            )
        ]
        indexes = [models.Index(fields=["holder"], name="accounts_by_holder")]

    def __str__(self) -> str:
        return f"{self.kind} {self.holder} {self.currency}"


class LedgerTransaction(models.Model):
    """One movement of value. `idem` makes it happen once."""

    id: int
    idem = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12)
    reward_id = models.BigIntegerField(null=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    actor_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["reward_id"], name="ledger_by_reward")]

    def __str__(self) -> str:
        return self.idem


class LedgerEntry(models.Model):
    """One leg: positive raises what the account's holder has, negative lowers it. Minor units."""

    id: int
    transaction = models.ForeignKey(
        LedgerTransaction, on_delete=models.PROTECT, related_name="entries"
    )
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="an_entry_is_not_zero")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"
