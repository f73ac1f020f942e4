"""The kind of a destination is the name of a registered channel, not one of a fixed list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("delivery", "0002_deliveries_move_by_their_table")]
    operations = [
        migrations.AlterField(
            "destination", "kind", models.CharField(max_length=30, verbose_name="Kind")
        ),
    ]
