"""2 once each · 8 every message once · 9 order does not matter · 14 an id is used up with its
effect · 15 reported in one commit.
"""

from __future__ import annotations

import itertools
import threading
from typing import Any

from django.db import connection, transaction

from portal.events.models import Event
from referrals.models import Conversion, ConversionSighting, Fact, Reward
from referrals.services.facts.record import receive_fact
from tests.referrals.invariants.scene import NOW, Scene, at_once, refused, sql, violations
from tests.referrals.made import tell


def test_02_database_refuses_a_second_sale_and_a_second_reward(scene: Scene) -> None:
    one, two = scene.won()
    sighting = ConversionSighting.objects.get()
    with refused("one_conversion_per_source_and_reference"):
        ConversionSighting.objects.create(
            conversion=sighting.conversion,
            source=sighting.source,
            external_ref=sighting.external_ref,
            seen_at=NOW,
        )
    with refused("referrals_conversion_invoice"):
        sql(
            "INSERT INTO referrals_conversion (public_id, referred_id, invoice, amount, "
            "currency, refunded_amount, "
            "occurred_at, recorded_at) SELECT gen_random_uuid(), referred_id, invoice, 1, "
            "'JPY', 0, now(), now() "
            "FROM referrals_conversion"
        )
    with refused("one_reward_per_introduction_milestone_side"):
        Reward.objects.filter(pk=two.pk).update(side=one.side)


def test_02_threads_that_report_one_invoice_make_one_sale(shared: Scene) -> None:
    shared.claim(shared.aki, "aoba.example", "i1")
    sale = {"domain": "aoba.example", "invoice": "INV-1", "amount": 500_000, "currency": "JPY"}
    acts = [
        lambda n=n: receive_fact(
            source=f"system{n}", external_id="s", kind="conversion", body=sale, now=NOW
        )
        for n in range(8)
    ]
    assert {outcome.status for outcome in at_once(*acts)} == {"applied"}
    assert (
        Conversion.objects.count(),
        ConversionSighting.objects.count(),
        Reward.objects.count(),
    ) == (1, 8, 2)
    assert violations() == {}


def test_08_database_refuses_the_same_message_twice(scene: Scene) -> None:
    scene.claim(scene.aki, "aoba.example", "i1")
    with refused("one_fact_per_source_and_external_id"):
        fact = Fact.objects.get()
        Fact.objects.create(
            source=fact.source,
            external_id=fact.external_id,
            kind=fact.kind,
            body={},
            digest="",
            state="applied",
            received_at=NOW,
        )


def test_08_threads_with_one_id_have_one_effect_and_another_body_is_a_conflict(
    shared: Scene,
) -> None:
    shared.claim(shared.aki, "aoba.example", "i1")
    acts = [
        lambda amount=amount: shared.sell("aoba.example", "same", amount)
        for amount in [500_000] * 5 + [1] * 3
    ]
    ended = sorted(outcome.status for outcome in at_once(*acts))
    assert ended.count("applied") == 1
    assert ended.count("conflict") in (3, 5)
    assert Fact.objects.get(external_id="same").conflict_count == ended.count("conflict")
    assert Conversion.objects.count() == 1
    assert violations() == {}


def test_09_database_refuses_to_change_a_message(scene: Scene) -> None:
    scene.claim(scene.aki, "aoba.example", "i1")
    with refused("a_fact_stays_as_it_was_told"):
        Fact.objects.update(body={})
    with refused("a_fact_stays_as_it_was_told"):
        Fact.objects.update(source="other")


def test_09_threads_that_deliver_in_every_order_give_the_same_ledger(shared: Scene) -> None:
    """Six companies with the same records, each delivered in another order, every record twice."""

    def story(domain: str, order: tuple[int, ...]) -> None:
        def fact(number: int) -> Any:
            at = NOW.isoformat()
            return (
                lambda: shared.claim(shared.aki, domain, f"i-{domain}"),
                lambda: shared.sell(domain, f"c-{domain}"),
                lambda: tell(
                    "refund", f"r-{domain}", invoice=f"INV-{domain}", amount=250_000, occurred_at=at
                ),
                lambda: tell(
                    "stage", f"q-{domain}", domain=domain, stage="qualified", occurred_at=at
                ),
            )[number]()

        for number in order:
            fact(number)
            fact(number)

    orders = list(itertools.permutations(range(4)))[::4]
    ended = at_once(
        *[lambda n=n, order=order: story(f"c{n}.example", order) for n, order in enumerate(orders)]
    )
    assert ended == [None] * 6
    assert {(row.net, row.state) for row in Reward.objects.all()} == {(22_500, "pending")}
    assert Reward.objects.count() == 12
    assert not Fact.objects.exclude(state="applied").exists()
    assert violations() == {}


def test_14_database_refuses_an_id_spent_without_effect(scene: Scene) -> None:
    row = {
        "source": "x",
        "body": {},
        "digest": "",
        "state": "applied",
        "received_at": NOW,
        "applied_at": NOW,
    }
    for kind, result in (
        ("conversion", {}),
        ("conversion", {"conversion": "00000000-0000-0000-0000-000000000000"}),
        ("refund", {}),
        ("stage", {}),
        ("introduction", {"referral": "00000000-0000-0000-0000-000000000000"}),
    ):
        with refused("an_applied_fact_has_its_effect"):
            Fact.objects.create(external_id=kind, kind=kind, result=result, **row)


def test_14_threads_one_of_which_dies_do_not_lose_the_message(shared: Scene) -> None:
    shared.claim(shared.aki, "aoba.example", "i1")
    told, waiting = threading.Event(), threading.Event()

    def dies() -> None:
        with transaction.atomic():
            shared.sell("aoba.example", "c1")
            told.set()
            waiting.wait(5)
            raise KeyboardInterrupt from None

    def crash() -> str:
        try:
            dies()
        except KeyboardInterrupt:
            return "died"
        return ""

    def another() -> Any:
        told.wait(5)
        waiting.set()  # its INSERT waits for the other's end
        return shared.sell("aoba.example", "c1")

    ended = at_once(crash, *[another] * 4)
    assert ended[0] == "died"
    assert sorted(outcome.status for outcome in ended[1:]) == [
        "applied",
        "duplicate",
        "duplicate",
        "duplicate",
    ]
    assert Reward.objects.count() == 2
    assert violations() == {}


def test_15_database_refuses_a_reward_without_its_event(scene: Scene) -> None:
    with refused("a_reward_is_announced_when_granted"):
        scene.won()
        Event.objects.filter(name="referrals.reward.granted").delete()


def test_15_threads_announce_every_reward_once_and_an_undone_commit_none(shared: Scene) -> None:
    for number in range(6):
        shared.claim(shared.aki, f"c{number}.example", f"i{number}")

    def undone() -> None:
        try:
            with transaction.atomic():
                shared.sell("c0.example", "undone")
                raise LookupError
        except LookupError:
            pass

    acts = [lambda n=n: shared.sell(f"c{n}.example", f"c{n}") for n in range(1, 6)]
    at_once(undone, *acts, *acts[:1])
    granted = Event.objects.filter(name="referrals.reward.granted").values_list(
        "subject", flat=True
    )
    assert sorted(granted) == sorted(
        f"referrals.reward:{pk}" for pk in Reward.objects.values_list("pk", flat=True)
    )
    assert len(granted) == 10
    assert violations() == {}
    connection.close()
