"""Fills existing rows: lines take the state of their batch, rewards the holder of the account they
were posted to.
"""

from django.db import migrations

FORWARD = """
UPDATE referrals_payoutline l SET payment_id = gen_random_uuid(), state_since = COALESCE(b.closed_at, b.created_at),
    state = CASE WHEN NOT l.is_live THEN 'failed' WHEN b.state = 'settled' THEN 'settled' ELSE 'reserved' END
FROM referrals_payoutbatch b WHERE b.id = l.batch_id;
UPDATE referrals_reward r SET holder = COALESCE(
    (SELECT a.holder FROM referrals_ledgertransaction t JOIN referrals_ledgerentry e ON e.transaction_id = t.id
     JOIN referrals_ledgeraccount a ON a.id = e.account_id
     WHERE t.reward_id = r.id AND a.kind = 'member_pending' ORDER BY t.id LIMIT 1),
    CASE r.beneficiary WHEN 'donation' THEN 'donation:' || r.user_id WHEN 'person' THEN 'user:' || r.user_id
     ELSE 'organization:' || r.organization_id END, '');
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0019_payments_line_by_line")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
