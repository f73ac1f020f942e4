"""Browser and system in words a person recognises: "Safari · iPhone" instead of a user agent."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.translation import gettext

register = template.Library()

# In this order: every browser also claims to be those below it.
BROWSERS: Final = (
    ("Line/", "LINE"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def device(user_agent: str) -> str:
    """Return browser and system, or that the device did not say."""
    found = [
        next((name for token, name in table if token in user_agent), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return " · ".join(name for name in found if name) or gettext("Unknown device")


@register.filter
def is_handheld(user_agent: str) -> bool:
    """Say whether it is a phone or a tablet, for its icon."""
    return any(token in user_agent for token in ("iPhone", "iPad", "Android"))
