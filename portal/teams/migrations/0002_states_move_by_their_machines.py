"""States move only as their state machines say; printed by `manage.py state_machines`."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION teams_signal_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('open') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'signal % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'signals_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'open' THEN NEW.state IN ('claimed', 'snoozed', 'resolved')
        WHEN 'claimed' THEN NEW.state IN ('open', 'snoozed', 'resolved')
        WHEN 'snoozed' THEN NEW.state IN ('open', 'claimed', 'resolved')
        WHEN 'resolved' THEN NEW.state IN ('open', 'claimed')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'signal % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'signals_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER signals_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON teams_signal
    FOR EACH ROW
    EXECUTE FUNCTION teams_signal_state_moves();
"""

REVERSE = """
DROP TRIGGER signals_move_by_their_table ON teams_signal;
DROP FUNCTION teams_signal_state_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_tables")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, REVERSE)]
