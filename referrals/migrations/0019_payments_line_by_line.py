"""Payments are carried out line by line, by a service if the program has one; rewards name their
ledger account.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0001_destinations_deliveries_attempts"),
        ("referrals", "0018_fill_milestones_and_clicks_by_month"),
    ]
    operations = [
        migrations.CreateModel(
            name="PayoutRoute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("changed_by_id", models.BigIntegerField(null=True)),
                (
                    "destination",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="delivery.destination",
                    ),
                ),
                (
                    "program",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="payout_route",
                        to="referrals.program",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            "payoutbatch",
            "state",
            models.CharField(
                choices=[
                    ("reserved", "Reserved"),
                    ("sending", "Being paid"),
                    ("settled", "Paid"),
                    ("failed", "Failed"),
                ],
                default="reserved",
                max_length=8,
            ),
        ),
        migrations.AddField("payoutbatch", "sent_at", models.DateTimeField(null=True)),
        migrations.AddField("payoutbatch", "sent_by_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "payoutline",
            "delivery",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="delivery.delivery",
            ),
        ),
        migrations.AddField("payoutline", "is_unsure", models.BooleanField(default=False)),
        migrations.AddField("payoutline", "payment_id", models.UUIDField(null=True)),
        migrations.AddField(
            "payoutline", "reason", models.CharField(blank=True, default="", max_length=300)
        ),
        migrations.AddField(
            "payoutline",
            "state",
            models.CharField(
                choices=[
                    ("reserved", "Reserved"),
                    ("sent", "Sent"),
                    ("settled", "Paid"),
                    ("failed", "Failed"),
                ],
                default="reserved",
                max_length=8,
            ),
        ),
        migrations.AddField("payoutline", "state_since", models.DateTimeField(null=True)),
        migrations.AddField("reward", "holder", models.CharField(default="", max_length=60)),
    ]
