"""Fills the year of existing rewards and sums them per person, so that a yearly limit can be set at
any time.
"""

from django.conf import settings
from django.db import migrations

YEARS = """
UPDATE referrals_reward SET year = EXTRACT(YEAR FROM granted_at AT TIME ZONE %s)
WHERE side = 'referrer' AND year IS NULL;
"""
TOTALS = """
INSERT INTO referrals_yearlytotal (program_id, user_id, year, amount)
SELECT r.program_id, i.referrer_id, r.year, SUM(r.amount - r.reversed_amount)
FROM referrals_reward r JOIN referrals_referral i ON i.id = r.referral_id
WHERE r.year IS NOT NULL GROUP BY 1, 2, 3;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0009_a_programs_history_stays")]
    operations = [
        migrations.RunSQL(
            [(YEARS, [settings.TIME_ZONE]), TOTALS],
            ["DELETE FROM referrals_yearlytotal", "UPDATE referrals_reward SET year = NULL"],
        ),
    ]
