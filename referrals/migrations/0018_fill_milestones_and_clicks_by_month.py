"""Fills the analytics tables: every introduction is stale, and clicks by month come from the raw
ones.

Raw clicks older than their retention are gone: what ClickDay counted beyond them is kept without a
channel.
"""

from django.conf import settings
from django.db import migrations

CLICKS = """
INSERT INTO referrals_clickmonth (link_id, month, channel, verdict, count, confirmed_count)
SELECT link_id, month, channel, verdict, sum(n), sum(sure) FROM (
    SELECT link_id, date_trunc('month', at AT TIME ZONE %s)::date AS month, channel, verdict, count(*) AS n,
        count(confirmed_at) AS sure
    FROM referrals_click GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT d.link_id, date_trunc('month', d.day)::date, '', d.verdict, d.count - COALESCE(c.n, 0),
        d.confirmed_count - COALESCE(c.sure, 0)
    FROM referrals_clickday d
    LEFT JOIN (
        SELECT link_id, (at AT TIME ZONE 'UTC')::date AS day, verdict, count(*) AS n, count(confirmed_at) AS sure
        FROM referrals_click GROUP BY 1, 2, 3
    ) c USING (link_id, day, verdict)
    WHERE d.count > COALESCE(c.n, 0)
) known GROUP BY 1, 2, 3, 4
ON CONFLICT (month, link_id, channel, verdict) DO NOTHING
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO referrals_stalemilestones (referral_id) SELECT id FROM referrals_referral"
        )
        cursor.execute(CLICKS, [settings.TIME_ZONE])


def empty(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM referrals_stalemilestones; DELETE FROM referrals_milestones; DELETE FROM referrals_clickmonth"
        )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0017_changes_mark_milestones_stale")]
    operations = [migrations.RunPython(fill, empty, elidable=True)]
