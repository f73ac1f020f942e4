"""Order notifications by when the event happened, which is the time each of them shows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_quiet_hours")]
    operations = [
        migrations.AddIndex(
            "notification",
            models.Index(
                fields=["user", "-created_at", "-id"],
                condition=models.Q(("in_page", True)),
                name="notifications_by_time",
            ),
        ),
        migrations.RemoveIndex("notification", "notifications_of_a_person"),
    ]
