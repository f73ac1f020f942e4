"""The tables of flywheel."""

import django.db.models.deletion
import portal.core.db.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StaleDays",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DailyValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("metric", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("value", models.FloatField(null=True)),
                ("n", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("metric", "day"), name="one_value_per_metric_and_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=6)),
                ("item", models.CharField(blank=True, max_length=120)),
                ("holds", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                ("subject", models.CharField(blank=True, max_length=120)),
                ("organization_id", models.BigIntegerField(null=True)),
                ("person_id", models.BigIntegerField(null=True)),
                ("referral", models.CharField(blank=True, max_length=80)),
                ("other_organization_id", models.BigIntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("subject", ""), _negated=True),
                        fields=["subject"],
                        name="evidence_of_subject",
                    ),
                    models.Index(
                        condition=models.Q(("subject", "")),
                        fields=["organization_id", "kind", "at"],
                        name="evidence_of_company",
                    ),
                    models.Index(
                        condition=models.Q(("item", ""), _negated=True),
                        fields=["item"],
                        name="evidence_of_item",
                    ),
                    models.Index(
                        condition=models.Q(("kind", "S6")),
                        fields=["other_organization_id"],
                        name="evidence_of_newcomer",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event_id", "kind", "subject"),
                        name="a_fact_is_evidence_of_a_stage_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Turn",
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
                ("subject", models.CharField(max_length=120, unique=True)),
                ("title", models.CharField(blank=True, max_length=200)),
                ("url", models.CharField(blank=True, max_length=300)),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("S1", "Voice"),
                            ("S2", "Taken up"),
                            ("S3", "Acted on"),
                            ("S4", "Notified"),
                            ("S4V", "Confirmed"),
                            ("S5", "Spoke for us"),
                            ("S6", "Won"),
                            ("S7", "Newcomer's first post"),
                        ],
                        max_length=3,
                    ),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("is_own", models.BooleanField(default=False)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="turns",
                        to="accounts.organization",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="next_turns",
                        to="flywheel.turn",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TurnStage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("S1", "Voice"),
                            ("S2", "Taken up"),
                            ("S3", "Acted on"),
                            ("S4", "Notified"),
                            ("S4V", "Confirmed"),
                            ("S5", "Spoke for us"),
                            ("S6", "Won"),
                            ("S7", "Newcomer's first post"),
                        ],
                        max_length=3,
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("by_silence", models.BooleanField(default=False)),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stages",
                        to="flywheel.turn",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Unsettled",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=140)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["tries", "id"], name="unsettled_in_order")],
            },
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(fields=["-started_at", "id"], name="turns_by_start"),
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(
                fields=["organization", "confirmed_at"], name="turns_of_organization"
            ),
        ),
        migrations.AddIndex(
            model_name="turn",
            index=models.Index(
                condition=models.Q(("confirmed_at", None), ("is_own", False)),
                fields=["started_at"],
                name="turns_unconfirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="turnstage",
            constraint=models.UniqueConstraint(
                fields=("turn", "stage"), name="a_turn_reaches_a_stage_once"
            ),
        ),
    ]
