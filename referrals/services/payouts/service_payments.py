"""Paying through a service: one signed delivery per line; a reward is paid only when the service
answered 2xx.

The delivery keeps the payment's id through every retry. Given up or refused, the line fails and the
reward is available again; the outcome commits together with the delivery's own end
(portal.delivery.callbacks).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal import audit, events
from portal.accounts.models import User
from portal.delivery import callbacks
from portal.delivery import services as deliveries
from portal.delivery.models import Delivery, Destination
from portal.delivery.retry import Answer
from referrals.events import PaymentFailed
from referrals.models import PayoutBatch, PayoutLine, PayoutRoute, Program, Reward
from referrals.selectors.payout_lines import destination_of, unsure_lines
from referrals.services.payouts.payout_lines import (
    BatchClosed,
    PaymentUnsure,
    close_if_done,
    fail_line,
    lock_batch,
    lock_line,
    set_batch,
    set_line,
    settle_line,
)
from referrals.services.payouts.payouts import check_releaser, reserve
from referrals.services.rewards.approvals import OwnReward, check_approver, lock_reward
from referrals.services.state.locks import lock_companies, lock_rewards

PREFIX: Final = "referrals.payment:"
L = PayoutLine.State
B = PayoutBatch.State


class NoRoute(ValueError):
    """The program has no destination for payments, or it is switched off."""


class OnItsWay(ValueError):
    """The service is being asked at this moment, or has answered already."""


@transaction.atomic
def choose_destination(
    *, program: Program, destination: Destination | None, actor: User, now: datetime
) -> None:
    """Say which signed webhook carries out a program's payments, or that people do."""
    route, _made = PayoutRoute.objects.get_or_create(program=program, defaults={"changed_at": now})
    before = route.destination_id
    route.destination, route.changed_at, route.changed_by_id = destination, now, actor.pk
    route.save()
    audit.record(
        "referrals.program.payments",
        actor=actor,
        target=f"referrals.program:{program.pk}",
        now=now,
        before={"destination": before},
        after={"destination": route.destination_id},
    )


@transaction.atomic
def send_batch(*, batch_id: int, actor: User, now: datetime) -> PayoutBatch:
    """Release a batch to the program's service. A large reward is released by somebody else than
    the maker.

    Raises NoRoute, BatchClosed, SecondPersonNeeded, OwnReward.
    """
    batch = lock_batch(batch_id)
    if batch.state != B.RESERVED:
        raise BatchClosed(batch.state)
    place = destination_of(batch.program)
    if place is None or place.disabled_at is not None:
        raise NoRoute
    lines = list(
        batch.lines.select_related("reward__organization", "reward__user").filter(state=L.RESERVED)
    )
    check_releaser(batch, lines, actor)
    set_batch(batch, B.SENDING)
    batch.sent_at, batch.sent_by_id = now, actor.pk
    batch.save(update_fields=["state", "sent_at", "sent_by_id"])
    paid_by_netting = [line for line in lines if line.amount == 0]
    lock_companies(line.reward_id for line in paid_by_netting)
    lock_rewards(line.reward_id for line in paid_by_netting)
    for line in lines:
        if line.amount == 0:  # all of it was kept back: there is nothing to ask the service for
            settle_line(line, batch, now=now, actor_id=actor.pk, reference="")
        else:
            _send(line, batch, place, now)
    close_if_done(batch, now=now, actor_id=actor.pk)
    audit.record(
        "referrals.batch.send",
        actor=actor,
        target=f"referrals.batch:{batch.pk}",
        now=now,
        after={
            "lines": len(lines),
            "amount": sum(line.amount for line in lines),
            "destination": place.pk,
        },
    )
    return batch


def _send(line: PayoutLine, batch: PayoutBatch, place: Destination, now: datetime) -> None:
    """Write the delivery of a line, or wake the one that failed: same payment, same id."""
    is_new = not Delivery.objects.filter(public_id=line.payment_id).exists()
    delivery = deliveries.enqueue(
        destination=place,
        subject_key=f"{PREFIX}{line.payment_id}",
        body=message(line, batch, now),
        now=now,
        event_name="referrals.payment.requested",
        public_id=line.payment_id if is_new else None,
    )
    if delivery.state != Delivery.State.WAITING:
        deliveries.send_again(delivery=delivery, now=now)
    line.delivery, line.is_unsure = delivery, False
    unsure_lines().filter(payment_id=line.payment_id).update(is_unsure=False)  # this one decides
    set_line(line, L.SENT, now=now)


def message(line: PayoutLine, batch: PayoutBatch, now: datetime) -> dict[str, Any]:
    """Return what the service reads: how much, in what, to whom by our reference.

    No name, no address.
    """
    reward = line.reward
    company = reward.beneficiary == Reward.Beneficiary.COMPANY and reward.organization
    to = (
        reward.organization.public_id
        if company and reward.organization
        else reward.user and reward.user.public_id
    )
    return {
        "id": str(line.payment_id),
        "type": "referrals.payment.requested",
        "source": settings.HAZUMI_BASE_URL,
        "time": now.isoformat(),
        "dataversion": "1",
        "data": {
            "payment": str(line.payment_id),
            "reward": str(reward.public_id),
            "batch": str(batch.public_id),
            "program": batch.program.slug,
            "fulfilment": batch.program.fulfilment,
            "amount": line.amount,
            "currency": line.currency,
            "beneficiary": {"kind": reward.beneficiary, "id": str(to or "")},
        },
    }


