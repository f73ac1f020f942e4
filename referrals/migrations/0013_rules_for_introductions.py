"""Once made the rules for introductions; they come after every migrate now (portal.core.db.defaults)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0012_notes_are_append_only"),
        ("teams", "0002_default_teams_and_rules"),
    ]
    operations = []
