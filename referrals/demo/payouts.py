"""Sample payments: one sent to the billing system (a line paid, a line refused) and a debt."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.accounts.models import User
from portal.delivery import outbox, services
from portal.delivery.models import Destination
from portal.delivery.retry import Answer
from portal.dev.demo_registry import DemoWorld
from portal.dev.sample_removal import Removal
from referrals.models import PayoutLine, PayoutRoute, Program, Reward
from referrals.services.facts.record import receive_fact
from referrals.services.payouts import payouts, service_payments

NAME = "請求システム（見本）"


def tell(program: Program, maker: User, checker: User, world: DemoWorld) -> None:
    """Release one payment to a service whose responses are simulated here: nothing is sent."""
    day = world.end - timedelta(days=12)
    place, _secret = services.add_destination(
        kind="webhook",
        name=NAME,
        url="https://billing.example/payments",
        event_names=[],
        actor=maker,
        now=day,
    )
    service_payments.choose_destination(program=program, destination=place, actor=maker, now=day)
    rewards = Reward.objects.filter(
        program=program, conversion__invoice="INV-halden.example", state=Reward.State.AVAILABLE
    )
    ids = list(rewards.values_list("pk", flat=True))
    if len(ids) == 2:
        batch = payouts.reserve_batch(program=program, reward_ids=ids, actor=maker, now=day)
        service_payments.send_batch(batch_id=batch.pk, actor=checker, now=day + timedelta(hours=1))
        paid, refused = batch.lines.order_by("pk")
        _answer(paid.pk, [200], day + timedelta(hours=1))
        _answer(refused.pk, [422, 422, 422], day + timedelta(hours=1))
    back = {
        "invoice": "INV-minato-kaiun.example",
        "amount": 200_000,
        "occurred_at": day.isoformat(),
    }
    receive_fact(
        source="sample", external_id="back-minato-kaiun.example", kind="refund", body=back, now=day
    )


def _answer(line_id: int, statuses: list[int], at: datetime) -> None:
    for number, status in enumerate(statuses):
        delivery = PayoutLine.objects.select_related("delivery").get(pk=line_id).delivery
        assert delivery is not None
        body = "" if status == 200 else '{"error": "この企業は請求システムに登録されていません"}'
        outbox.acknowledge(
            delivery,
            Answer(status=status, body=body, milliseconds=180),
            now=at + timedelta(minutes=6 * number),
        )


def forget(removal: Removal) -> None:
    """Take away the sample's billing system."""
    place = Destination.objects.filter(name=NAME)
    removal.delete(PayoutRoute.objects.filter(destination__in=place))
    removal.delete(place)
