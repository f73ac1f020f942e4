"""States move only as their state machines say; printed by `manage.py state_machines`."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION delivery_delivery_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('waiting') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'delivery % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deliveries_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'waiting' THEN NEW.state IN ('delivered', 'dead')
        WHEN 'delivered' THEN NEW.state IN ('waiting')
        WHEN 'dead' THEN NEW.state IN ('waiting')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'delivery % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'deliveries_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER deliveries_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON delivery_delivery
    FOR EACH ROW
    EXECUTE FUNCTION delivery_delivery_state_moves();
"""

REVERSE = """
DROP TRIGGER deliveries_move_by_their_table ON delivery_delivery;
DROP FUNCTION delivery_delivery_state_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_tables")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, REVERSE)]
