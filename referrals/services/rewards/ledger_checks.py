"""Ledger checks: every invariant of introductions, rewards and the ledger as one query that counts
its violations.
"""

from __future__ import annotations

import time as clock
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.db.state_machine import in_sql
from referrals.models import BooksCheck, Program, ReferredOrganization, Reward
from referrals.rules import state_machine
from referrals.services.credit.claims import decision_for, is_approved
from referrals.services.rewards.reward_calculation import plan, refund_share
from referrals.services.rewards.reward_inputs import are_coupled, reward_inputs_of


@dataclass(frozen=True)
class Invariant:
    """One thing that must always hold; `sql` counts what breaks it. "" when Python has to look."""

    number: int
    key: str
    words: str | Promise
    sql: str


HOLD = in_sql(state_machine.ON_HOLD)
PER_REWARD = f"""
SELECT count(*) FROM (
    SELECT r.id, r.state, r.amount - r.reversed_amount AS net,
        COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'member_pending'), 0) AS pending,
        COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'member_available'), 0) AS available,
        COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'payout_clearing'), 0) AS clearing,
        COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'program_expense'), 0) AS expense,
        COALESCE((SELECT SUM(l.amount) FROM referrals_payoutline l WHERE l.reward_id = r.id AND
            l.is_live), 0) AS line
    FROM referrals_reward r
    LEFT JOIN referrals_ledgertransaction t ON t.reward_id = r.id
    LEFT JOIN referrals_ledgerentry e ON e.transaction_id = t.id
    LEFT JOIN referrals_ledgeraccount a ON a.id = e.account_id
    GROUP BY r.id
) x WHERE expense <> -net
    OR pending <> CASE WHEN state IN {HOLD} THEN net ELSE 0 END
    OR available <> CASE WHEN state = 'available' THEN net ELSE 0 END
    OR clearing <> CASE WHEN state = 'reserved' THEN line ELSE 0 END
"""  # noqa: S608  our own names; what people typed is a parameter

