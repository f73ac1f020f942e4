"""Entries rest on items and may name nobody any more."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("engagement", "0001_participation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "pointentry",
            "item",
            models.CharField(blank=True, max_length=120, default=""),
            preserve_default=False,
        ),
        migrations.AddField("pointentry", "holds", models.BooleanField(default=True)),
        migrations.AlterField(
            "pointentry",
            "user",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="point_entries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            "pointentry",
            models.Index(fields=["item"], condition=~Q(item=""), name="point_entries_by_item"),
        ),
    ]
