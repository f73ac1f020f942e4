"""The audit log is append-only: the database refuses UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""

TRIGGERS = """
CREATE TRIGGER audit_entry_is_append_only
    BEFORE DELETE OR UPDATE ON audit_auditentry
    FOR EACH ROW
    EXECUTE FUNCTION audit_refuse_change();

CREATE TRIGGER audit_entry_is_never_truncated
    BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse_change();
"""

REVERSE = """
DROP TRIGGER audit_entry_is_append_only ON audit_auditentry;
DROP TRIGGER audit_entry_is_never_truncated ON audit_auditentry;
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, REVERSE)]
