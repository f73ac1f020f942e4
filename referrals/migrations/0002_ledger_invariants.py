"""What the database holds of introductions, rewards, payments and the ledger, whoever writes."""

from __future__ import annotations

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION referrals_account_stays() RETURNS trigger LANGUAGE plpgsql AS $_$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF referrals_row_of_sample(TG_TABLE_NAME, to_jsonb(OLD)) THEN
            RETURN OLD;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'ledger account % stays', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_account_only_loses_its_name';
    END IF;
    IF TG_OP = 'UPDATE' AND ((OLD.kind, OLD.currency) IS DISTINCT FROM (NEW.kind, NEW.currency)
        OR OLD.holder <> NEW.holder AND NEW.holder NOT LIKE 'erased:%')
    THEN
        RAISE EXCEPTION 'ledger account % only loses its name', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_account_only_loses_its_name';
    END IF;
    IF NEW.holder ~ '^(user|donation):[0-9]+$' AND EXISTS (SELECT 1 FROM accounts_user u
        WHERE u.id = split_part(NEW.holder, ':', 2)::bigint AND u.erased_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'an erased person has no account'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_erased_person_has_no_account';
    END IF;
    RETURN NEW;
END $_$;

CREATE FUNCTION referrals_batch_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.program_id, OLD.created_at, OLD.created_by_id) IS DISTINCT FROM
        (NEW.program_id, NEW.created_at, NEW.created_by_id)
    THEN
        RAISE EXCEPTION 'payment % never changes', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_released_payment_never_changes';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_check_reward(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r record; s record; line record; net bigint;
BEGIN
    SELECT state, amount, reversed_amount INTO r FROM referrals_reward WHERE id = wanted;
    IF NOT FOUND THEN RETURN; END IF;
    net := r.amount - r.reversed_amount;
    SELECT COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'member_pending'), 0) AS pending,
        COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'member_available'), 0) AS available,
        COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'payout_clearing'), 0) AS clearing,
        COALESCE(SUM(e.amount) FILTER (WHERE a.kind = 'program_expense'), 0) AS expense INTO s
    FROM referrals_ledgertransaction t JOIN referrals_ledgerentry e ON e.transaction_id = t.id
    JOIN referrals_ledgeraccount a ON a.id = e.account_id WHERE t.reward_id = wanted;
    SELECT COUNT(*) AS n, COALESCE(SUM(amount), 0) AS amount INTO line
    FROM referrals_payoutline WHERE reward_id = wanted AND is_live;
    IF (s.expense <> -net
        OR s.pending <> CASE WHEN r.state IN ('held', 'pending', 'approved') THEN net ELSE 0 END
        OR s.available <> CASE WHEN r.state = 'available' THEN net ELSE 0 END
        OR s.clearing <> CASE WHEN r.state = 'reserved' THEN line.amount ELSE 0 END)
    THEN
        RAISE EXCEPTION 'reward % (%) and the ledger disagree', wanted, r.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'rewards_equal_the_ledger';
    END IF;
    IF (r.state IN ('reserved', 'fulfilled')) <> (line.n > 0) THEN
        RAISE EXCEPTION 'reward % (%) and its payment disagree', wanted, r.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'rewards_equal_their_payments';
    END IF;
END $$;

CREATE FUNCTION referrals_check_reward_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'referrals_reward' THEN PERFORM referrals_check_reward(NEW.id);
    ELSE PERFORM referrals_check_reward(NEW.reward_id); END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_fact_has_its_effect() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE f record;
