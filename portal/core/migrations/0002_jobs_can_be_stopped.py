"""A batch job may be stopped by a user: one more state."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0001_long_jobs")]
    operations = [
        migrations.AlterField(
            "longjob",
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
    ]
