"""Database triggers: a change of an introduction, its company's stages, claims or rewards marks its
milestones stale.
"""

from django.db import migrations

# table -> (columns whose change matters, the introductions it concerns); "row" is NEW, or OLD after a DELETE
WATCHED = {
    "referrals_referral": (
        "program_id, kind, link_id, referrer_id, referrer_organization_id, organization_id, state, introduced_at",
        "SELECT (row_).id",
        "INSERT OR UPDATE OF {columns}",
    ),
    "referrals_step": (
        "stage, at, is_inferred",
        """SELECT r.id FROM referrals_referredorganization o JOIN referrals_referral r
            ON r.program_id = o.program_id AND r.organization_id = o.organization_id WHERE o.id = (row_).referred_id""",
        "INSERT OR DELETE OR UPDATE OF {columns}",
    ),
    "referrals_attributioncandidate": (
        "referral_id, reference, identified_at",
        "SELECT (row_).referral_id",
        "INSERT OR DELETE OR UPDATE OF {columns}",
    ),
    "referrals_reward": (
        "state, reversed_amount, state_since",
        "SELECT (row_).referral_id",
        "INSERT OR DELETE OR UPDATE OF {columns}",
    ),
}

FORWARD = "".join(
    f"""
CREATE FUNCTION {table}_marks_stale() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE row_ {table}%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN row_ := OLD; ELSE row_ := NEW; END IF;
    INSERT INTO referrals_stalemilestones (referral_id) {concerned};
    RETURN NULL;
END $$;
CREATE TRIGGER milestones_become_stale AFTER {events.format(columns=columns)} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_marks_stale();
"""
    for table, (columns, concerned, events) in WATCHED.items()
)
REVERSE = "".join(
    f"DROP TRIGGER milestones_become_stale ON {table}; DROP FUNCTION {table}_marks_stale();"
    for table in WATCHED
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0016_milestones_and_clicks_by_month")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
