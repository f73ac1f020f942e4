"""Database triggers: rewards equal the ledger, histories are complete and payments in order,
whatever the code does.

Numbers are those of the invariants on the page "Ledger checks". Deferred triggers check when the
transaction commits.
"""

from django.db import migrations

REWARD_MOVES = (
    "'>held', '>pending', 'pending>held', 'held>pending', 'held>approved', 'pending>approved', 'approved>available', "
    "'approved>held', 'available>reserved', 'reserved>available', 'reserved>fulfilled', 'held>reversed', "
    "'pending>reversed', 'approved>reversed', 'available>reversed', 'reversed>held', 'reversed>pending'"
)
LINE_MOVES = "'reserved>sent', 'reserved>settled', 'reserved>failed', 'sent>settled', 'sent>failed', 'failed>reserved'"
BATCH_MOVES = (
    "'reserved>sending', 'reserved>settled', 'reserved>failed', 'sending>settled', 'sending>failed', "
    "'settled>sending', 'failed>sending'"
)

# 4, 7: what a reward says is what the ledger holds for it; in payment and paid it has its live line
BALANCE = """
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
CREATE CONSTRAINT TRIGGER rewards_equal_the_ledger AFTER INSERT OR UPDATE OF state, amount, reversed_amount
    ON referrals_reward DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_check_reward_of_row();
CREATE CONSTRAINT TRIGGER rewards_equal_the_ledger AFTER INSERT ON referrals_ledgertransaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reward_id IS NOT NULL)
    EXECUTE FUNCTION referrals_check_reward_of_row();
CREATE CONSTRAINT TRIGGER rewards_equal_their_payments AFTER INSERT OR UPDATE OF is_live ON referrals_payoutline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_check_reward_of_row();
"""

# 7: rewards, lines and batches move by their table; a payment is never rewritten or deleted
MOVES = f"""
CREATE FUNCTION referrals_refuse_move(what text, id bigint, before text, after text, rule text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % cannot go from % to %', what, id, before, after
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = rule;
END $$;
CREATE FUNCTION referrals_reward_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state || '>' || NEW.state NOT IN ({REWARD_MOVES}) THEN
        PERFORM referrals_refuse_move('reward', NEW.id, OLD.state, NEW.state, 'rewards_move_by_their_table');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rewards_move_by_their_table BEFORE UPDATE OF state ON referrals_reward FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION referrals_reward_moves();
CREATE FUNCTION referrals_line_moves() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({LINE_MOVES}) THEN
        PERFORM referrals_refuse_move('payment line', NEW.id, OLD.state, NEW.state, 'lines_move_by_their_table');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_released_payment_never_changes BEFORE INSERT OR UPDATE ON referrals_payoutline FOR EACH ROW
    EXECUTE FUNCTION referrals_line_moves();
CREATE FUNCTION referrals_batch_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.program_id, OLD.created_at, OLD.created_by_id) IS DISTINCT FROM
        (NEW.program_id, NEW.created_at, NEW.created_by_id)
    THEN
        RAISE EXCEPTION 'payment % never changes', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_released_payment_never_changes';
    END IF;
    IF OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({BATCH_MOVES}) THEN
        PERFORM referrals_refuse_move('payment', NEW.id, OLD.state, NEW.state, 'payments_move_by_their_table');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_move_by_their_table BEFORE UPDATE ON referrals_payoutbatch FOR EACH ROW
    EXECUTE FUNCTION referrals_batch_moves();
CREATE TRIGGER refuse_delete BEFORE DELETE ON referrals_payoutline FOR EACH ROW
    EXECUTE FUNCTION referrals_refuse_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON referrals_reward FOR EACH ROW EXECUTE FUNCTION referrals_refuse_change();
"""  # noqa: S608  the texts above

# 10: nobody decides about an introduction they made or received
OWN = """
CREATE FUNCTION referrals_refuse_own_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM referrals_referral i WHERE i.id = NEW.referral_id
        AND NEW.approved_by_id IN (i.referrer_id, i.referee_id)) THEN
        RAISE EXCEPTION 'nobody approves a reward of her own introduction'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'nobody_approves_her_own_introduction';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER nobody_approves_her_own_introduction BEFORE INSERT OR UPDATE OF approved_by_id ON referrals_reward
    FOR EACH ROW WHEN (NEW.approved_by_id IS NOT NULL) EXECUTE FUNCTION referrals_refuse_own_approval();
"""

