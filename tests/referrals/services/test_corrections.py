"""A sale reported with a wrong amount: corrected visibly, in any order, with its rewards."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from portal.audit.models import AuditEntry
from referrals.models import Conversion, ConversionCorrection, Fact, Program, Reward, RewardRule
from referrals.services.intake import import_runs, imports
from referrals.services.rewards import approvals
from tests.people import NOW
from tests.referrals.flows.test_deal_import import work
from tests.referrals.made import ledger_checks_pass, tell, won_referral
from tests.referrals.senders import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(program: Program) -> Program:
    """Ten percent of the sale for whoever introduced."""
    RewardRule.objects.filter(side="referrer").update(amount=0, basis_points=1_000)
    RewardRule.objects.filter(side="referee").update(is_active=False)
    return program


def correct(name: str, amount: int, hours: int = 0, **more: Any) -> Any:
    body = {
        "domain": "aoba.example",
        "corrects": "INV-1",
        "amount": amount,
        "currency": "JPY",
        "corrected_at": (NOW + timedelta(hours=hours)).isoformat(),
    }
    return tell("conversion", name, **{**body, **more})


def reward() -> Reward:
    return Reward.objects.get()


def test_the_sale_and_its_reward_follow_a_correction_and_both_messages_stay(
    aki: Any, program: Program
) -> None:
    won_referral(aki, program)
    assert reward().net == 100_000
    assert correct("k1", 100_000).status == "applied"
    sale = Conversion.objects.get()
    assert (sale.amount, reward().net) == (100_000, 10_000)
    kept = ConversionCorrection.objects.get()
    assert (kept.before_amount, kept.amount) == (1_000_000, 100_000)
    assert Fact.objects.filter(kind="conversion", state="applied").count() == 2
    assert reward().changes.order_by("-version").first().reason == "system:corrected"
    entry = AuditEntry.objects.get(action="referrals.conversion.correct")
    assert (entry.before["amount"], entry.after["amount"]) == (1_000_000, 100_000)
    assert correct("k1", 100_000).status == "duplicate"
    assert correct("k2", 3_000_000, hours=1).status == "applied"
    assert reward().net == 300_000
    ledger_checks_pass()


def test_the_correction_told_last_counts_in_whatever_order_they_arrive(
    aki: Any, program: Program
) -> None:
    seen = set()
    for order in permutations(("sale", "k1", "k2", "k2")):
        point = transaction.savepoint()
        for name in order:
            if name == "sale":
                won_referral(aki, program)
            else:
                correct(name, {"k1": 5_000, "k2": 70_000}[name], hours=int(name[1]))
        seen.add((Conversion.objects.get().amount, reward().net))
        assert not Fact.objects.exclude(state="applied").exists()
        ledger_checks_pass()
        transaction.savepoint_rollback(point)
    assert seen == {(70_000, 7_000)}


def test_the_wrong_amount_heard_again_from_another_system_changes_nothing(
    aki: Any, program: Program
) -> None:
    won_referral(aki, program)
    correct("k1", 100_000)
    again = {"domain": "aoba.example", "invoice": "INV-1", "currency": "JPY"}
    assert tell("conversion", "other", **again, amount=1_000_000).status == "applied"
    assert tell("conversion", "third", **again, amount=7).status == "review"
    assert Conversion.objects.get().amount == 100_000


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"domain": "elsewhere.example"}, "invoice_of_another_company"),
        ({"currency": "USD"}, "correction_in_another_currency"),
        ({"amount": 10}, "refund_exceeds_sale"),
    ],
)
def test_what_cannot_be_a_correction_waits_for_a_person(
    aki: Any, program: Program, more: dict[str, Any], reason: str
) -> None:
    won_referral(aki, program)
    tell("refund", "r", invoice="INV-1", amount=200, currency="JPY", reference="r")
    answer = correct("k1", **{"amount": 100_000, **more})
    assert (answer.status, answer.result) == ("review", {"reason": reason})
    assert Conversion.objects.get().amount == 1_000_000


def test_approved_money_shrinks_with_its_sale_and_never_grows_by_itself(
    aki: Any, kato: Any, program: Program
) -> None:
    won_referral(aki, program)
    type(program).objects.filter(pk=program.pk).update(review_threshold=0)
    Reward.objects.update(due_at=NOW, needs_second=False)
    approvals.approve_reward(reward_id=reward().pk, actor=kato, now=NOW + timedelta(days=1))
    correct("k1", 100_000)
    assert (reward().state, reward().net) == ("available", 10_000)
    tell("refund", "r", invoice="INV-1", amount=50_000, currency="JPY", reference="r")
    assert reward().net == 5_000
    correct("k2", 9_000_000, hours=1)
    assert reward().net == 5_000
    ledger_checks_pass()


def test_whoever_approves_sees_what_was_corrected(
    as_: Any, aki: Any, kato: Any, program: Program
) -> None:
    won_referral(aki, program)
    correct("k1", 100_000)
    url = reverse("referrals:reward", args=[reward().public_id])
    page = as_(kato).get(url).content.decode()
    assert "¥1,000,000" in page
    assert "¥100,000" in page
    assert "売上の金額が訂正されました" in page


def test_a_correction_is_never_rewritten(aki: Any, program: Program) -> None:
    won_referral(aki, program)
    correct("k1", 100_000)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_conversioncorrection SET amount = 5")


def test_a_file_corrects_what_an_earlier_file_said_wrongly_only_when_asked(
    aki: Any, kato: Any, program: Program
) -> None:
    source, _ = make_source("hubspot", program, kato)
    code = won_referral(aki, program).link.code
    header = "Record ID,Deal Stage,Company Domain Name,Amount,Currency,Close Date,Referral Code\n"

    def run(amount: str, *, replaces: bool) -> dict[str, int]:
        row = f'9,Closed Won,kiryu.example,"{amount}",JPY,{NOW:%Y-%m-%d},{code}\n'
        batch = imports.begin_import(
            source=source, data=(header + row).encode(), file_name="a.csv", actor=kato, now=NOW
        )
        batch = imports.map_import(
            batch=batch,
            columns=batch.columns,
            stages={},
            actor=kato,
            now=NOW,
            layout=imports.Layout(replaces=replaces),
        )
        foreseen = {name: n for name, n in batch.checked["counts"].items() if n}
        import_runs.run_import(batch=batch, actor=kato, now=NOW)
        work(batch)
        assert imports.counts_of(batch) == foreseen, "the dry run foretells what happens"
        return foreseen

    sale = Conversion.objects.filter(invoice="hubspot:9")
    assert run("1,200", replaces=False) == {"created": 1}
    assert run("1,200,000", replaces=False) == {"failed": 1}
    assert run("1,200,000", replaces=True) == {"updated": 1}
    assert sale.get().amount == 1_200_000
    assert run("1,200,000", replaces=False) == {"skipped": 1}
    assert run("1,200,000", replaces=True) == {"skipped": 1}
    assert run("1,200", replaces=True) == {"updated": 1}
    assert sale.get().amount == 1_200
    assert (
        AuditEntry.objects.filter(action="referrals.conversion.correct", actor_id=kato.pk).count()
        == 2
    )
    ledger_checks_pass()
