"""A signal about an introduction closes itself, and says why in words, when its state is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.events import dispatch
from portal.teams import registry, services
from portal.teams.models import Signal
from portal.teams.services.evaluation import sweep
from referrals.models import Program
from referrals.signal_rules import SETTLED, say_end
from tests.people import NOW
from tests.referrals.flows.test_promises import introduced
from tests.referrals.made import won_referral

pytestmark = pytest.mark.django_db


def test_marketings_signal_closes_when_sales_has_won(
    aki: User, tanaka: User, program: Program, as_: Any
) -> None:
    won = won_referral(aki, program)
    dispatch.run_pending()
    signal = Signal.objects.get(rule__code="R14", subject=f"referrals.referral:{won.pk}")
    services.claim_signal(signal=signal, actor=tanaka, now=signal.raised_at)
    sweep(now=NOW + timedelta(days=40))
    signal.refresh_from_db()
    assert (signal.state, signal.outcome) == ("resolved", "vanished")
    page = as_(tanaka).get(f"/staff/signals/{signal.public_id}/").content.decode()
    assert page.count("営業が成約に至りました") >= 2


def test_an_introduction_nobody_has_looked_at_stays_open(aki: User, program: Program) -> None:
    row = introduced(aki, program, agreed=False)
    dispatch.run_pending()
    sweep(now=NOW)
    assert (
        Signal.objects.get(rule__code="R14", subject=f"referrals.referral:{row.pk}").state == "open"
    )


@pytest.mark.parametrize("state", sorted(SETTLED))
def test_every_end_has_words(state: str) -> None:
    assert say_end(state)
    assert say_end(state) != say_end("done")


def test_every_rule_about_introductions_knows_its_end(program: Program) -> None:
    names = [
        "introduction_late",
        "introduction_silent",
        "dispute_overdue",
        "finding_overdue",
        "reward_overdue",
        "referral_recorded",
        "referral_qualified",
        "referral_won",
        "introduction_lost",
    ]
    for name in names:
        trigger = registry.trigger(name)
        assert trigger is not None
        assert trigger.over is not None
        assert trigger.explain_end is not None
