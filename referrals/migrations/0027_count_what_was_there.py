"""Marks the aggregates for a rebuild from existing rows: on the next view, or by the periodic task
within a minute.
"""

from django.db import migrations

FORWARD = "INSERT INTO referrals_stalemilestones (referral_id) VALUES (0)"
REVERSE = """
DELETE FROM referrals_stalemilestones WHERE referral_id = 0; DELETE FROM referrals_clickchange;
DELETE FROM referrals_milestonecount; DELETE FROM referrals_waitcount; DELETE FROM referrals_clickcount;
DELETE FROM referrals_sourcecount
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0026_changes_reach_the_tallies")]
    operations = [migrations.RunSQL(FORWARD, REVERSE, elidable=True)]
