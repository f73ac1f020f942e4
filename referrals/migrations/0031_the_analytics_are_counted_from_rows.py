"""The analytics are counted again from rows where a service marks them; nothing is added up by triggers any more."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

ROWS = import_module("referrals.migrations.0017_changes_mark_milestones_stale")
CLICKS = import_module("referrals.migrations.0026_changes_reach_the_tallies")
EMPTY = """
DELETE FROM referrals_milestonecount; DELETE FROM referrals_waitcount; DELETE FROM referrals_clickcount;
DELETE FROM referrals_sourcecount;
"""
FORWARD = CLICKS.REVERSE + ROWS.REVERSE + EMPTY
STALE = """
INSERT INTO referrals_stalemilestones (referral_id) SELECT 0 UNION ALL SELECT id FROM referrals_referral;
"""
REVERSE = ROWS.FORWARD + CLICKS.FORWARD + STALE
MARK = """
INSERT INTO referrals_rollupmark (referral_id) SELECT NULL UNION ALL SELECT id FROM referrals_referral;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0031_everything_moves_by_its_table")]

    operations = [
        migrations.RunSQL(FORWARD, REVERSE),
        migrations.CreateModel(
            name="RollupMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("referral_id", models.BigIntegerField(null=True)),
                ("link_id", models.BigIntegerField(null=True)),
                ("month", models.DateField(null=True)),
            ],
        ),
        migrations.DeleteModel(
            name="ClickChange",
        ),
        migrations.DeleteModel(
            name="StaleMilestones",
        ),
        migrations.RemoveConstraint(
            model_name="clickcount",
            name="one_count_of_clicks_alike",
        ),
        migrations.RemoveConstraint(
            model_name="milestonecount",
            name="one_count_of_introductions_alike",
        ),
        migrations.RemoveConstraint(
            model_name="waitcount",
            name="one_count_of_waits_alike",
        ),
        migrations.RemoveIndex(
            model_name="milestonecount",
            name="milestone_counts_of_none",
        ),
        migrations.RemoveIndex(
            model_name="waitcount",
            name="wait_counts_of_none",
        ),
        migrations.RemoveIndex(
            model_name="waitcount",
            name="wait_counts_of_everything",
        ),
        migrations.RemoveField(
            model_name="milestonecount",
            name="is_without_click",
        ),
        migrations.AlterField(
            model_name="clickcount",
            name="channel",
            field=models.CharField(default=None, max_length=12),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="clickcount",
            name="month",
            field=models.DateField(default=None),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="clickcount",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=None,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.program",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="milestonecount",
            name="channel",
            field=models.CharField(default=None, max_length=12),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="milestonecount",
            name="count",
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name="milestonecount",
            name="month",
            field=models.DateField(default=None),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="milestonecount",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=None,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.program",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="sourcecount",
            name="key",
            field=models.CharField(max_length=300),
        ),
        migrations.AlterField(
            model_name="waitcount",
            name="channel",
            field=models.CharField(default=None, max_length=12),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="waitcount",
            name="count",
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name="waitcount",
            name="month",
            field=models.DateField(default=None),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="waitcount",
            name="program",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=None,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="referrals.program",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="clickcount",
            constraint=models.UniqueConstraint(
                fields=("month", "program", "channel", "verdict"), name="one_count_of_clicks_alike"
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonecount",
            constraint=models.UniqueConstraint(
                fields=("month", "program", "channel", "state", "rank", "is_paid"),
                name="one_count_of_introductions_alike",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitcount",
            constraint=models.UniqueConstraint(
                fields=("month", "program", "channel", "stage", "came", "days", "since"),
                name="one_count_of_waits_alike",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="rollupmark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("link_id", None), ("month", None)),
                    models.Q(
                        ("link_id__isnull", False), ("month__isnull", False), ("referral_id", None)
                    ),
                    _connector="OR",
                ),
                name="a_mark_is_of_an_introduction_or_of_clicks_or_of_everything",
            ),
        ),
        migrations.AddIndex(
            model_name="waitcount",
            index=models.Index(fields=["stage", "came", "days", "since"], name="waits_alike"),
        ),
        migrations.RunSQL(MARK, EMPTY),
    ]
