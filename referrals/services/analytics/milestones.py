"""Deriving each introduction's milestones from what is recorded, and with them the aggregates: when
something changed, and for all introductions again.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from portal.core.calendars import read_site
from referrals.models import StaleMilestones
from referrals.services.analytics import aggregates

# "MILE": one deriver at a time, so that an older look at a row never overwrites a newer one
LOCK = 0x4D494C45
BATCH = 5_000
COLUMNS = """referral_id, program_id, link_id, content, channel, referrer_id,
    referrer_organization_id, organization_id, month,
    state, is_counted, rank, introduced_at, signed_up_at, qualified_at, opportunity_at, won_at,
    live_at, rewarded_at,
    ended_at"""

# How far: by its own history and where it stands now. A refused or disqualified introduction counts
# as introduced only. When: the company's dated steps; a date that only a later stage implies is
# left out, except that a won company was won at the latest then. The channel of a click outlives
# the click: once known it stays. What an introduction was before and what it is now go into the
# tallies by the same statement, so that no look finds one without the other.
DERIVE = f"""
WITH gone AS (
    DELETE FROM referrals_stalemilestones
    WHERE id IN (SELECT id FROM referrals_stalemilestones WHERE referral_id <> 0 ORDER BY id LIMIT
        %(batch)s) RETURNING referral_id
), which AS (SELECT DISTINCT referral_id FROM gone), before AS (
    SELECT m.* FROM referrals_milestones m JOIN which USING (referral_id)
), derived AS (
INSERT INTO referrals_milestones (
    {COLUMNS}
)
SELECT r.id, r.program_id, r.link_id, COALESCE(l.content_url, ''),
    CASE WHEN r.kind IN ('named', 'staff', 'answer') THEN r.kind
        ELSE COALESCE(NULLIF(c.channel, ''), CASE WHEN r.kind = 'code' THEN 'code' ELSE 'link' END)
            END,
    r.referrer_id, r.referrer_organization_id, r.organization_id,
    date_trunc('month', r.introduced_at AT TIME ZONE %(zone)s)::date, r.state, r.state NOT IN
        ('draft', 'merged'),
    far.rank, r.introduced_at,
    CASE WHEN far.rank >= 1 THEN GREATEST(COALESCE(k.known_at, r.introduced_at), r.introduced_at)
        END,
    CASE WHEN far.rank >= 2 THEN s.qualified_at END, CASE WHEN far.rank >= 3 THEN s.opportunity_at
        END,
    CASE WHEN far.rank >= 4 THEN COALESCE(s.won_at, h.won_at) END, CASE WHEN far.rank >= 5 THEN
        s.live_at END,
    CASE WHEN NOT dead THEN w.rewarded_at END,
    CASE WHEN r.state IN ('declined', 'rejected', 'withdrawn', 'expired', 'lost', 'disqualified',
        'merged')
        THEN r.state_since END
FROM which JOIN referrals_referral r ON r.id = which.referral_id
LEFT JOIN referrals_referrallink l ON l.id = r.link_id
CROSS JOIN LATERAL (SELECT r.state IN ('rejected', 'disqualified') AS dead) d
CROSS JOIN LATERAL (
    SELECT max(CASE after WHEN 'qualified' THEN 2 WHEN 'opportunity' THEN 3 WHEN 'won' THEN 4 WHEN
        'live' THEN 5
        ELSE 0 END) AS rank, min(at) FILTER (WHERE after = 'won') AS won_at
    FROM referrals_referralchange WHERE referral_id = r.id
) h
CROSS JOIN LATERAL (
    SELECT CASE WHEN dead THEN 0 ELSE GREATEST(COALESCE(h.rank, 0), CASE r.state WHEN 'qualified'
        THEN 2
        WHEN 'opportunity' THEN 3 WHEN 'won' THEN 4 WHEN 'live' THEN 5 ELSE 0 END,
        CASE WHEN r.organization_id IS NULL THEN 0 ELSE 1 END) END AS rank
) far
LEFT JOIN LATERAL (
    SELECT min(at) FILTER (WHERE stage = 'qualified' AND NOT is_inferred) AS qualified_at,
        min(at) FILTER (WHERE stage = 'opportunity' AND NOT is_inferred) AS opportunity_at,
        min(at) FILTER (WHERE stage IN ('won', 'live')) AS won_at,
        min(at) FILTER (WHERE stage = 'live' AND NOT is_inferred) AS live_at
    FROM referrals_step p JOIN referrals_referredorganization o ON o.id = p.referred_id
    WHERE o.program_id = r.program_id AND o.organization_id = r.organization_id
) s ON true
LEFT JOIN LATERAL (
    SELECT min(identified_at) AS known_at FROM referrals_attributioncandidate WHERE referral_id =
        r.id
) k ON true
LEFT JOIN LATERAL (
    SELECT k.channel FROM referrals_attributioncandidate a
    JOIN referrals_click k ON k.click_id = split_part(a.reference, ':', 2)
    WHERE a.referral_id = r.id AND a.kind IN ('click', 'cookie') ORDER BY a.occurred_at DESC, a.id
        LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT min(state_since) AS rewarded_at FROM referrals_reward
    WHERE referral_id = r.id AND side = 'referrer' AND state = 'fulfilled'
) w ON true
ON CONFLICT (referral_id) DO UPDATE SET
    program_id = EXCLUDED.program_id, link_id = EXCLUDED.link_id, content = EXCLUDED.content,
    channel = CASE WHEN EXCLUDED.channel = 'link' THEN referrals_milestones.channel ELSE
        EXCLUDED.channel END,
    referrer_id = EXCLUDED.referrer_id, referrer_organization_id =
        EXCLUDED.referrer_organization_id,
    organization_id = EXCLUDED.organization_id, month = EXCLUDED.month, state = EXCLUDED.state,
    is_counted = EXCLUDED.is_counted, rank = EXCLUDED.rank, introduced_at = EXCLUDED.introduced_at,
    signed_up_at = EXCLUDED.signed_up_at, qualified_at = EXCLUDED.qualified_at,
    opportunity_at = EXCLUDED.opportunity_at, won_at = EXCLUDED.won_at, live_at = EXCLUDED.live_at,
    rewarded_at = EXCLUDED.rewarded_at, ended_at = EXCLUDED.ended_at
RETURNING {COLUMNS}
), moved AS (
    SELECT -1 AS n, {COLUMNS} FROM before WHERE is_counted UNION ALL SELECT 1, {COLUMNS} FROM
        derived WHERE is_counted
), {aggregates.TALLY} SELECT count(*) FROM gone
"""  # noqa: S608  constants only


WAITING = """
SELECT pg_try_advisory_xact_lock(%s), EXISTS (SELECT FROM referrals_stalemilestones WHERE
    referral_id <> 0),
    EXISTS (SELECT FROM referrals_stalemilestones WHERE referral_id = 0), EXISTS (SELECT FROM
        referrals_clickchange)
