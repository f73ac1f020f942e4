"""Default signal rules for the SLAs of introductions, for existing installations."""

from typing import Any

from django.db import migrations

from portal.teams.defaults import ensure_default_rules


def make(apps: Any, schema_editor: Any) -> None:
    ensure_default_rules(apps.get_model("teams", "Team"), apps.get_model("teams", "SignalRule"))


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0012_notes_are_append_only"),
        ("teams", "0002_default_teams_and_rules"),
    ]
    operations = [migrations.RunPython(make, migrations.RunPython.noop, elidable=False)]
