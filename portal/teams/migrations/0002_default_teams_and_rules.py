"""The default five teams and rules."""

from typing import Any

from django.db import migrations

from portal.teams.defaults import ensure_default_rules


def make(apps: Any, schema_editor: Any) -> None:
    ensure_default_rules(apps.get_model("teams", "Team"), apps.get_model("teams", "SignalRule"))


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_signals_with_an_owner")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop, elidable=False)]
