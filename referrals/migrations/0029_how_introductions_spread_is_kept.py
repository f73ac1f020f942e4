"""Stores the latest virality counts with the time they were computed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0028_find_who_waits_for_us"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpreadCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField()),
                ("counted_at", models.DateTimeField()),
                ("numbers", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first",), name="one_count_per_window")
                ],
            },
        ),
    ]