"""


def refresh(*, batch: int = BATCH) -> int:
    """Derive what became stale, at most `batch` marks, and add up clicks; return how many marks and
    changes are done.

    0 when another one is at it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WAITING, [LOCK])
        is_ours, is_stale, is_counted_anew, is_clicked = cursor.fetchone()
        if not is_ours:
            return 0
        if is_counted_anew:
            StaleMilestones.objects.filter(referral_id=StaleMilestones.EVERY_TALLY).delete()
            aggregates.recount(cursor)
        done = _derive(cursor, batch) if is_stale else 0
        return done + (aggregates.fold_clicks(cursor) if is_clicked else 0)


def _derive(cursor: Any, batch: int) -> int:
    cursor.execute(
        DERIVE, {"batch": batch, "zone": read_site().zone_name}
    )  # a later look than the lock's
    done = int(cursor.fetchone()[0])
    aggregates.sweep(cursor)
    return done


def refresh_all() -> int:
    """Derive until nothing is stale; return how many marks are done."""
    done = 0
    while some := refresh():
        done += some
    return done


def rebuild() -> int:
    """Count the tallies anew and derive every introduction again, a batch at a time; return how
    many marks are done.

    It may be stopped and started at any moment.
    """
    mark_everything_stale()
    return refresh_all()


def mark_everything_stale() -> None:
    """Have the tallies counted anew and every introduction derived again, by whoever looks next."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO referrals_stalemilestones (referral_id) SELECT 0 UNION ALL SELECT id "
            "FROM referrals_referral"
        )