@transaction.atomic
def retry_line(*, line_id: int, actor: User, now: datetime) -> PayoutLine:
    """Ask the service once more for a failed line, under the same id.

    Raises NoRoute, OwnReward, BatchClosed when the reward was paid elsewhere, or is worth something
    else by now; PaymentUnsure when it may have been paid and would not be the same payment at the
    same service.
    """
    batch, line = lock_line(line_id)
    reward = lock_reward(line.reward_id)
    place = destination_of(batch.program)
    if place is None or place.disabled_at is not None:
        raise NoRoute
    if line.state != L.FAILED or line.delivery_id is None or reward.state != Reward.State.AVAILABLE:
        raise BatchClosed(line.state)
    if line.is_unsure and (line.delivery is None or line.delivery.destination_id != place.pk):
        raise PaymentUnsure
    check_approver(reward, actor)
    check_releaser(batch, [line], actor)
    set_line(line, L.RESERVED, now=now)
    reserve(reward, batch=batch, actor_id=actor.pk, now=now, line=line)
    _send(line, batch, place, now)
    set_batch(batch, B.SENDING)
    batch.closed_at, batch.closed_by_id, batch.sent_by_id = None, None, actor.pk
    batch.save(update_fields=["state", "closed_at", "closed_by_id", "sent_by_id"])
    audit.record(
        "referrals.line.retry",
        actor=actor,
        target=f"referrals.batch:{batch.pk}",
        now=now,
        after={"payment": str(line.payment_id)},
    )
    return line


@transaction.atomic
def end_line_by_hand(
    *, line_id: int, actor: User, now: datetime, paid: bool, reason: str
) -> PayoutLine:
    """End a line the service keeps silent about: paid (with its reference) or failed, as a person
    found out.

    Raises OnItsWay while the service is being asked, BatchClosed, OwnReward, SecondPersonNeeded.
    """
    delivery_id = PayoutLine.objects.values_list("delivery_id", flat=True).get(pk=line_id)
    words = f"{'settled' if paid else 'failed'} by hand: {reason}"
    if delivery_id is None or not deliveries.take_back(
        delivery_id=delivery_id, reason=words, now=now
    ):
        raise OnItsWay
    batch, line = lock_line(line_id)
    if line.state != L.SENT:
        raise BatchClosed(line.state)
    check_releaser(batch, [line], actor)
    if line.reward.user_id == actor.pk:
        raise OwnReward
    if paid:
        settle_line(line, batch, now=now, actor_id=actor.pk, reference=reason)
    else:
        fail_line(line, now=now, actor_id=actor.pk, reason=reason)
    close_if_done(batch, now=now, actor_id=actor.pk)
    audit.record(
        f"referrals.line.{'settle' if paid else 'fail'}",
        actor=actor,
        target=f"referrals.batch:{batch.pk}",
        now=now,
        after={"payment": str(line.payment_id), "amount": line.amount},
        reason=reason,
    )
    return line


def on_delivered(delivery: Delivery, answer: Answer, now: datetime) -> None:
    """The service answered 2xx: the line is paid.

    Runs in the transaction that marks the delivery delivered.
    """
    found = _line_of(delivery)
    if found is not None:
        batch, line = found
        settle_line(line, batch, now=now, actor_id=batch.sent_by_id, reference="")
        close_if_done(batch, now=now, actor_id=batch.sent_by_id)


def on_failed_delivery(delivery: Delivery, answer: Answer, refused: bool, now: datetime) -> None:
    """The service refused, or never answered: the line fails, the reward is available again, staff
    are notified.
    """
    found = _line_of(delivery)
    if found is None:
        return
    batch, line = found
    reason = answer.error or f"HTTP {answer.status}"
    said = " ".join(answer.body.split())[:200]
    reward = fail_line(
        line,
        now=now,
        actor_id=batch.sent_by_id,
        reason=f"{reason} {said}".strip(),
        is_unsure=not refused,
    )
    close_if_done(batch, now=now, actor_id=batch.sent_by_id)
    events.publish(
        PaymentFailed(
            title=batch.program.name,
            url=reverse("referrals:payout", args=[batch.public_id]),
            payment=str(line.payment_id),
            reward_id=str(reward.public_id),
            amount=line.amount,
            currency=line.currency,
            reason=reason[:200],
            is_unsure=not refused,
            sent_by_id=batch.sent_by_id,
            created_by_id=batch.created_by_id,
        ),
        subject=f"referrals.batch:{batch.pk}",
        now=now,
    )


def _line_of(delivery: Delivery) -> tuple[PayoutBatch, PayoutLine] | None:
    pk = (
        PayoutLine.objects.filter(delivery_id=delivery.pk, state=L.SENT)
        .values_list("pk", flat=True)
        .first()
    )
    if pk is None:
        return None
    batch, line = lock_line(pk)
    return (batch, line) if line.state == L.SENT else None


def register() -> None:
    """Called once, when everything is loaded: payments own their deliveries."""
    callbacks.register(PREFIX, on_delivered=on_delivered, on_dead=on_failed_delivery)
