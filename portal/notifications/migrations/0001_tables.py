"""The tables of notifications."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("event_id", models.BigIntegerField()),
                ("title", models.CharField(blank=True, max_length=300)),
                ("url", models.CharField(blank=True, max_length=300)),
                ("data", models.JSONField(default=dict)),
                ("group_key", models.CharField(max_length=140)),
                ("in_page", models.BooleanField(default=True)),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("now", "At once"),
                            ("daily", "Once a day"),
                            ("weekly", "Once a week"),
                            ("off", "No mail"),
                        ],
                        max_length=6,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("in_page", True)),
                        fields=["user", "-created_at", "-id"],
                        name="notifications_by_time",
                    ),
                    models.Index(
                        condition=models.Q(("in_page", True), ("read_at", None)),
                        fields=["user"],
                        name="notifications_unread",
                    ),
                    models.Index(
                        condition=models.Q(("digest", ""), _negated=True),
                        fields=["digest", "user"],
                        name="notifications_for_digests",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "event_id"), name="one_notification_per_person_and_fact"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("in_page", models.BooleanField(default=True)),
                (
                    "mail",
                    models.CharField(
                        choices=[
                            ("now", "At once"),
                            ("daily", "Once a day"),
                            ("weekly", "Once a week"),
                            ("off", "No mail"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind"), name="one_preference_per_person_and_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mail__in", ["now", "daily", "weekly", "off"])),
                        name="mail_frequency_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuietHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("begins", models.PositiveSmallIntegerField()),
                ("ends", models.PositiveSmallIntegerField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("begins__lt", 24), ("ends__lt", 24)),
                        name="quiet_hours_are_on_the_clock",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("begins", models.F("ends")), _negated=True),
                        name="quiet_hours_have_a_length",
                    ),
                ],
            },
        ),
    ]
