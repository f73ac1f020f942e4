"""Database triggers: notes are append-only; only text written by a person may be erased, for
privacy.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION referrals_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.text = '' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER refuse_rewriting BEFORE UPDATE OR DELETE ON referrals_referralnote
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_rewriting();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON referrals_referralnote
    FOR EACH STATEMENT EXECUTE FUNCTION referrals_refuse_change();
"""
REVERSE = """
DROP TRIGGER refuse_rewriting ON referrals_referralnote;
DROP TRIGGER refuse_truncate ON referrals_referralnote;
DROP FUNCTION referrals_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0011_notes_and_protection")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
