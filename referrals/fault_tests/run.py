"""Delivers the history over many connections at once, releases and pays, and compares the result
with the expected one.
"""

from __future__ import annotations

import random
import threading
import time as clock
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from portal.accounts.models import Organization
from portal.core.jobs.enqueue import muted
from referrals.fault_tests.cast import Cast, make_cast
from referrals.fault_tests.scenario import START, Company, Told, tell
from referrals.models import Attribution, Fact, LedgerTransaction, PayoutBatch, Program, Reward
from referrals.rules import state_machine
from referrals.services.facts.record import receive_fact
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from referrals.services.rewards.ledger_checks import check_ledger

R = Reward.State

Deliver = Callable[[Told, datetime], str]
NOW = START + timedelta(days=120)
LATER = NOW + timedelta(days=40)


@dataclass
class Report:
    """What a drill found. Everything but the counts of deliveries must be zero."""

    facts: int = 0
    deliveries: int = 0
    seconds: float = 0.0
    cpu: float = 0.0  # of the delivering processes
    statuses: Counter[str] = field(default_factory=Counter)
    wrong_attributions: int = 0
    unbalanced: int = 0
    parked_left: int = 0
    wrong_net_rewards: int = 0
    other_violations: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)  # which companies' rewards are wrong, and how
    paid: int = 0  # rewards paid in the end; a drill that pays nothing proves nothing
    clawed_back: int = 0  # of what was paid or being paid

    @property
    def violations(self) -> int:
        return (
            self.wrong_attributions
            + self.unbalanced
            + self.parked_left
            + self.wrong_net_rewards
            + sum(self.other_violations.values())
            + len(self.errors)
            + (self.facts >= 100 and not self.paid)
        )


def in_process(told: Told, now: datetime) -> str:
    """Deliver one fact through the service the API calls."""

    return receive_fact(
        source=told.source, external_id=told.external_id, kind=told.kind, body=told.body, now=now
    ).status


def shuffled(facts: list[Told], dice: random.Random) -> list[Told]:
    """Every fact one to five times, in any order."""
    deliveries = [told for told in facts for _ in range(dice.randint(1, 5))]
    dice.shuffle(deliveries)
    return deliveries


def deliver_all(
    deliveries: list[Told], deliver: Deliver, now: datetime, report: Report, *, connections: int
) -> None:
    """Deliver from `connections` threads, each with its own database connection."""
    lock, position = threading.Lock(), iter(deliveries)

    @muted()  # the drill measures the ledger, not the broker
    def work() -> None:
        statuses: Counter[str] = Counter()
        try:
            while True:
                with lock:
                    told = next(position, None)
                if told is None:
                    break
                try:
                    statuses[deliver(told, now)] += 1
                except Exception as error:  # every failure is a finding
                    with lock:
                        report.errors.append(
                            f"{told.kind} {told.external_id}: {type(error).__name__}: {error}"[:300]
                        )
        finally:
            connection.close()
            with lock:
                report.statuses.update(statuses)

    started = clock.monotonic()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report.seconds += clock.monotonic() - started
    report.deliveries += len(deliveries)


def run(
    *,
    facts: int,
    seed: int,
    connections: int = 16,
    deliver: Deliver = in_process,
    tell_all: Callable[[list[Told], datetime, Report], None] | None = None,
    say: Callable[[str], Any] = lambda text: None,
) -> Report:
    """Run one drill; everything is made under names that carry the seed."""
    dice = random.Random(seed * 7 + 1)  # noqa: S311  repeatable, keeps no secret
    cast = make_cast(seed)
    companies = tell(facts, seed, cast.codes, cast.own)
    report = Report(facts=sum(len(company.first) + len(company.late) for company in companies))
    spread = tell_all or (
        lambda batch, now, into: deliver_all(batch, deliver, now, into, connections=connections)
    )
    first = [told for company in companies for told in company.first]
    say(f"{len(companies)} companies, {report.facts} facts")
    spread(shuffled(first, dice), NOW, report)
    say("released, matured, paid in part")
    later = _release(cast, dice)
    late = [told for company in companies for told in company.late] + dice.sample(
        first, len(first) // 10
    )
    spread(shuffled(late, dice), later, report)
    _pay_the_rest(cast, later)
    _compare(companies, report)
    return report


