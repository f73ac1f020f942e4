"""States move only as their state machines say; printed by `manage.py state_machines`."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION core_longjob_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('waiting') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'long job % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'long_jobs_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'waiting' THEN NEW.state IN ('running', 'stopped')
        WHEN 'running' THEN NEW.state IN ('done', 'failed', 'stopped')
        WHEN 'done' THEN false
        WHEN 'failed' THEN false
        WHEN 'stopped' THEN false
        ELSE false
    END) THEN
        RAISE EXCEPTION 'long job % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'long_jobs_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER long_jobs_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON core_longjob
    FOR EACH ROW
    EXECUTE FUNCTION core_longjob_state_moves();
"""

REVERSE = """
DROP TRIGGER long_jobs_move_by_their_table ON core_longjob;
DROP FUNCTION core_longjob_state_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_tables")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, REVERSE)]