# 11: every state has its line of history; 15: every reward is announced in the commit that grants it
HISTORY = """
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
CREATE CONSTRAINT TRIGGER history_leads_to_the_present AFTER UPDATE OF state, version ON referrals_referral
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state <> NEW.state OR OLD.version <> NEW.version)
    EXECUTE FUNCTION referrals_history_is_complete();
CREATE CONSTRAINT TRIGGER history_leads_to_the_present
    AFTER INSERT OR UPDATE OF state, version, amount, reversed_amount ON referrals_reward
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_history_is_complete();
CREATE FUNCTION referrals_reward_is_announced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM events_event WHERE subject = 'referrals.reward:' || NEW.id
        AND name = 'referrals.reward.granted') THEN
        RAISE EXCEPTION 'reward % was not announced', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_reward_is_announced_when_granted';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER a_reward_is_announced_when_granted AFTER INSERT ON referrals_reward
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_reward_is_announced();
"""

# 9, 14: a message stays as received, and counts as applied only with its effect
FACTS = """
CREATE FUNCTION referrals_fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'fact % stays as it was told', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_fact_stays_as_it_was_told';
END $$;
CREATE TRIGGER a_fact_stays_as_it_was_told BEFORE UPDATE ON referrals_fact FOR EACH ROW
    WHEN ((OLD.source, OLD.external_id, OLD.kind, OLD.body, OLD.digest, OLD.public_id) IS DISTINCT FROM
        (NEW.source, NEW.external_id, NEW.kind, NEW.body, NEW.digest, NEW.public_id))
    EXECUTE FUNCTION referrals_fact_stays();
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
CREATE CONSTRAINT TRIGGER an_applied_fact_has_its_effect AFTER INSERT OR UPDATE OF state ON referrals_fact
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'applied')
    EXECUTE FUNCTION referrals_fact_has_its_effect();
"""

# 13: an account only ever loses its name, and an erased person gets no new one
ACCOUNTS = """
CREATE FUNCTION referrals_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
END $$;
CREATE TRIGGER an_account_only_loses_its_name BEFORE INSERT OR UPDATE OR DELETE ON referrals_ledgeraccount
    FOR EACH ROW EXECUTE FUNCTION referrals_account_stays();
"""

TRIGGERS = (
    ("an_account_only_loses_its_name", "ledgeraccount"),
    ("an_applied_fact_has_its_effect", "fact"),
    ("a_fact_stays_as_it_was_told", "fact"),
    ("a_reward_is_announced_when_granted", "reward"),
    ("history_leads_to_the_present", "reward"),
    ("history_leads_to_the_present", "referral"),
    ("nobody_approves_her_own_introduction", "reward"),
    ("refuse_delete", "reward"),
    ("refuse_delete", "payoutline"),
    ("payments_move_by_their_table", "payoutbatch"),
    ("a_released_payment_never_changes", "payoutline"),
    ("rewards_move_by_their_table", "reward"),
    ("rewards_equal_their_payments", "payoutline"),
    ("rewards_equal_the_ledger", "ledgertransaction"),
    ("rewards_equal_the_ledger", "reward"),
)
FUNCTIONS = (
    "account_stays()",
    "fact_has_its_effect()",
    "fact_stays()",
    "reward_is_announced()",
    "history_is_complete()",
    "refuse_own_approval()",
    "batch_moves()",
    "line_moves()",
    "reward_moves()",
    "refuse_move(text, bigint, text, text, text)",
    "check_reward_of_row()",
    "check_reward(bigint)",
)
REVERSE = "".join(
    f"DROP TRIGGER {name} ON referrals_{table};" for name, table in TRIGGERS
) + "".join(f"DROP FUNCTION referrals_{function};" for function in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0021_payments_keep_their_word"),
        ("accounts", "0001_people_and_organizations"),
        ("events", "0001_the_log_of_facts"),
    ]
    operations = [migrations.RunSQL(BALANCE + MOVES + OWN + HISTORY + FACTS + ACCOUNTS, REVERSE)]