def _release(cast: Cast, dice: random.Random) -> datetime:
    """Two people approve everything; when the holds are over half is paid, a quarter's payment
    fails, a quarter waits.

    Returns that moment: records sent through the API are received now, so their holds end after the
    dates of the history.
    """
    for reward_id in Reward.objects.filter(state__in=(R.HELD, R.PENDING)).values_list(
        "pk", flat=True
    ):
        reward = approvals.approve_reward(reward_id=reward_id, actor=cast.maker, now=NOW)
        if reward.needs_second:
            approvals.approve_reward(reward_id=reward_id, actor=cast.checker, now=NOW)
    later = max(LATER, Reward.objects.aggregate(end=Max("due_at"))["end"] or LATER)
    approvals.mature_due(now=later, limit=100_000)
    for program in Program.objects.filter(slug__startswith="drill-"):
        available = list(
            Reward.objects.filter(program=program, state=R.AVAILABLE)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        dice.shuffle(available)
        half, quarter = len(available) // 2, len(available) // 4
        if half:
            paid = payouts.reserve_batch(
                program=program, reward_ids=available[:half], actor=cast.maker, now=later
            )
            payouts.settle_batch(batch_id=paid.pk, actor=cast.checker, now=later)
        if quarter:  # stays reserved while late refunds arrive, and fails afterwards
            waiting = available[half : half + quarter]
            payouts.reserve_batch(program=program, reward_ids=waiting, actor=cast.maker, now=later)
    return later


def _pay_the_rest(cast: Cast, later: datetime) -> None:
    for batch in PayoutBatch.objects.filter(state=PayoutBatch.State.RESERVED).order_by("pk"):
        payouts.fail_batch(
            batch_id=batch.pk, actor=cast.checker, now=later, reason="the bank sent it back"
        )
    for program in Program.objects.filter(slug__startswith="drill-"):
        ids = list(
            Reward.objects.filter(program=program, state=R.AVAILABLE).values_list("pk", flat=True)
        )
        if ids:
            batch = payouts.reserve_batch(
                program=program, reward_ids=ids, actor=cast.maker, now=later
            )
            payouts.settle_batch(batch_id=batch.pk, actor=cast.checker, now=later)


def _compare(companies: list[Company], report: Report) -> None:
    programs = dict(Program.objects.values_list("slug", "pk"))
    for company in companies:
        organization = Organization.objects.filter(email_domains__domain=company.domain).first()
        credited = Attribution.objects.filter(
            program_id=programs[company.program],
            organization_id=organization.pk if organization else 0,
            is_active=True,
        ).select_related("referral__link")
        codes = [row.referral.link.code if row.referral.link else "" for row in credited]
        report.wrong_attributions += codes != ([company.winner] if company.winner else [])
        nets: Counter[str] = Counter()
        for reward in Reward.objects.filter(
            program_id=programs[company.program],
            referral__organization_id=organization.pk if organization else 0,
        ):
            nets[reward.side] += reward.net
        found, due = ({k: v for k, v in worth.items() if v} for worth in (nets, company.worth))
        if found != due:
            report.wrong_net_rewards += 1
            report.where.append(
                f"{company.program} {company.winner} {company.domain}: {found}, due {due}"
            )
    books = check_ledger()
    report.unbalanced = books.pop("balanced")
    report.other_violations = {key: count for key, count in books.items() if count}
    report.paid = Reward.objects.filter(state=R.FULFILLED).count()
    report.clawed_back = LedgerTransaction.objects.filter(kind="clawback").count()
    report.parked_left = Fact.objects.filter(state__in=state_machine.FACT.open).count()
