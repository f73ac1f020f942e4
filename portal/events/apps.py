"""The events app.

Once all apps are loaded it imports each app's `events` and `listeners` modules.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "portal.events"
    label = "events"

    def ready(self) -> None:
        autodiscover_modules("events", "listeners")