INVARIANTS: Final = (
    Invariant(
        1,
        "one_attribution",
        _("One credited introduction per program and company"),
        "SELECT count(*) FROM (SELECT 1 FROM referrals_attribution WHERE is_active "
        "GROUP BY program_id, organization_id HAVING count(*) > 1) x",
    ),
    Invariant(
        2,
        "no_doubles",
        _("Every sale and every reward once"),
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM referrals_conversionsighting GROUP BY "
        "source, external_ref "
        "HAVING count(*) > 1) x) + (SELECT count(*) FROM (SELECT 1 FROM referrals_reward "
        "GROUP BY referral_id, milestone, side HAVING count(*) > 1) y)",
    ),
    Invariant(
        3,
        "balanced",
        _("Every ledger transaction, and the whole ledger, sums to zero per currency"),
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM referrals_ledgerentry GROUP BY "
        "transaction_id, currency "
        "HAVING SUM(amount) <> 0) x) + (SELECT count(*) FROM (SELECT 1 FROM "
        "referrals_ledgerentry GROUP BY currency "
        "HAVING SUM(amount) <> 0) y)",
    ),
    Invariant(
        4,
        "rewards_equal_ledger",
        _("Every reward equals its ledger entries"),
        PER_REWARD,
    ),
    Invariant(
        5,
        "never_more_than_all",
        _("Taken back at most the reward, refunded at most the sale"),
        "SELECT (SELECT count(*) FROM referrals_reward WHERE reversed_amount > amount OR "
        "reversed_amount < 0) + "
        "(SELECT count(*) FROM referrals_conversion c WHERE refunded_amount > amount OR "
        "refunded_amount <> "
        "GREATEST((SELECT COALESCE(SUM(amount), 0) FROM referrals_refund WHERE conversion_id = "
        "c.id AND "
        "(is_bare OR charge = '')), (SELECT COALESCE(MAX(amount), 0) FROM "
        "referrals_refundtotal WHERE "
        "conversion_id = c.id AND charge = ''), "
        "COALESCE((SELECT SUM(GREATEST(COALESCE(f.sum, 0), COALESCE(t.amount, 0))) FROM "
        "(SELECT charge, SUM(amount) AS sum "
        "FROM referrals_refund WHERE conversion_id = c.id AND charge <> '' GROUP BY charge) f "
        "FULL JOIN (SELECT charge, "
        "amount FROM referrals_refundtotal WHERE conversion_id = c.id AND charge <> '') t "
        "USING (charge)), 0)))",
    ),
    Invariant(
        6,
        "one_payout",
        _("A reward is in one live payment at most"),
        "SELECT count(*) FROM (SELECT 1 FROM referrals_payoutline WHERE is_live GROUP BY reward_id "
        "HAVING count(*) > 1) x",
    ),
    Invariant(
        7,
        "paid_after_reserved",
        _("Nothing is paid that was not reserved, nothing reserved that was not available"),
        "SELECT (SELECT count(*) FROM referrals_reward r WHERE state IN ('reserved', "
        "'fulfilled') AND NOT EXISTS "
        "(SELECT 1 FROM referrals_payoutline l WHERE l.reward_id = r.id AND l.is_live)) + "
        "(SELECT count(*) FROM "
        "referrals_payoutbatch b WHERE (b.state IN ('settled', 'failed')) = EXISTS (SELECT 1 FROM "
        "referrals_payoutline l WHERE l.batch_id = b.id AND l.state IN ('reserved', 'sent')) "
        "AND EXISTS (SELECT 1 "
        "FROM referrals_payoutline l WHERE l.batch_id = b.id)) + (SELECT count(*) FROM "
        "referrals_rewardchange WHERE (after = 'fulfilled' AND before NOT IN ('reserved', "
        "'fulfilled')) "
        "OR (after = 'reserved' AND before NOT IN ('available', 'reserved') AND "
        "NOT (before = 'reversed' AND EXISTS (SELECT 1 FROM referrals_payoutline l WHERE "
        "l.reward_id = "
        "referrals_rewardchange.reward_id AND l.state = 'settled'))))",
    ),
    Invariant(
        8,
        "facts_once",
        _("Every message of another system once"),
        "SELECT count(*) FROM (SELECT 1 FROM referrals_fact GROUP BY source, external_id "
        "HAVING count(*) > 1) x",
    ),
    Invariant(
        9, "order_is_nothing", _("The order in which messages arrived made no difference"), ""
    ),
    Invariant(
        10,
        "no_own_credit",
        _("Nobody is credited for their own company or approves their own reward"),
        "SELECT (SELECT count(*) FROM referrals_attribution WHERE is_active AND organization_id = "
        "referrer_organization_id) + (SELECT count(*) FROM referrals_reward r JOIN "
        "referrals_referral i ON "
        "i.id = r.referral_id WHERE r.approved_by_id IN (r.user_id, i.referrer_id, i.referee_id))",
    ),
    Invariant(
        11,
        "history_replays",
        _("The history of every introduction and reward leads to its present state"),
        "SELECT (SELECT count(*) FROM referrals_reward r WHERE NOT EXISTS (SELECT 1 FROM "
        "referrals_rewardchange c "
        "WHERE c.reward_id = r.id AND c.version = r.version AND c.after = r.state AND c.amount "
        "= r.amount "
        "AND c.reversed_amount = r.reversed_amount) OR r.version <> (SELECT count(*) FROM "
        "referrals_rewardchange c "
        "WHERE c.reward_id = r.id)) + (SELECT count(*) FROM referrals_referral r WHERE version "
        "> 0 AND (version <> (SELECT count(*) FROM "
        "referrals_referralchange c WHERE c.referral_id = r.id) OR state <> (SELECT after FROM "
        "referrals_referralchange c WHERE c.referral_id = r.id ORDER BY version DESC LIMIT 1) "
        "OR EXISTS (SELECT 1 "
        "FROM (SELECT before, lag(after, 1, '') OVER (ORDER BY version) AS was FROM "
        "referrals_referralchange c "
        "WHERE c.referral_id = r.id) h WHERE h.before <> h.was)))",
    ),
    Invariant(
        12,
        "budgets_hold",
        _("No budget and no yearly limit is exceeded"),
        "SELECT (SELECT count(*) FROM referrals_rewardrule u WHERE budget IS NOT NULL AND "
        "(granted_amount > budget OR "
        "granted_amount <> COALESCE((SELECT SUM(amount - reversed_amount) FROM "
        "referrals_reward r WHERE "
        "r.rule_id = u.id AND (r.snapshot->>'has_budget')::boolean), 0)))"
        " + (SELECT count(*) FROM referrals_yearlytotal y WHERE amount > cap OR amount <> "
        "COALESCE((SELECT SUM(r.amount - r.reversed_amount) FROM referrals_reward r JOIN "
        "referrals_referral i ON "
        "i.id = r.referral_id WHERE r.program_id = y.program_id AND i.referrer_id = y.user_id "
        "AND r.year = y.year), 0))",
    ),
    Invariant(
        13,
        "erased_stay_erased",
        _("Erased people are no longer in the ledger, its sums are"),
        "SELECT (SELECT count(*) FROM referrals_ledgeraccount a JOIN accounts_user u ON "
        "a.holder IN ('user:' || u.id, "
        "'donation:' || u.id) WHERE u.erased_at IS NOT NULL) + (SELECT count(*) FROM "
        "referrals_reward r "
        "JOIN accounts_user u ON u.id = r.user_id WHERE u.erased_at IS NOT NULL "
        "AND r.holder IN ('user:' || u.id, 'donation:' || u.id))",
    ),
    Invariant(
        14,
        "ids_spent_with_effect",
        _("A message counts as received only together with its effect"),
        "SELECT count(*) FROM referrals_fact f WHERE state = 'applied' AND kind = 'conversion' "
        "AND NOT EXISTS "
        "(SELECT 1 FROM referrals_conversion c WHERE c.public_id = "
        "(f.result->>'conversion')::uuid)",
    ),
    Invariant(
        15,
        "told_in_the_same_commit",
        _("Every reward was announced in the commit that granted it"),
        "SELECT count(*) FROM referrals_reward r WHERE NOT EXISTS (SELECT 1 FROM events_event "
        "e WHERE "
        "e.subject = 'referrals.reward:' || r.id AND e.name = 'referrals.reward.granted')",
    ),
    Invariant(
        16,
        "people_approve",
        _("Nothing was released because time passed"),
        "SELECT (SELECT count(*) FROM referrals_reward WHERE state IN ('approved', "
        "'available', 'reserved', "
        "'fulfilled') AND approved_by_id IS NULL) + (SELECT count(*) FROM "
        "referrals_payoutbatch WHERE "
        "state IN ('sending', 'settled') AND sent_by_id IS NULL AND closed_by_id IS NULL)",
    ),
)


