"""Append-only tables let go of rows of the sample company, and of nothing else, while it is being removed.

`hazumi.removing_sample` opens nothing by itself: each row is looked at, and only one of a sample introduction, reward,
program or holder goes. No privilege is needed, and the triggers stay on.
"""

from django.db import migrations

SAMPLE = """
CREATE FUNCTION referrals_of_sample(introduction bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM referrals_referral i JOIN accounts_user u ON u.id = i.referrer_id
        LEFT JOIN accounts_organization o ON o.id = i.organization_id
        WHERE i.id = introduction AND (i.is_sample OR u.is_sample OR COALESCE(o.is_sample, false)))
$$;
CREATE FUNCTION referrals_reward_of_sample(reward bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM referrals_reward r WHERE r.id = reward AND referrals_of_sample(r.referral_id))
$$;
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
"""
GUARD = """
    IF TG_OP = 'DELETE' THEN
        IF referrals_row_of_sample(TG_TABLE_NAME, to_jsonb(OLD)) THEN
            RETURN OLD;
        END IF;
    END IF;"""


def refuse_change(guard: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION referrals_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{guard}
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def refuse_rewriting(guard: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION referrals_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{guard}
    IF TG_OP = 'UPDATE' AND NEW.text = '' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def account_stays(guard: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION referrals_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{guard}
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
"""  # noqa: S608  a text above


FORWARD = SAMPLE + refuse_change(GUARD) + refuse_rewriting(GUARD) + account_stays(GUARD)
REVERSE = (
    refuse_change("")
    + refuse_rewriting("")
    + account_stays("")
    + "DROP FUNCTION referrals_row_of_sample(text, jsonb); DROP FUNCTION referrals_holder_of_sample(text);"
    "DROP FUNCTION referrals_reward_of_sample(bigint); DROP FUNCTION referrals_of_sample(bigint);"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0032_imported_introductions_owe_nothing")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
