"""Once made the default teams and rules; they come after every migrate now (portal.core.db.defaults)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_signals_with_an_owner")]
    operations = []
