"""The tables of engagement."""

import django.db.models.deletion
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
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("score", models.FloatField(default=0.0)),
                ("last_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participation",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participation",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("organization", None)),
                        fields=["-score"],
                        name="people_by_participation",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organization__isnull", False), ("user", None)),
                            models.Q(("organization", None), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="participation_is_of_a_person_or_a_company",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PointEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("event_name", models.CharField(max_length=80)),
                ("counterpart_id", models.BigIntegerField(null=True)),
                ("weight", models.FloatField()),
                ("at", models.DateTimeField()),
                ("item", models.CharField(blank=True, max_length=120)),
                ("holds", models.BooleanField(default=True)),
                ("counted", models.BooleanField(default=False)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="point_entries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["user", "event_name", "at"], name="point_entries_by_person"
                    ),
                    models.Index(fields=["organization", "at"], name="point_entries_by_company"),
                    models.Index(
                        condition=models.Q(("item", ""), _negated=True),
                        fields=["item"],
                        name="point_entries_by_item",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event_id", "user"), name="a_fact_counts_once_for_a_person"
                    )
                ],
            },
        ),
    ]