BEGIN
    SELECT state, kind, result, body INTO f FROM referrals_fact WHERE id = NEW.id;
    IF (FOUND AND f.state = 'applied' AND NOT CASE
        WHEN f.kind IN ('conversion', 'reference') THEN EXISTS (SELECT 1 FROM referrals_conversion c
            WHERE c.public_id = (f.result->>'conversion')::uuid)
        WHEN f.kind = 'refund' THEN EXISTS (SELECT 1 FROM referrals_conversion c
            WHERE c.public_id = (f.result->>'conversion')::uuid AND (f.result->>'refund' = 'failed'
                OR EXISTS (SELECT 1 FROM referrals_refund b WHERE b.conversion_id = c.id
                    AND b.reference = f.result->>'refund')
                OR EXISTS (SELECT 1 FROM referrals_refundtotal b WHERE b.conversion_id = c.id
                    AND b.charge = COALESCE(f.body->>'charge', '') AND b.amount >= (f.body->>'total')::bigint)))
        ELSE EXISTS (SELECT 1 FROM referrals_referral i WHERE i.public_id = (f.result->>'referral')::uuid) END)
    THEN
        RAISE EXCEPTION 'fact % counts as applied without its effect', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_applied_fact_has_its_effect';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'fact % stays as it was told', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_fact_stays_as_it_was_told';
END $$;

CREATE FUNCTION referrals_history_is_complete() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found boolean;
BEGIN
    IF TG_TABLE_NAME = 'referrals_referral' THEN
        found := EXISTS (SELECT 1 FROM referrals_referralchange c
            WHERE c.referral_id = NEW.id AND c.version = NEW.version AND c.after = NEW.state);
    ELSE
        found := EXISTS (SELECT 1 FROM referrals_rewardchange c
            WHERE c.reward_id = NEW.id AND c.version = NEW.version AND c.after = NEW.state
            AND c.amount = NEW.amount AND c.reversed_amount = NEW.reversed_amount);
    END IF;
    IF NOT found THEN
        RAISE EXCEPTION '% % version % (%) has no history', TG_TABLE_NAME, NEW.id, NEW.version, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'history_leads_to_the_present';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_holder_of_sample(holder text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE split_part(holder, ':', 1)
        WHEN 'user' THEN EXISTS (SELECT FROM accounts_user u WHERE u.is_sample
            AND u.id::text = split_part(holder, ':', 2))
        WHEN 'donation' THEN EXISTS (SELECT FROM accounts_user u WHERE u.is_sample
            AND u.id::text = split_part(holder, ':', 2))
        WHEN 'organization' THEN EXISTS (SELECT FROM accounts_organization o WHERE o.is_sample
            AND o.id::text = split_part(holder, ':', 2))
        WHEN 'program' THEN EXISTS (SELECT FROM referrals_program p WHERE p.is_sample
            AND p.id::text = split_part(holder, ':', 2))
        ELSE false END
$$;

CREATE FUNCTION referrals_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'reserved' OR (SELECT state FROM referrals_payoutbatch WHERE id = NEW.batch_id) <> 'reserved'
        THEN
            RAISE EXCEPTION 'payment % takes no further line', NEW.batch_id
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_released_payment_never_changes';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.batch_id, OLD.reward_id, OLD.payment_id, OLD.amount, OLD.netted, OLD.currency) IS DISTINCT FROM
        (NEW.batch_id, NEW.reward_id, NEW.payment_id, NEW.amount, NEW.netted, NEW.currency)
    THEN
        RAISE EXCEPTION 'payment line % never changes', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_released_payment_never_changes';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_of_sample(introduction bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM referrals_referral i JOIN accounts_user u ON u.id = i.referrer_id
        LEFT JOIN accounts_organization o ON o.id = i.organization_id
        WHERE i.id = introduction AND (i.is_sample OR u.is_sample OR COALESCE(o.is_sample, false)))
$$;

CREATE FUNCTION referrals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF referrals_row_of_sample(TG_TABLE_NAME, to_jsonb(OLD)) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION referrals_refuse_own_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM referrals_referral i WHERE i.id = NEW.referral_id
        AND NEW.approved_by_id IN (i.referrer_id, i.referee_id)) THEN
        RAISE EXCEPTION 'nobody approves a reward of her own introduction'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'nobody_approves_her_own_introduction';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION referrals_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF referrals_row_of_sample(TG_TABLE_NAME, to_jsonb(OLD)) THEN
            RETURN OLD;
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.text = '' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION referrals_reward_is_announced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM events_event WHERE subject = 'referrals.reward:' || NEW.id
        AND name = 'referrals.reward.granted') THEN
        RAISE EXCEPTION 'reward % was not announced', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_reward_is_announced_when_granted';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_reward_of_sample(reward bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM referrals_reward r WHERE r.id = reward AND referrals_of_sample(r.referral_id))
