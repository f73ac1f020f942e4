"""The search app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "portal.search"
    label = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from portal.core.web import panels
        from portal.search.panels import settings_panel

        panels.register("staff_settings", name="synonyms", order=45, render=settings_panel)
