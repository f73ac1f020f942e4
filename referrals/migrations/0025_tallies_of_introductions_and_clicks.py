"""Aggregates of introductions, their waits and clicks by month, program and channel; indexes for
what is not aggregated.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people_and_organizations"),
        ("referrals", "0024_refunds_that_failed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClickChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("link_id", models.BigIntegerField()),
                ("month", models.DateField()),
                ("channel", models.CharField(blank=True, max_length=12)),
                ("verdict", models.CharField(max_length=9)),
                ("count", models.BigIntegerField()),
                ("confirmed_count", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ClickCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(null=True)),
                ("channel", models.CharField(max_length=12, null=True)),
                ("verdict", models.CharField(max_length=9)),
                ("count", models.BigIntegerField()),
                ("confirmed_count", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MilestoneCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(null=True)),
                ("channel", models.CharField(max_length=12, null=True)),
                ("state", models.CharField(max_length=15)),
                ("rank", models.PositiveSmallIntegerField()),
                ("is_paid", models.BooleanField()),
                ("is_without_click", models.BooleanField()),
                ("count", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SourceCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("content", "Content"), ("referrer", "Referrer")], max_length=8
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=300)),
                ("clicked", models.BigIntegerField(default=0)),
                ("introduced", models.BigIntegerField(default=0)),
                ("signed_up", models.BigIntegerField(default=0)),
                ("won", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="WaitCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(null=True)),
                ("channel", models.CharField(max_length=12, null=True)),
                ("stage", models.CharField(max_length=11)),
                ("came", models.BooleanField()),
                ("days", models.IntegerField(null=True)),
                ("since", models.DateField(null=True)),
                ("count", models.IntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name="milestones",
            index=models.Index(fields=["month", "program", "channel"], name="milestones_by_cohort"),
        ),
        migrations.AddIndex(
            model_name="milestones",
            index=models.Index(
                condition=models.Q(("content", ""), _negated=True),
                fields=["content"],
                name="milestones_by_content",
            ),
        ),
        migrations.AddField(
            model_name="clickcount",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.program",
            ),
        ),
        migrations.AddField(
            model_name="milestonecount",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.program",
            ),
        ),
        migrations.AddIndex(
            model_name="sourcecount",
            index=models.Index(
                fields=["kind", "-won", "-introduced", "-clicked", "key"], name="sources_that_won"
            ),
        ),
        migrations.AddIndex(
            model_name="sourcecount",
            index=models.Index(
                fields=["kind", "-introduced", "key"], name="sources_that_introduced"
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcecount",
            constraint=models.UniqueConstraint(fields=("kind", "key"), name="one_count_per_source"),
        ),
        migrations.AddField(
            model_name="waitcount",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.program",
            ),
        ),
        migrations.AddConstraint(
            model_name="clickcount",
            constraint=models.UniqueConstraint(
                fields=("program", "channel", "month", "verdict"),
                name="one_count_of_clicks_alike",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="milestonecount",
            index=models.Index(
                condition=models.Q(("count", 0)), fields=["count"], name="milestone_counts_of_none"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonecount",
            constraint=models.UniqueConstraint(
                fields=(
                    "program",
                    "channel",
                    "month",
                    "state",
                    "rank",
                    "is_paid",
                    "is_without_click",
                ),
                name="one_count_of_introductions_alike",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="waitcount",
            index=models.Index(
                condition=models.Q(("count", 0)), fields=["count"], name="wait_counts_of_none"
            ),
        ),
        migrations.AddIndex(
            model_name="waitcount",
            index=models.Index(
                condition=models.Q(("channel", None), ("month", None), ("program", None)),
                fields=["stage", "came", "days", "since", "count"],
                name="wait_counts_of_everything",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitcount",
            constraint=models.UniqueConstraint(
                fields=("program", "channel", "month", "stage", "came", "days", "since"),
                name="one_count_of_waits_alike",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="waitcount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("days__gte", 0), ("since", None)),
                    models.Q(("came", False), ("days", None), ("since__isnull", False)),
                    _connector="OR",
                ),
                name="a_wait_is_over_or_has_a_beginning",
            ),
        ),
    ]