$$;

CREATE FUNCTION referrals_row_of_sample(held text, gone jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF COALESCE(current_setting('hazumi.removing_sample', true), '') <> 'on' THEN
        RETURN false;
    END IF;
    RETURN CASE held
        WHEN 'referrals_referralchange' THEN referrals_of_sample((gone->>'referral_id')::bigint)
        WHEN 'referrals_referralnote' THEN referrals_of_sample((gone->>'referral_id')::bigint)
        WHEN 'referrals_reward' THEN referrals_of_sample((gone->>'referral_id')::bigint)
        WHEN 'referrals_rewardchange' THEN referrals_reward_of_sample((gone->>'reward_id')::bigint)
        WHEN 'referrals_payoutline' THEN referrals_reward_of_sample((gone->>'reward_id')::bigint)
        WHEN 'referrals_ledgertransaction' THEN referrals_reward_of_sample((gone->>'reward_id')::bigint)
        WHEN 'referrals_ledgerentry' THEN EXISTS (SELECT FROM referrals_ledgertransaction t
            WHERE t.id = (gone->>'transaction_id')::bigint AND referrals_reward_of_sample(t.reward_id))
        WHEN 'referrals_ledgeraccount' THEN referrals_holder_of_sample(gone->>'holder')
        WHEN 'referrals_termsversion' THEN EXISTS (SELECT FROM referrals_program p WHERE p.is_sample
            AND p.id = (gone->>'program_id')::bigint)
        WHEN 'referrals_programchange' THEN EXISTS (SELECT FROM referrals_program p WHERE p.is_sample
            AND p.id = (gone->>'program_id')::bigint)
        WHEN 'referrals_referencechange' THEN EXISTS (SELECT FROM referrals_referencerequest q
            WHERE q.id = (gone->>'request_id')::bigint AND q.is_sample)
        ELSE false END;
END $$;

CREATE FUNCTION referrals_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM referrals_ledgerentry e WHERE e.transaction_id = NEW.transaction_id
        GROUP BY e.currency HAVING SUM(e.amount) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM referrals_ledgeraccount a WHERE a.id = NEW.account_id AND a.currency <> NEW.currency
    ) THEN
        RAISE EXCEPTION 'ledger entry % is not in its account''s currency', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.amount < 0 AND EXISTS (
        SELECT 1 FROM referrals_ledgeraccount a WHERE a.id = NEW.account_id
        AND a.kind IN ('member_pending', 'member_available', 'payout_clearing')
        AND (SELECT SUM(e.amount) FROM referrals_ledgerentry e WHERE e.account_id = a.id) < 0
    ) THEN
        RAISE EXCEPTION 'ledger account % would fall below zero', NEW.account_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION referrals_unsure_is_resolved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM referrals_payoutline WHERE reward_id = NEW.reward_id AND is_unsure) THEN
        RAISE EXCEPTION 'reward % may have been paid already', NEW.reward_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_unsure_payment_is_resolved_first';
    END IF;
    RETURN NEW;
END $$;
"""

TRIGGERS = """
CREATE TRIGGER a_fact_stays_as_it_was_told
    BEFORE UPDATE ON referrals_fact
    FOR EACH ROW
    WHEN ((((((((old.source)::text IS DISTINCT FROM (new.source)::text)
        OR ((old.external_id)::text IS DISTINCT FROM (new.external_id)::text))
        OR ((old.kind)::text IS DISTINCT FROM (new.kind)::text))
        OR (old.body IS DISTINCT FROM new.body))
        OR ((old.digest)::text IS DISTINCT FROM (new.digest)::text))
        OR (old.public_id IS DISTINCT FROM new.public_id)))
    EXECUTE FUNCTION referrals_fact_stays();

