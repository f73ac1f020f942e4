"""Who helped this month is found by the date of acceptance; home looked at every topic there is."""

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
