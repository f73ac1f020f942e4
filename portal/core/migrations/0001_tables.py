"""The tables of core."""

import portal.core.db.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="InstalledDefault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=120, unique=True)),
                ("version", models.PositiveIntegerField()),
                ("values", models.JSONField(default=dict)),
                ("installed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BusinessCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True)),
                ("zone_name", models.CharField(max_length=60, verbose_name="Time zone")),
                (
                    "country",
                    models.CharField(blank=True, max_length=2, verbose_name="Public holidays of"),
                ),
                ("subdivision", models.CharField(blank=True, max_length=10, verbose_name="Region")),
                ("weekdays", models.CharField(max_length=7, verbose_name="Working days")),
                ("opens", models.PositiveSmallIntegerField(verbose_name="Opens")),
                ("closes", models.PositiveSmallIntegerField(verbose_name="Closes")),
                (
                    "closed_days",
                    models.TextField(blank=True, max_length=8000, verbose_name="Also closed"),
                ),
                (
                    "open_days",
                    models.TextField(blank=True, max_length=8000, verbose_name="Open all the same"),
                ),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__lte", 1440), ("opens__lt", models.F("closes"))
                        ),
                        name="an_office_opens_before_it_closes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekdays__regex", "^1?2?3?4?5?6?7?$"),
                            models.Q(("weekdays", ""), _negated=True),
                        ),
                        name="an_office_works_on_some_weekday",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^([A-Z]{2})?$")),
                        name="a_country_is_two_letters",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LongJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(default=portal.core.db.ids.uuid7, editable=False, unique=True),
                ),
                ("kind", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("stopped", "Stopped"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=120)),
                ("data", models.JSONField(default=dict)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("created_count", models.PositiveIntegerField(default=0)),
                ("updated_count", models.PositiveIntegerField(default=0)),
                ("skipped_count", models.PositiveIntegerField(default=0)),
                ("failed_count", models.PositiveIntegerField(default=0)),
                ("errors", models.JSONField(default=list)),
                ("started_by_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("heartbeat_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("url", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["heartbeat_at"],
                        name="long_jobs_under_way",
                    )
                ],
            },
        ),
    ]