CREATE TRIGGER a_released_payment_never_changes
    BEFORE UPDATE ON referrals_payoutbatch
    FOR EACH ROW
    EXECUTE FUNCTION referrals_batch_stays();

CREATE TRIGGER a_released_payment_never_changes
    BEFORE INSERT OR UPDATE ON referrals_payoutline
    FOR EACH ROW
    EXECUTE FUNCTION referrals_line_stays();

CREATE CONSTRAINT TRIGGER a_reward_is_announced_when_granted
    AFTER INSERT ON referrals_reward DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION referrals_reward_is_announced();

CREATE TRIGGER an_account_only_loses_its_name
    BEFORE INSERT OR DELETE OR UPDATE ON referrals_ledgeraccount
    FOR EACH ROW
    EXECUTE FUNCTION referrals_account_stays();

CREATE CONSTRAINT TRIGGER an_applied_fact_has_its_effect
    AFTER INSERT OR UPDATE OF state ON referrals_fact DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    WHEN (((new.state)::text = 'applied'::text))
    EXECUTE FUNCTION referrals_fact_has_its_effect();

CREATE TRIGGER an_unsure_payment_is_resolved_first
    BEFORE INSERT ON referrals_payoutline
    FOR EACH ROW
    EXECUTE FUNCTION referrals_unsure_is_resolved();

CREATE CONSTRAINT TRIGGER every_transaction_sums_to_zero
    AFTER INSERT ON referrals_ledgerentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION referrals_transaction_balances();

CREATE CONSTRAINT TRIGGER history_leads_to_the_present
    AFTER UPDATE OF state, version ON referrals_referral DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    WHEN ((((old.state)::text <> (new.state)::text) OR (old.version <> new.version)))
    EXECUTE FUNCTION referrals_history_is_complete();

CREATE CONSTRAINT TRIGGER history_leads_to_the_present
    AFTER INSERT OR UPDATE OF state, version, amount, reversed_amount ON referrals_reward DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION referrals_history_is_complete();

CREATE TRIGGER nobody_approves_her_own_introduction
    BEFORE INSERT OR UPDATE OF approved_by_id ON referrals_reward
    FOR EACH ROW
    WHEN ((new.approved_by_id IS NOT NULL))
    EXECUTE FUNCTION referrals_refuse_own_approval();

CREATE TRIGGER refuse_change
    BEFORE DELETE OR UPDATE ON referrals_conversioncorrection
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_delete
    BEFORE DELETE ON referrals_payoutline
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_delete
    BEFORE DELETE ON referrals_reward
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_rewriting
    BEFORE DELETE OR UPDATE ON referrals_referralnote
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_rewriting();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_conversioncorrection
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_ledgerentry
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_ledgertransaction
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_programchange
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_referencechange
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_referralchange
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_referralnote
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_rewardchange
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_truncate
    BEFORE TRUNCATE ON referrals_termsversion
    FOR EACH STATEMENT
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_update_and_delete
    BEFORE DELETE OR UPDATE ON referrals_ledgerentry
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_update_and_delete
    BEFORE DELETE OR UPDATE ON referrals_ledgertransaction
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_update_and_delete
    BEFORE DELETE OR UPDATE ON referrals_programchange
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_update_and_delete
    BEFORE DELETE OR UPDATE ON referrals_referencechange
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_update_and_delete
    BEFORE DELETE OR UPDATE ON referrals_referralchange
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_update_and_delete
    BEFORE DELETE OR UPDATE ON referrals_rewardchange
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE TRIGGER refuse_update_and_delete
    BEFORE DELETE OR UPDATE ON referrals_termsversion
    FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();

CREATE CONSTRAINT TRIGGER rewards_equal_the_ledger
    AFTER INSERT ON referrals_ledgertransaction DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    WHEN ((new.reward_id IS NOT NULL))
    EXECUTE FUNCTION referrals_check_reward_of_row();

CREATE CONSTRAINT TRIGGER rewards_equal_the_ledger
    AFTER INSERT OR UPDATE OF state, amount, reversed_amount ON referrals_reward DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION referrals_check_reward_of_row();

