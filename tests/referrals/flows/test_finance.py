"""The finance role approves and pays; two people where the program asks for them by now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from referrals.models import Program, Reward
from referrals.services.rewards import approvals
from referrals.services.rewards.approvals import SecondPersonNeeded
from referrals.text.introductions import steps
from tests.people import NOW
from tests.referrals.made import ledger_checks_pass, won_referral

pytestmark = pytest.mark.django_db


def test_lowering_the_threshold_reaches_rewards_that_wait(
    aki: Any, program: Program, kato: Any, ono: Any
) -> None:
    won_referral(aki, program)
    reward = Reward.objects.filter(side="referrer").get()
    assert not reward.needs_second
    Program.objects.filter(pk=program.pk).update(review_threshold=20_000)
    row = approvals.approve_reward(reward_id=reward.pk, actor=ono, now=NOW)
    assert (row.state, row.proposed_by_id, row.approved_by_id) == ("pending", ono.pk, None)
    with pytest.raises(SecondPersonNeeded):
        approvals.approve_reward(reward_id=reward.pk, actor=ono, now=NOW)
    row = approvals.approve_reward(reward_id=reward.pk, actor=kato, now=NOW)
    assert (row.approved_by_id, row.proposed_by_id) == (kato.pk, ono.pk)
    ledger_checks_pass()


def test_finance_approves_and_pays_without_being_administrator(
    client_for: Any, aki: Any, program: Program, ono: Any
) -> None:
    won_referral(aki, program)
    client, reward = client_for(ono), Reward.objects.filter(side="referrer").get()
    page = client.get(reverse("referrals:rewards")).content.decode()
    assert reverse("referrals:reward", args=[reward.public_id]) in page
    assert reverse("referrals:payouts") in page
    assert reverse("referrals:sources") not in page
    client.post(
        reverse("referrals:rewards_approve"),
        {"reward": [f"{reward.pk}v{reward.version}"]},
    )
    reward.refresh_from_db()
    assert (reward.state, reward.approved_by_id) == ("approved", ono.pk)
    for name in ("referrals:payouts", "referrals:books"):
        assert client.get(reverse(name)).status_code == 200
    for name in ("referrals:sources", "accounts:people", "accounts:mail_providers"):
        assert client.get(reverse(name)).status_code == 403


def test_the_customer_reads_what_is_true_of_the_reward(aki: Any, program: Program) -> None:
    """A reward that nobody approved is on hold, not settled."""
    referral = won_referral(aki, program)
    reward = Reward.objects.filter(side="referrer").get()
    reward.due_at = NOW + timedelta(days=400)
    assert steps(referral, {}, [reward])[-1]["note"].startswith("保留")
    reward.due_at = NOW - timedelta(days=1)
    assert steps(referral, {}, [reward])[-1]["note"] == "承認待ち"
    reward.state = Reward.State.APPROVED
    assert steps(referral, {}, [reward])[-1]["note"].endswith("確定")
