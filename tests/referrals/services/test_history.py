"""An imported history equals the same days lived one by one, in everything that is counted, and
alerts nobody.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from portal.accounts.models import User
from portal.delivery.models import Delivery
from portal.engagement.models import PointEntry
from portal.events import dispatch, history
from portal.events.models import Event
from portal.flywheel.models import TurnStage
from portal.notifications.models import Notification
from portal.teams.models import Signal
from portal.teams.services.evaluation import sweep
from referrals.inbound.crm import DealMapping, Deals
from referrals.inbound.parsed import Told
from referrals.models import (
    Fact,
    MilestoneCount,
    Milestones,
    Program,
    Referral,
    ReferralChange,
    ReferralNote,
    Reward,
    Step,
)
from referrals.services.analytics import milestones
from referrals.services.facts.record import receive_fact
from referrals.services.intake.sources import default_mapping
from referrals.services.introductions import staff_actions
from referrals.services.introductions.sla_job import enforce_sla
from tests.people import NOW
from tests.portal.flywheel import story
from tests.referrals.made import tell

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
STAGES = ("qualified", "opportunity", "won", "live")


def deals_of(program: Program) -> Deals:
    mapping = DealMapping.of(default_mapping("hubspot", program))
    ours = {stage: stage for stage in (*STAGES, "lost")}
    return Deals(mapping, "hubspot", program.slug, NOW, UTC, ours)


def random_deals(program: Program, code: str, dice: random.Random, count: int) -> list[list[Told]]:
    """Deals of the last two years, each with the dates a CRM exports; as the facts they become."""
    reader, found = deals_of(program), []
    for number in range(count):
        at = NOW - dice.randrange(30, 700) * DAY
        row = {
            "deal": str(number),
            "domain": f"deal-{number}.example",
            "company": f"会社{number}",
            "code": code,
            "created": at.isoformat(),
            "stage": dice.choice((*STAGES, "lost")),
        }
        reached = STAGES[: STAGES.index(row["stage"]) + 1] if row["stage"] != "lost" else STAGES[:1]
        for stage in (*reached, *(["lost"] if row["stage"] == "lost" else [])):
            at = min(at + dice.randrange(1, 40) * DAY, NOW - DAY)
            row["closed" if stage in ("won", "lost") else f"{stage}_at"] = at.isoformat()
        if row["stage"] == "won":
            row["amount"] = "500000"
        found.append(list(reader.read_one(lambda name, row=row: row.get(name, "")).facts))
    return found


def receive(told: Told, now: datetime) -> None:
    outcome = receive_fact(
        source="hubspot",
        external_id=told.external_id,
        kind=told.kind,
        body=told.body,
        now=now,
        is_quiet=told.is_quiet,
    )
    assert outcome.status == "applied", (told, outcome)


def live(deals: list[list[Told]]) -> None:
    """Every fact on the day it happened; what happens at one moment in the order it is told."""
    days = [(told.body["occurred_at"], told) for deal in deals for told in deal]
    for at, told in sorted(days, key=lambda day: day[0]):
        receive(told, datetime.fromisoformat(at))


def bring_in(deals: list[list[Told]]) -> None:
    """All of it now, deal by deal."""
    with history.importing():
        for deal in deals:
            for told in deal:
                receive(told, NOW)


def everything() -> dict[str, Any]:
    """What is counted, by what does not depend on when a row got its id."""
    dispatch.run_pending(now=NOW)
    milestones.refresh()
    company = "referral__organization__name"
    return {
        "introductions": sorted(
            Referral.objects.values_list(
                "organization__name", "state", "introduced_at", "created_at", "state_since"
            )
        ),
        "changes": sorted(ReferralChange.objects.values_list(company, "after", "at")),
        "steps": sorted(
            Step.objects.values_list("referred__organization__name", "stage", "at", "is_inferred")
        ),
        "months": sorted(
            MilestoneCount.objects.filter(count__gt=0).values_list(
                "month", "channel", "state", "rank", "count"
            ),
            key=str,
        ),
        "milestones": sorted(
            Milestones.objects.values_list(
                company, "month", "qualified_at", "opportunity_at", "won_at", "live_at"
            ),
            key=str,
        ),
        "rewards": sorted(
            Reward.objects.values_list(company, "side", "milestone", "amount", "granted_at")
        ),
        "points": Counter(PointEntry.objects.values_list("user_id", "weight", "counted", "at")),
        "events": Counter(
            Event.objects.filter(name__startswith="referrals.").values_list("name", "occurred_at")
        ),
        "turns": Counter(TurnStage.objects.values_list("turn__subject", "stage", "at")),
    }


def alerts() -> dict[str, int]:
    models = (Notification, Signal, Delivery, ReferralNote)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.parametrize("seed", range(4))
def test_importing_equals_living(world: Any, program: Program, code: str, seed: int) -> None:
    for event in story.tell(world):  # a turn that the introductions carry on
        Event.objects.filter(pk=event.pk).update(is_history=True)
    dispatch.run_pending(now=NOW)
    deals = random_deals(program, code, random.Random(seed), 12)
    found = []
    for act in (live, bring_in):
        with transaction.atomic():
            act(deals)
            found.append(everything())
            transaction.set_rollback(True)
    for name, lived in found[0].items():
        assert found[1][name] == lived, name
    assert found[0]["turns"]
    assert found[0]["points"]


def test_an_import_alerts_nobody_and_owes_nothing(
    world: Any, program: Program, code: str, sato: User, kato: User
) -> None:
    before = alerts()
    bring_in(random_deals(program, code, random.Random(7), 12))
    dispatch.run_pending(now=NOW)
    later = NOW + 40 * DAY
    sweep(now=later)
    assert sum(enforce_sla(now=later).values()) == 0
    dispatch.run_pending(now=later)
    assert alerts() == before
    assert not Referral.objects.exclude(next_due_at=None).exists()
    assert not Event.objects.filter(name__startswith="referrals.", is_history=False).exists()


def recorded(code: str, days: float) -> Referral:
    told = tell(
        "introduction",
        f"i{days}",
        code=code,
        domain=f"aoba{int(days * 10)}.example",
        company="青葉製作所",
        occurred_at=(NOW - days * DAY).isoformat(),
    )
    return Referral.objects.get(public_id=told.result["referral"])


@pytest.mark.parametrize(("days", "is_history"), [(1, False), (6.9, False), (7.1, True)])
def test_a_late_fact_is_the_present_for_a_week(
    world: Any, code: str, tanaka: User, days: float, is_history: bool
) -> None:
    referral = recorded(code, days)
    dispatch.run_pending(now=NOW)
    assert referral.introduced_at == NOW - days * DAY
    assert referral.is_history is is_history
    assert (referral.next_due_at is None) is is_history
    assert Fact.objects.get().is_history is is_history
    assert referral.created_at == (NOW - days * DAY if is_history else NOW)
    assert Signal.objects.exists() is not is_history


def test_whoever_acts_on_an_imported_introduction_owes_the_rest(
    code: str, kato: User, tanaka: User
) -> None:
    referral = recorded(code, 90)
    staff_actions.note_contact(
        referral=referral, actor=tanaka, now=NOW, next_step="面談", due_at=NOW + DAY
    )
    referral.refresh_from_db()
    assert not referral.is_history
    assert enforce_sla(now=NOW + 30 * DAY)["quiet"] == 1


def test_a_deal_without_a_date_of_creation_was_introduced_before_it_moved(
    program: Program, code: str
) -> None:
    row = {
        "deal": "1",
        "domain": "aoba.example",
        "code": code,
        "stage": "won",
        "opportunity_at": "2026-02-01",
        "closed": "2026-03-01",
        "amount": "5",
    }
    claim, stage, sale = deals_of(program).read_one(lambda name: row.get(name, "")).facts
    assert claim.body["occurred_at"] == stage.body["occurred_at"] == "2026-02-01T00:00:00+00:00"
    assert sale.body["occurred_at"] == "2026-03-01T00:00:00+00:00"


def test_a_closing_date_alone_says_nothing_of_the_introduction(program: Program, code: str) -> None:
    """A sale of 2019 with a code entered today is no introduction of 2019."""
    row = {
        "deal": "1",
        "domain": "aoba.example",
        "code": code,
        "stage": "won",
        "closed": "2019-05-01",
        "amount": "5",
    }
    claim, _sale = deals_of(program).read_one(lambda name: row.get(name, "")).facts
    assert "occurred_at" not in claim.body


def test_dates_ahead_are_hopes(program: Program) -> None:
    ahead = (NOW + 30 * DAY).isoformat()
    row = {"deal": "1", "domain": "aoba.example", "stage": "qualified", "opportunity_at": ahead}
    (only,) = deals_of(program).read_one(lambda name: row.get(name, "")).facts
    assert (only.body["stage"], "occurred_at" in only.body) == ("qualified", False)