CREATE CONSTRAINT TRIGGER rewards_equal_their_payments
    AFTER INSERT OR UPDATE OF is_live ON referrals_payoutline DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION referrals_check_reward_of_row();
"""

REVERSE = """
DROP TRIGGER a_fact_stays_as_it_was_told ON referrals_fact;
DROP TRIGGER a_released_payment_never_changes ON referrals_payoutbatch;
DROP TRIGGER a_released_payment_never_changes ON referrals_payoutline;
DROP TRIGGER a_reward_is_announced_when_granted ON referrals_reward;
DROP TRIGGER an_account_only_loses_its_name ON referrals_ledgeraccount;
DROP TRIGGER an_applied_fact_has_its_effect ON referrals_fact;
DROP TRIGGER an_unsure_payment_is_resolved_first ON referrals_payoutline;
DROP TRIGGER every_transaction_sums_to_zero ON referrals_ledgerentry;
DROP TRIGGER history_leads_to_the_present ON referrals_referral;
DROP TRIGGER history_leads_to_the_present ON referrals_reward;
DROP TRIGGER nobody_approves_her_own_introduction ON referrals_reward;
DROP TRIGGER refuse_change ON referrals_conversioncorrection;
DROP TRIGGER refuse_delete ON referrals_payoutline;
DROP TRIGGER refuse_delete ON referrals_reward;
DROP TRIGGER refuse_rewriting ON referrals_referralnote;
DROP TRIGGER refuse_truncate ON referrals_conversioncorrection;
DROP TRIGGER refuse_truncate ON referrals_ledgerentry;
DROP TRIGGER refuse_truncate ON referrals_ledgertransaction;
DROP TRIGGER refuse_truncate ON referrals_programchange;
DROP TRIGGER refuse_truncate ON referrals_referencechange;
DROP TRIGGER refuse_truncate ON referrals_referralchange;
DROP TRIGGER refuse_truncate ON referrals_referralnote;
DROP TRIGGER refuse_truncate ON referrals_rewardchange;
DROP TRIGGER refuse_truncate ON referrals_termsversion;
DROP TRIGGER refuse_update_and_delete ON referrals_ledgerentry;
DROP TRIGGER refuse_update_and_delete ON referrals_ledgertransaction;
DROP TRIGGER refuse_update_and_delete ON referrals_programchange;
DROP TRIGGER refuse_update_and_delete ON referrals_referencechange;
DROP TRIGGER refuse_update_and_delete ON referrals_referralchange;
DROP TRIGGER refuse_update_and_delete ON referrals_rewardchange;
DROP TRIGGER refuse_update_and_delete ON referrals_termsversion;
DROP TRIGGER rewards_equal_the_ledger ON referrals_ledgertransaction;
DROP TRIGGER rewards_equal_the_ledger ON referrals_reward;
DROP TRIGGER rewards_equal_their_payments ON referrals_payoutline;
DROP FUNCTION referrals_account_stays();
DROP FUNCTION referrals_batch_stays();
DROP FUNCTION referrals_check_reward(wanted bigint);
DROP FUNCTION referrals_check_reward_of_row();
DROP FUNCTION referrals_fact_has_its_effect();
DROP FUNCTION referrals_fact_stays();
DROP FUNCTION referrals_history_is_complete();
DROP FUNCTION referrals_holder_of_sample(holder text);
DROP FUNCTION referrals_line_stays();
DROP FUNCTION referrals_of_sample(introduction bigint);
DROP FUNCTION referrals_refuse_change();
DROP FUNCTION referrals_refuse_own_approval();
DROP FUNCTION referrals_refuse_rewriting();
DROP FUNCTION referrals_reward_is_announced();
DROP FUNCTION referrals_reward_of_sample(reward bigint);
DROP FUNCTION referrals_row_of_sample(held text, gone jsonb);
DROP FUNCTION referrals_transaction_balances();
DROP FUNCTION referrals_unsure_is_resolved();
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_tables")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, REVERSE)]
