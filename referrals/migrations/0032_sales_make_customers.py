"""Date customers by the sales that are known already."""

from django.db import migrations

FORWARD = """
WITH sale AS (
    SELECT r.organization_id, min(c.occurred_at) AS at
    FROM referrals_conversion c JOIN referrals_referredorganization r ON r.id = c.referred_id
    WHERE c.refunded_amount < c.amount AND EXISTS (
        SELECT 1 FROM referrals_attributioncandidate k JOIN referrals_referral i
        ON i.id = k.referral_id WHERE k.referred_id = r.id AND i.state <> 'disqualified')
    GROUP BY r.organization_id
), moved AS (
    UPDATE accounts_organization o
    SET first_sale_at = sale.at, stated_customer_at = o.became_customer_at,
        became_customer_at = LEAST(o.became_customer_at, sale.at),
        lifecycle = CASE o.lifecycle WHEN 'prospect' THEN 'onboarding' ELSE o.lifecycle END
    FROM sale, accounts_organization earlier
    WHERE o.id = sale.organization_id AND earlier.id = o.id AND NOT o.is_own
    RETURNING o.id, earlier.lifecycle AS before, o.lifecycle AS after
)
INSERT INTO accounts_lifecyclechange (organization_id, before, after, reason, at)
SELECT id, before, after, 'system:sale', now() FROM moved WHERE before <> after
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_a_sale_dates_the_customer"),
        ("referrals", "0033_sample_rows_may_be_removed"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
