"""Aggregates of introductions, waits and clicks: updated by each change, and rebuilt as a whole."""

from __future__ import annotations

from typing import Any

from portal.core.calendars import read_site
from referrals.models import ClickCount, MilestoneCount, SourceCount, WaitCount
from referrals.selectors.analytics.filters import WITHOUT_CLICK
from referrals.selectors.analytics.stage_durations import waits_of

BATCH = 20_000

# What follows from `moved`: milestones with n = 1 when they came and n = -1 when they were so
# before. Whatever is counted in a sum is in exactly one row of each grouping, and a null in a
# grouping's column stands for all of its values.
TALLY = f"""
introduced AS (
    INSERT INTO referrals_milestonecount (month, program_id, channel, state, rank, is_paid,
        is_without_click, count)
    SELECT month, program_id, channel, state, rank, is_paid, is_without_click, sum(n) FROM (
        SELECT *, rewarded_at IS NOT NULL AS is_paid, channel IN {WITHOUT_CLICK} AS is_without_click
            FROM moved
    ) m GROUP BY CUBE (month, program_id, channel), state, rank, is_paid, is_without_click HAVING
        sum(n) <> 0
    ON CONFLICT (program_id, channel, month, state, rank, is_paid, is_without_click)
        DO UPDATE SET count = referrals_milestonecount.count + EXCLUDED.count
), waited AS (
    INSERT INTO referrals_waitcount (month, program_id, channel, stage, came, days, since, count)
    SELECT month, program_id, channel, stage, came, days, since, sum(n) FROM
        ({waits_of("SELECT * FROM moved")}) w
    GROUP BY GROUPING SETS ((), (month), (program_id), (channel)), stage, came, days, since HAVING
        sum(n) <> 0
    ON CONFLICT (program_id, channel, month, stage, came, days, since)
        DO UPDATE SET count = referrals_waitcount.count + EXCLUDED.count
), brought AS (
    INSERT INTO referrals_sourcecount (kind, key, clicked, introduced, signed_up, won)
    SELECT kind, key, 0, sum(n), COALESCE(sum(n) FILTER (WHERE rank >= 1), 0), COALESCE(sum(n)
        FILTER (WHERE rank >= 4), 0)
    FROM moved CROSS JOIN LATERAL (VALUES ('content', content), ('referrer', referrer_id::text))
        k(kind, key)
    GROUP BY kind, key
    ON CONFLICT (kind, key) DO UPDATE SET introduced = referrals_sourcecount.introduced +
        EXCLUDED.introduced,
        signed_up = referrals_sourcecount.signed_up + EXCLUDED.signed_up, won =
            referrals_sourcecount.won + EXCLUDED.won
)
"""  # noqa: S608  constants only

# The same of `gone`: clicks by link and month, or by how much those changed.
TALLY_CLICKS = """
told AS (
    SELECT g.month, COALESCE(l.program_id, 0) AS program_id, COALESCE(NULLIF(g.channel, ''), 'link')
        AS channel, g.verdict,
        g.count, g.confirmed_count, l.id AS link_id, COALESCE(l.content_url, '') AS content,
        COALESCE(l.user_id::text, '') AS referrer
    FROM gone g LEFT JOIN referrals_referrallink l ON l.id = g.link_id
), clicked AS (
    INSERT INTO referrals_clickcount (month, program_id, channel, verdict, count, confirmed_count)
    SELECT month, program_id, channel, verdict, sum(count), sum(confirmed_count) FROM told
    GROUP BY CUBE (month, program_id, channel), verdict
    ON CONFLICT (program_id, channel, month, verdict) DO UPDATE SET count =
        referrals_clickcount.count + EXCLUDED.count,
        confirmed_count = referrals_clickcount.confirmed_count + EXCLUDED.confirmed_count
), opened AS (
    INSERT INTO referrals_sourcecount (kind, key, clicked, introduced, signed_up, won)
    SELECT kind, key, sum(count), 0, 0, 0
    FROM told CROSS JOIN LATERAL (VALUES ('content', content), ('referrer', referrer)) k(kind, key)
    WHERE verdict = 'human' AND link_id IS NOT NULL GROUP BY kind, key
    ON CONFLICT (kind, key) DO UPDATE SET clicked = referrals_sourcecount.clicked + EXCLUDED.clicked
)
"""
FOLD = f"""
WITH gone AS (
    DELETE FROM referrals_clickchange
    WHERE id IN (SELECT id FROM referrals_clickchange ORDER BY id LIMIT %(batch)s) RETURNING *
), {TALLY_CLICKS} SELECT count(*) FROM gone
"""  # noqa: S608  constants only
RECOUNT = f"""
WITH moved AS (SELECT 1 AS n, m.* FROM referrals_milestones m WHERE is_counted), {TALLY} SELECT
    count(*) FROM moved
"""  # noqa: S608  constants only
# One look: what is in the clicks by month already is not added once more.
RECOUNT_CLICKS = f"""
WITH added AS (DELETE FROM referrals_clickchange), gone AS (SELECT * FROM referrals_clickmonth),
    {TALLY_CLICKS}
SELECT count(*) FROM gone
"""  # noqa: S608  constants only


def fold_clicks(cursor: Any, *, batch: int = BATCH) -> int:
    """Add what clicks by month changed by to their tallies; return how many changes.

    Under the lock of milestones.py.
    """
    cursor.execute(FOLD, {"batch": batch})
    return int(cursor.fetchone()[0])


def sweep(cursor: Any) -> None:
    """Take away counts of nothing, which are left where introductions moved on."""
    cursor.execute("DELETE FROM referrals_milestonecount WHERE count = 0")
    cursor.execute("DELETE FROM referrals_waitcount WHERE count = 0")


def recount(cursor: Any) -> None:
    """Count every tally anew from the milestones and clicks by month.

    Under the lock of milestones.py.
    """
    for model in (MilestoneCount, WaitCount, ClickCount, SourceCount):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608  a constant
    cursor.execute(RECOUNT, {"zone": read_site().zone_name})
    cursor.execute(RECOUNT_CLICKS)
