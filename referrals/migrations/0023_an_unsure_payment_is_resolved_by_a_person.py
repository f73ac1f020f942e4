"""A reward whose payment outcome is unknown enters no other payment until a person records whether
it was made.

The outcome of a line is unknown when it failed without a clear refusal. Taken back meanwhile, its
reward may still turn out to be paid.
"""

from django.db import migrations, models

REWARD_MOVES = (
    "'>held', '>pending', 'pending>held', 'held>pending', 'held>approved', 'pending>approved', 'approved>available', "
    "'approved>held', 'available>reserved', 'reserved>available', 'reserved>fulfilled', 'held>reversed', "
    "'pending>reversed', 'approved>reversed', 'available>reversed', 'reversed>held', 'reversed>pending'"
)
BEFORE = f"""
CREATE OR REPLACE FUNCTION referrals_reward_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state || '>' || NEW.state NOT IN ({REWARD_MOVES}) THEN
        PERFORM referrals_refuse_move('reward', NEW.id, OLD.state, NEW.state, 'rewards_move_by_their_table');
    END IF;
    RETURN NEW;
END $$;
"""
AFTER = f"""
CREATE OR REPLACE FUNCTION referrals_reward_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state || '>' || NEW.state NOT IN ({REWARD_MOVES}) AND NOT (
        OLD.state = 'reversed' AND NEW.state = 'reserved'
        AND EXISTS (SELECT 1 FROM referrals_payoutline WHERE reward_id = NEW.id AND is_unsure))
    THEN
        PERFORM referrals_refuse_move('reward', NEW.id, OLD.state, NEW.state, 'rewards_move_by_their_table');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION referrals_unsure_is_resolved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM referrals_payoutline WHERE reward_id = NEW.reward_id AND is_unsure) THEN
        RAISE EXCEPTION 'reward % may have been paid already', NEW.reward_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_unsure_payment_is_resolved_first';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER an_unsure_payment_is_resolved_first BEFORE INSERT ON referrals_payoutline FOR EACH ROW
    EXECUTE FUNCTION referrals_unsure_is_resolved();
"""  # noqa: S608  the texts above
REVERSE = (
    "DROP TRIGGER an_unsure_payment_is_resolved_first ON referrals_payoutline;"
    "DROP FUNCTION referrals_unsure_is_resolved();"
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0022_the_database_keeps_the_rewards")]
    operations = [
        migrations.AddIndex(
            "payoutline",
            models.Index(
                fields=["reward"], condition=models.Q(is_unsure=True), name="unsure_lines"
            ),
        ),
        migrations.RunSQL(AFTER, REVERSE + BEFORE),
    ]
