"""Index topics by date of acceptance: the home page scanned all topics to list recent helpers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0002_stories_with_consent")]
    operations = [
        migrations.AddIndex(
            "topic",
            models.Index(
                fields=["accepted_at"],
                condition=models.Q(hidden_at=None, deleted_at=None, accepted_at__isnull=False),
                name="topics_by_acceptance",
            ),
        ),
    ]
