"""A person reads her notifications by the time of what happened, which is what each of them says."""

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
