"""Queries of the payment pages: what can be paid, what is owed back, the state of each line of a
batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from portal.delivery.models import Delivery, Destination
from referrals.models import LedgerAccount, LedgerEntry, PayoutBatch, PayoutLine, Program, Reward
from referrals.selectors.staff_queue import reward_rows
from referrals.services.payouts.payout_lines import unsure_lines
from referrals.services.payouts.service_payments import destination_of

L = PayoutLine.State
LINE_TONES = {"reserved": "", "sent": "yama", "settled": "matsu", "failed": "akane"}
PAID_FOR = (Reward.State.RESERVED, Reward.State.FULFILLED)
BATCH_TONES = {"reserved": "", "sending": "yama", "settled": "matsu", "failed": "akane"}


@dataclass(frozen=True)
class Available:
    """What a program could pay now, and through what."""

    program: Program
    count: int
    total: int
    destination: Destination | None


def payable(program: Program) -> QuerySet[Reward]:
    """Return the rewards a batch of this program may take, the ones that wait longest first."""
    rows = Reward.objects.filter(program=program, state=Reward.State.AVAILABLE)
    rows = rows.exclude(pk__in=unsure_lines().values("reward_id"))
    return rows.exclude(holder__startswith="erased:").order_by("state_since", "pk")


def available() -> list[Available]:
    """Return every program that has something to pay, or a service to pay through."""
    maybe_paid = list(unsure_lines().values_list("reward_id", flat=True))
    free = Q(rewards__state=Reward.State.AVAILABLE) & ~Q(rewards__holder__startswith="erased:")
    free &= ~Q(rewards__pk__in=maybe_paid)
    rows = Program.objects.annotate(
        free_count=Count("rewards", filter=free),
        gross=Sum("rewards__amount", filter=free),
        taken=Sum("rewards__reversed_amount", filter=free),
    ).exclude(state=Program.State.DRAFT)
    return [
        Available(row, row.free_count, (row.gross or 0) - (row.taken or 0), destination_of(row))
        for row in rows.order_by("slug")
    ]


def batches() -> QuerySet[PayoutBatch]:
    """Return all payments with how many lines they have, how many failed, and what they come to."""
    return PayoutBatch.objects.select_related("program").annotate(
        n=Count("lines"),
        failed=Count("lines", filter=Q(lines__state=L.FAILED)),
        total=Sum("lines__amount"),
    )


def unsure(now: datetime) -> list[dict[str, Any]]:
    """Return the payments of which nobody knows whether they were made, the ones that wait longest
    first.
    """
    lines = with_rows(unsure_lines().exclude(reward__state__in=PAID_FOR)).select_related(
        "batch__program"
    )
    return line_rows(list(lines.order_by("state_since", "pk")[:100]), now)


@dataclass(frozen=True)
class Owed:
    """What one holder owes back, with the reward it came from."""

    reward: dict[str, Any]
    amount: int
    currency: str


def owed() -> list[Owed]:
    """Return who owes something back after a claw-back, the largest sums first."""
    last = LedgerEntry.objects.filter(account=OuterRef("account"), amount__lt=0).order_by("-pk")
    found = list(
        LedgerEntry.objects.filter(account__kind=LedgerAccount.Kind.CLAWBACK_RECEIVABLE)
        .values("account", "account__currency")
        .annotate(n=Sum("amount"), reward=Subquery(last.values("transaction__reward_id")[:1]))
        .filter(n__lt=0)
        .order_by("n")
        .values_list("account__currency", "n", "reward")[:50]
    )
    rewards = {
        row["reward"].pk: row
        for row in reward_rows(
            list(
                Reward.objects.filter(pk__in=[pk for _currency, _n, pk in found]).select_related(
                    "referral__organization", "referral__referrer", "user", "organization"
                )
            )
        )
    }
    return [Owed(rewards[pk], -int(n), currency) for currency, n, pk in found if pk in rewards]


def lines_of(batch: PayoutBatch) -> QuerySet[PayoutLine]:
    """Return a batch's lines with what their rows show."""
    return with_rows(batch.lines.all())


def with_rows(lines: QuerySet[PayoutLine]) -> QuerySet[PayoutLine]:
    """Load what the rows of lines show."""
    return lines.select_related(
        "reward__referral__organization",
        "reward__referral__referrer",
        "reward__user",
        "reward__organization",
        "delivery__destination",
    )


def line_rows(lines: list[PayoutLine], now: datetime) -> list[dict[str, Any]]:
    """Put lines into words: where each is, why it failed, what can be done."""
    rewards = reward_rows([line.reward for line in lines])
    return [
        {
            **row,
            "line": line,
            "line_tone": LINE_TONES[line.state],
            "where": where(line, now),
            "can_retry": line.state == L.FAILED
            and line.delivery_id is not None
            and line.reward.state == Reward.State.AVAILABLE,
            "can_resolve": line.state == L.FAILED
            and line.is_unsure
            and line.reward.state not in PAID_FOR,
            "can_end": line.state == L.SENT
            and line.delivery is not None
            and not line.delivery.is_leased(now),
        }
        for line, row in zip(lines, rewards, strict=True)
    ]


def where(line: PayoutLine, now: datetime) -> str:
    """Say where a line is, in one sentence."""
    delivery = line.delivery
    if line.state == L.SENT and delivery is not None:
        if delivery.destination is not None and delivery.destination.disabled_at is not None:
            return _("The service is switched off; this line waits.")
        if delivery.state == Delivery.State.WAITING and delivery.attempt_count:
            return _("No success yet: %(reason)s. It is asked again by itself.") % {
                "reason": delivery.reason
            }
        return _("The service has not answered yet.")
    if line.state == L.FAILED and line.is_unsure:
        return _(
            "%(reason)s. The service never refused clearly, so it may have paid all the same. "
            "Sending it again is safe: "
            "the payment keeps its number. Otherwise find out and note it here; until then it "
            "is in no other payment."
        ) % {"reason": line.reason}
    if line.state == L.SETTLED and line.amount == 0:
        return _("All of it was kept back for what was owed.")
    return line.reason


def progress(batch: PayoutBatch) -> dict[str, int]:
    """Return how many lines of a batch are in which state, and the sum of all."""
    counts = dict(batch.lines.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counts.get(state, 0) for state in L.values} | {
        "all": sum(counts.values()),
        "total": batch.lines.aggregate(total=Sum("amount"))["total"] or 0,
    }
