"""Which default rows a database was given."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_long_jobs_move_by_their_table")]
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
    ]
