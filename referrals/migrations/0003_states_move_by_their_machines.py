"""States move only as their state machines say; printed by `manage.py state_machines`."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION referrals_dispute_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('open') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'dispute % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'disputes_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'open' THEN NEW.state IN ('upheld', 'refused')
        WHEN 'upheld' THEN false
        WHEN 'refused' THEN false
        ELSE false
    END) THEN
        RAISE EXCEPTION 'dispute % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'disputes_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_fact_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('applied') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'fact % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'facts_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'applied' THEN NEW.state IN ('parked', 'review')
        WHEN 'parked' THEN NEW.state IN ('applied', 'review', 'dismissed')
        WHEN 'review' THEN NEW.state IN ('applied', 'parked', 'dismissed')
        WHEN 'dismissed' THEN false
        ELSE false
    END) THEN
        RAISE EXCEPTION 'fact % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'facts_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_inboundmessage_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('received') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'message % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'messages_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'received' THEN NEW.state IN ('processed', 'ignored', 'unusable', 'failed')
        WHEN 'processed' THEN false
        WHEN 'ignored' THEN false
        WHEN 'unusable' THEN NEW.state IN ('processed', 'ignored', 'failed')
        WHEN 'failed' THEN NEW.state IN ('processed', 'ignored', 'unusable')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'message % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'messages_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_payoutbatch_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('reserved') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'payment % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payments_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'reserved' THEN NEW.state IN ('sending', 'settled', 'failed')
        WHEN 'sending' THEN NEW.state IN ('settled', 'failed')
        WHEN 'settled' THEN NEW.state IN ('sending')
        WHEN 'failed' THEN NEW.state IN ('sending')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'payment % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'payments_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_payoutline_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('reserved') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'payment line % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lines_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'reserved' THEN NEW.state IN ('sent', 'settled', 'failed')
        WHEN 'sent' THEN NEW.state IN ('settled', 'failed')
        WHEN 'settled' THEN false
        WHEN 'failed' THEN NEW.state IN ('reserved')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'payment line % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lines_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_program_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('draft', 'open') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'program % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'programs_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'draft' THEN NEW.state IN ('open')
        WHEN 'open' THEN NEW.state IN ('paused', 'ended')
        WHEN 'paused' THEN NEW.state IN ('open', 'ended')
        WHEN 'ended' THEN false
        ELSE false
    END) THEN
        RAISE EXCEPTION 'program % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'programs_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_referenceinvitation_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('invited') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'invitation % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'invitations_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'invited' THEN NEW.state IN ('suggested', 'accepted', 'declined', 'taken_back')
        WHEN 'suggested' THEN NEW.state IN ('accepted', 'declined', 'taken_back')
        WHEN 'accepted' THEN NEW.state IN ('declined', 'taken_back')
        WHEN 'declined' THEN false
        WHEN 'taken_back' THEN false
        ELSE false
    END) THEN
        RAISE EXCEPTION 'invitation % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'invitations_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_referencerequest_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('asked') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'reference call % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reference_calls_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'asked' THEN NEW.state IN ('invited', 'withdrawn')
        WHEN 'invited' THEN NEW.state IN ('asked', 'suggested', 'waiting', 'agreed', 'withdrawn')
        WHEN 'suggested' THEN NEW.state IN ('asked', 'waiting', 'agreed', 'withdrawn')
        WHEN 'waiting' THEN NEW.state IN ('asked', 'agreed', 'withdrawn')
        WHEN 'agreed' THEN NEW.state IN ('asked', 'held', 'failed', 'withdrawn')
        WHEN 'held' THEN false
        WHEN 'failed' THEN false
        WHEN 'withdrawn' THEN false
        ELSE false
    END) THEN
        RAISE EXCEPTION 'reference call % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reference_calls_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_referral_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('draft', 'submitted') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'introduction % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'introductions_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'draft' THEN NEW.state IN ('submitted', 'withdrawn')
        WHEN 'submitted' THEN NEW.state IN ('consent_pending', 'accepted', 'declined', 'rejected',
            'withdrawn', 'expired', 'disqualified', 'merged')
        WHEN 'consent_pending' THEN NEW.state IN ('accepted', 'declined', 'rejected', 'withdrawn',
            'expired', 'disqualified', 'merged')
        WHEN 'accepted' THEN NEW.state IN ('qualified', 'declined', 'rejected', 'withdrawn',
            'expired', 'lost', 'disqualified', 'merged')
        WHEN 'qualified' THEN NEW.state IN ('opportunity', 'rejected', 'lost', 'disqualified')
        WHEN 'opportunity' THEN NEW.state IN ('won', 'rejected', 'lost', 'disqualified')
        WHEN 'won' THEN NEW.state IN ('live', 'rejected', 'disqualified')
        WHEN 'live' THEN NEW.state IN ('rejected', 'disqualified')
        WHEN 'declined' THEN false
        WHEN 'rejected' THEN NEW.state IN ('accepted')
        WHEN 'withdrawn' THEN false
        WHEN 'expired' THEN NEW.state IN ('accepted')
        WHEN 'lost' THEN NEW.state IN ('accepted', 'qualified', 'opportunity', 'won')
        WHEN 'disqualified' THEN NEW.state IN ('accepted')
        WHEN 'merged' THEN false
        ELSE false
    END) THEN
        RAISE EXCEPTION 'introduction % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'introductions_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_reward_state_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state IN ('held', 'pending') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'reward % cannot begin as %', NEW.id, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'rewards_move_by_their_table';
    END IF;
    IF OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE OLD.state
        WHEN 'held' THEN NEW.state IN ('pending', 'approved', 'reversed')
        WHEN 'pending' THEN NEW.state IN ('held', 'approved', 'reversed')
        WHEN 'approved' THEN NEW.state IN ('held', 'available', 'reversed')
        WHEN 'available' THEN NEW.state IN ('reserved', 'reversed')
        WHEN 'reserved' THEN NEW.state IN ('available', 'fulfilled')
        WHEN 'fulfilled' THEN false
        WHEN 'reversed' THEN NEW.state IN ('held', 'pending')
            OR NEW.state = 'reserved' AND EXISTS (SELECT 1 FROM referrals_payoutline WHERE reward_id = NEW.id AND is_unsure)
        ELSE false
    END) THEN
        RAISE EXCEPTION 'reward % cannot go from % to %', NEW.id, OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'rewards_move_by_their_table';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER disputes_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_dispute
    FOR EACH ROW
    EXECUTE FUNCTION referrals_dispute_state_moves();

CREATE TRIGGER facts_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_fact
    FOR EACH ROW
    EXECUTE FUNCTION referrals_fact_state_moves();

CREATE TRIGGER introductions_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_referral
    FOR EACH ROW
    EXECUTE FUNCTION referrals_referral_state_moves();

CREATE TRIGGER invitations_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_referenceinvitation
    FOR EACH ROW
    EXECUTE FUNCTION referrals_referenceinvitation_state_moves();

CREATE TRIGGER lines_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_payoutline
    FOR EACH ROW
    EXECUTE FUNCTION referrals_payoutline_state_moves();

CREATE TRIGGER messages_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_inboundmessage
    FOR EACH ROW
    EXECUTE FUNCTION referrals_inboundmessage_state_moves();

CREATE TRIGGER payments_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_payoutbatch
    FOR EACH ROW
    EXECUTE FUNCTION referrals_payoutbatch_state_moves();

CREATE TRIGGER programs_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_program
    FOR EACH ROW
    EXECUTE FUNCTION referrals_program_state_moves();

CREATE TRIGGER reference_calls_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_referencerequest
    FOR EACH ROW
    EXECUTE FUNCTION referrals_referencerequest_state_moves();

CREATE TRIGGER rewards_move_by_their_table
    BEFORE INSERT OR UPDATE OF state ON referrals_reward
    FOR EACH ROW
    EXECUTE FUNCTION referrals_reward_state_moves();
"""