def check_ledger(*, limit: int | None = None) -> dict[str, int]:
    """Return the violations of every invariant now; all zero is the only good answer."""
    results = {}
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            if invariant.sql:
                cursor.execute(invariant.sql)
                results[invariant.key] = int(cursor.fetchone()[0])
            else:
                results[invariant.key] = order_violations(limit)
    return results


def order_violations(limit: int | None = None) -> int:
    """Count companies whose credit or rewards differ from what the whole set of facts says, in
    whatever order.
    """

    wrong = 0
    programs = {program.pk: program for program in Program.objects.all()}
    rows = ReferredOrganization.objects.order_by("-pk")
    for referred in rows[:limit] if limit else rows.iterator(chunk_size=500):
        decision, claims = decision_for(referred, programs[referred.program_id])
        active = referred.attributions.filter(is_active=True).select_related("referral").first()
        credited = claims[decision.winner.id].referral_id if decision.winner else None
        if active is None or credited is None:
            late = active is not None and decision.losers.get(active.candidate_id) == "customer"
            approved = active is not None and is_approved(active.referral_id)
            wrong += (active is None) != (credited is None) and not (late and approved)
        elif active.referral_id != credited and not active.referral.rewards.filter(
            approved_by_id__isnull=False
        ):
            wrong += 1
        for reward in Reward.objects.select_related("conversion").filter(
            referral__organization_id=referred.organization_id, program_id=referred.program_id
        ):
            credited_here = active is not None and reward.referral_id == active.referral_id
            floor = (
                refund_share(reward.amount, reward.conversion) if credited_here else reward.amount
            )
            wrong += reward.reversed_amount < floor
    return wrong + sum(_uncounted(program) for program in programs.values())


def _uncounted(program: Program) -> int:
    """Count rewards above what steps and the yearly limit make of all contracts of their person."""

    rules = list(program.rules.order_by("pk"))
    if not are_coupled(program, rules):
        return 0
    wrong = 0
    for referrer_id in (
        program.referrals.order_by("referrer_id").values_list("referrer_id", flat=True).distinct()
    ):
        rewards = Reward.objects.select_related("conversion").filter(
            program=program, referral__referrer_id=referrer_id
        )
        targets = plan(program, rules, reward_inputs_of(program, referrer_id), rewards)
        wrong += sum(target.change < 0 for target in targets if target.reward is not None)
    return wrong


def record_check(*, now: datetime) -> BooksCheck:
    """Check everything and keep the result; run nightly."""
    started = clock.monotonic()
    results = check_ledger()
    return BooksCheck.objects.create(
        at=now,
        results=results,
        violations=sum(results.values()),
        milliseconds=int((clock.monotonic() - started) * 1000),
    )
