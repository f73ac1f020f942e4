"""Makes the filled columns required: every line has a payment and a state, every reward a holder; a
person releases a payment.
"""

import uuid

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("referrals", "0020_fill_payment_lines_and_holders")]
    operations = [
        migrations.AlterField("payoutline", "payment_id", models.UUIDField(default=uuid.uuid4)),
        migrations.AlterField("payoutline", "state_since", models.DateTimeField()),
        migrations.AlterField("payoutline", "reason", models.CharField(blank=True, max_length=300)),
        migrations.AlterField("reward", "holder", models.CharField(max_length=60)),
        migrations.AddIndex(
            "payoutline", models.Index(fields=["batch", "state"], name="lines_by_batch_and_state")
        ),
        migrations.AddIndex("reward", models.Index(fields=["holder"], name="rewards_by_holder")),
        migrations.AddConstraint(
            "payoutbatch",
            models.CheckConstraint(
                condition=Q(state__in=("reserved", "failed"))
                | Q(sent_by_id__isnull=False)
                | Q(closed_by_id__isnull=False),
                name="a_person_releases_a_payment",
            ),
        ),
        migrations.AddConstraint(
            "payoutline",
            models.UniqueConstraint(
                fields=["payment_id"], condition=Q(is_live=True), name="one_live_line_per_payment"
            ),
        ),
        migrations.AddConstraint(
            "payoutline",
            models.CheckConstraint(
                condition=Q(is_live=True) & ~Q(state="failed") | Q(is_live=False, state="failed"),
                name="only_a_failed_line_is_not_live",
            ),
        ),
    ]
