"""Tables for the analytics: one row per introduction with its dates, and clicks by month, link and
channel.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people_and_organizations"),
        ("referrals", "0015_reference_history_is_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StaleMilestones",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("referral_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ClickMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("channel", models.CharField(blank=True, max_length=12)),
                ("verdict", models.CharField(max_length=9)),
                ("count", models.BigIntegerField(default=0)),
                ("confirmed_count", models.BigIntegerField(default=0)),
                (
                    "link",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.referrallink",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "link", "channel", "verdict"),
                        name="one_count_per_month_link_channel",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Milestones",
            fields=[
                (
                    "referral",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="milestones",
                        serialize=False,
                        to="referrals.referral",
                    ),
                ),
                ("content", models.CharField(blank=True, max_length=300)),
                ("channel", models.CharField(max_length=12)),
                ("month", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Received"),
                            ("consent_pending", "Waiting for their consent"),
                            ("accepted", "Accepted"),
                            ("qualified", "Meeting"),
                            ("opportunity", "In talks"),
                            ("won", "Won"),
                            ("live", "Live"),
                            ("declined", "Declined by the prospect"),
                            ("rejected", "Not accepted"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                            ("lost", "Did not work out"),
                            ("disqualified", "Disqualified"),
                            ("merged", "Merged"),
                        ],
                        max_length=15,
                    ),
                ),
                ("is_counted", models.BooleanField()),
                ("rank", models.PositiveSmallIntegerField()),
                ("introduced_at", models.DateTimeField()),
                ("signed_up_at", models.DateTimeField(null=True)),
                ("qualified_at", models.DateTimeField(null=True)),
                ("opportunity_at", models.DateTimeField(null=True)),
                ("won_at", models.DateTimeField(null=True)),
                ("live_at", models.DateTimeField(null=True)),
                ("rewarded_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "link",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.referrallink",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="referrals.program",
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referrer_organization",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-introduced_at", "-referral"], name="milestones_newest"),
                    models.Index(
                        condition=models.Q(("rank__gte", 4)),
                        fields=["organization"],
                        name="milestones_won",
                    ),
                ],
            },
        ),
    ]