REVERSE = """
DROP TRIGGER disputes_move_by_their_table ON referrals_dispute;
DROP TRIGGER facts_move_by_their_table ON referrals_fact;
DROP TRIGGER introductions_move_by_their_table ON referrals_referral;
DROP TRIGGER invitations_move_by_their_table ON referrals_referenceinvitation;
DROP TRIGGER lines_move_by_their_table ON referrals_payoutline;
DROP TRIGGER messages_move_by_their_table ON referrals_inboundmessage;
DROP TRIGGER payments_move_by_their_table ON referrals_payoutbatch;
DROP TRIGGER programs_move_by_their_table ON referrals_program;
DROP TRIGGER reference_calls_move_by_their_table ON referrals_referencerequest;
DROP TRIGGER rewards_move_by_their_table ON referrals_reward;
DROP FUNCTION referrals_dispute_state_moves();
DROP FUNCTION referrals_fact_state_moves();
DROP FUNCTION referrals_inboundmessage_state_moves();
DROP FUNCTION referrals_payoutbatch_state_moves();
DROP FUNCTION referrals_payoutline_state_moves();
DROP FUNCTION referrals_program_state_moves();
DROP FUNCTION referrals_referenceinvitation_state_moves();
DROP FUNCTION referrals_referencerequest_state_moves();
DROP FUNCTION referrals_referral_state_moves();
DROP FUNCTION referrals_reward_state_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_ledger_invariants")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, REVERSE)]
