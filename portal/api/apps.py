"""The API app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "portal.api"
    label = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        from portal.api import privacy, scopes
        from portal.api import schema as schema  # noqa: PLC0414  tells drf-spectacular about the keys
        from portal.api.panels import settings_panel
        from portal.core.web import panels

        scopes.register("events:read", _("Read the log of what happened"))
        panels.register("staff_settings", name="api", order=50, render=settings_panel)
        privacy.register()
