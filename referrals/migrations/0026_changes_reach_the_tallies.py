"""Database triggers: changes of clicks by month are queued for the aggregates; deleted rows or
sources trigger a rebuild.
"""

from django.db import migrations

SUM = """
    INSERT INTO referrals_clickchange (link_id, month, channel, verdict, count, confirmed_count)
    SELECT link_id, month, channel, verdict, sum(count), sum(confirmed_count) FROM ({rows}) rows
    GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0 OR sum(confirmed_count) <> 0;
"""
CAME = "SELECT link_id, month, channel, verdict, count, confirmed_count FROM came"
WENT = "SELECT link_id, month, channel, verdict, -count AS count, -confirmed_count AS confirmed_count FROM went"
# operation -> (the rows it hands over, what they make of the clicks)
CLICKS = {
    "insert": ("NEW TABLE AS came", CAME),
    "update": ("OLD TABLE AS went NEW TABLE AS came", f"{CAME} UNION ALL {WENT}"),
    "delete": ("OLD TABLE AS went", WENT),
}
# table -> what happens there seldom, and is not worth a difference: the tallies are counted anew
ANEW = {
    "referrals_milestones": "DELETE",
    "referrals_referrallink": "DELETE OR UPDATE OF program_id, user_id, content_url",
}

FORWARD = "".join(
    f"""
CREATE FUNCTION referrals_clicks_{name}_reach_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {SUM.format(rows=rows)} RETURN NULL; END $$;
CREATE TRIGGER clicks_{name}_reach_tallies AFTER {name} ON referrals_clickmonth
    REFERENCING {handed} FOR EACH STATEMENT EXECUTE FUNCTION referrals_clicks_{name}_reach_tallies();
"""
    for name, (handed, rows) in CLICKS.items()
)
FORWARD += """
CREATE FUNCTION referrals_tallies_are_counted_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO referrals_stalemilestones (referral_id) VALUES (0); RETURN NULL; END $$;
"""
FORWARD += "".join(
    f"""
CREATE TRIGGER tallies_are_counted_anew AFTER {events} ON {table}
    FOR EACH ROW EXECUTE FUNCTION referrals_tallies_are_counted_anew();
"""
    for table, events in ANEW.items()
)
REVERSE = "".join(f"DROP TRIGGER tallies_are_counted_anew ON {table};" for table in ANEW)
REVERSE += "DROP FUNCTION referrals_tallies_are_counted_anew();"
REVERSE += "".join(
    f"DROP TRIGGER clicks_{name}_reach_tallies ON referrals_clickmonth; DROP FUNCTION referrals_clicks_{name}_reach_tallies();"
    for name in CLICKS
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0025_tallies_of_introductions_and_clicks")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
