"""Navigation entries that every installation has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.web import navigation


def register() -> None:
    """Called from AppConfig.ready()."""
    navigation.register(
        "customer", key="home", label=_("Home"), url_name="portal:home", order=0, icon="house"
    )
    navigation.register(
        "staff",
        key="today",
        label=pgettext_lazy("staff page", "Today"),
        url_name="portal:today",
        order=0,
        icon="sunrise",
    )
    navigation.register(
        "staff",
        key="settings",
        label=_("Settings"),
        url_name="portal:staff_settings",
        order=90,
        icon="settings",
        prefixes=("/staff/settings/", "/staff/organizations/"),
    )
