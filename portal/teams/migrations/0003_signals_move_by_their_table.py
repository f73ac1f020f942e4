"""The database refuses what the state machine of signals does not name.

The texts are those of `manage.py state_machines`; a test compares them with what is installed.
"""

from django.db import migrations

SIGNAL = """
CREATE OR REPLACE FUNCTION teams_signal_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE TRIGGER signals_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON teams_signal
    FOR EACH ROW EXECUTE FUNCTION teams_signal_state_moves();
"""
SIGNAL_BACK = """
DROP TRIGGER signals_move_by_their_table ON teams_signal;
DROP FUNCTION teams_signal_state_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_default_teams_and_rules")]
    operations = [
        migrations.RunSQL(SIGNAL, SIGNAL_BACK),
    ]
