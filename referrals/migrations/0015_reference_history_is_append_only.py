"""Database triggers: the history of reference calls is append-only."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER refuse_update_and_delete BEFORE UPDATE OR DELETE ON referrals_referencechange
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON referrals_referencechange
    FOR EACH STATEMENT EXECUTE FUNCTION referrals_refuse_change();
"""
REVERSE = """
DROP TRIGGER refuse_update_and_delete ON referrals_referencechange;
DROP TRIGGER refuse_truncate ON referrals_referencechange;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0014_reference_calls")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
