"""Stores failed refunds, whose success may be reported later; a refund may be reported without its
payment.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0023_an_unsure_payment_is_resolved_by_a_person")]
    operations = [
        migrations.CreateModel(
            name="FailedRefund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=120)),
                ("charge", models.CharField(blank=True, max_length=120)),
                ("told_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="failed_refunds",
                        to="referrals.conversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("conversion", "reference"), name="one_failed_refund_per_reference"
                    )
                ]
            },
        ),
        migrations.AddField("refund", "is_bare", models.BooleanField(default=False)),
    ]
