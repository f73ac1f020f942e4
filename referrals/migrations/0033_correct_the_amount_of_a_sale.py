"""Corrections of sales: kept for ever beside the sale they correct."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON referrals_conversioncorrection
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON referrals_conversioncorrection
    FOR EACH STATEMENT EXECUTE FUNCTION referrals_refuse_change();
"""
REVERSE = """
DROP TRIGGER refuse_change ON referrals_conversioncorrection;
DROP TRIGGER refuse_truncate ON referrals_conversioncorrection;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0032_keep_files_to_read_them_otherwise")]
    operations = [
        migrations.CreateModel(
            name="ConversionCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before_amount", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("told_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "conversion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="referrals.conversion",
                    ),
                ),
                (
                    "fact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="referrals.fact",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="a_corrected_sale_is_positive",
                    )
                ]
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
