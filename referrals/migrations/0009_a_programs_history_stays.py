"""Database triggers: a program's history is append-only, like those of introductions and rewards."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER refuse_update_and_delete BEFORE UPDATE OR DELETE ON referrals_programchange
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON referrals_programchange
    FOR EACH STATEMENT EXECUTE FUNCTION referrals_refuse_change();
"""
REVERSE = """
DROP TRIGGER refuse_update_and_delete ON referrals_programchange;
DROP TRIGGER refuse_truncate ON referrals_programchange;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_programs_with_steps_limits_and_asks")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
