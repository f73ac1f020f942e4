"""Database triggers: the ledger balances and histories are append-only, whatever the code does."""

from django.db import migrations

APPEND_ONLY = (
    "referrals_ledgertransaction",
    "referrals_ledgerentry",
    "referrals_referralchange",
    "referrals_rewardchange",
    "referrals_termsversion",
)

FUNCTIONS = """
CREATE FUNCTION referrals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
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
CREATE CONSTRAINT TRIGGER every_transaction_sums_to_zero AFTER INSERT ON referrals_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION referrals_transaction_balances();
"""

FORWARD = FUNCTIONS + "".join(
    f"""
CREATE TRIGGER refuse_update_and_delete BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION referrals_refuse_change();
"""
    for table in APPEND_ONLY
)
REVERSE = (
    "DROP TRIGGER every_transaction_sums_to_zero ON referrals_ledgerentry;"
    + "".join(
        f"DROP TRIGGER refuse_update_and_delete ON {table}; DROP TRIGGER refuse_truncate ON {table};"
        for table in APPEND_ONLY
    )
    + "DROP FUNCTION referrals_transaction_balances(); DROP FUNCTION referrals_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_introductions_rewards_and_ledger")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
