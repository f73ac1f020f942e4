"""The tables of events."""

import django.db.models.deletion
import portal.core.db.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
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
                ("name", models.CharField(max_length=80)),
                ("subject", models.CharField(blank=True, max_length=120)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("organization_id", models.BigIntegerField(null=True)),
                ("payload", models.JSONField(default=dict)),
                ("key", models.CharField(max_length=200, null=True, unique=True)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("is_history", models.BooleanField(db_default=False, default=False)),
                ("dispatched_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("dispatched_at", None)),
                        fields=["id"],
                        name="events_waiting",
                    ),
                    models.Index(fields=["name", "-occurred_at"], name="events_by_name"),
                    models.Index(fields=["subject", "id"], name="events_by_subject"),
                    models.Index(
                        fields=["organization_id", "-occurred_at"], name="events_by_organization"
                    ),
                    models.Index(fields=["actor_id", "-occurred_at"], name="events_by_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FailedHandling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listener", models.CharField(max_length=200)),
                ("error", models.TextField()),
                ("attempts", models.PositiveIntegerField(default=1)),
                ("next_at", models.DateTimeField(null=True)),
                ("parked_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failures",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("resolved_at", None)),
                        fields=["next_at"],
                        name="failures_to_retry",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "listener"), name="one_failure_per_event_and_listener"
                    )
                ],
            },
        ),
    ]
