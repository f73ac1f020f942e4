"""Context processor for the frame of every page: theme, navigation, the user's own links.

Lazy, so that a page that shows none pays for none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from portal.core.web import navigation
from portal.core.web.site_name import company_name
from portal.notifications.selectors import unread_count

THEMES = ("system", "light", "dark")
THEME_COOKIE = "hz_theme"


@lru_cache(maxsize=32)
def _address(url_name: str) -> str:
    """Return the address of a page without arguments, or nothing while that page does not exist."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def theme_of(request: HttpRequest) -> str:
    """The theme kept on the account, or in the visitor's cookie."""
    user = getattr(request, "user", None)
    chosen = (
        user.theme
        if user is not None and user.is_authenticated
        else request.COOKIES.get(THEME_COOKIE, "system")
    )
    return chosen if chosen in THEMES else "system"


def _navigation(request: HttpRequest, area: navigation.Area) -> list[dict[str, Any]]:
    return [
        {
            "key": entry.key,
            "label": entry.label,
            "url": entry.url,
            "icon": entry.icon,
            "current": entry.is_current(request.path),
            "badge": entry.badge(request) if entry.badge else 0,
        }
        for entry in navigation.entries(area, request)
    ]


def _my_links(request: HttpRequest, *, staff_area: bool) -> list[dict[str, str]]:
    user: Any = request.user
    links = [
        *(
            {"url": entry.url, "icon": entry.icon, "label": str(entry.label)}
            for entry in navigation.entries("person", request)
        ),
        {"url": _address("accounts:profile"), "icon": "settings", "label": gettext("Settings")},
    ]
    if user.is_team:
        links.append(
            {"url": _address("portal:home"), "icon": "house", "label": gettext("Customers' pages")}
            if staff_area
            else {
                "url": _address("portal:today"),
                "icon": "sunrise",
                "label": gettext("Staff pages"),
            }
        )
    return [link for link in links if link["url"]]


def _settings_links(request: HttpRequest) -> list[dict[str, str]]:
    links = [
        {"url": _address("accounts:profile"), "icon": "user", "label": gettext("Profile")},
        {"url": _address("accounts:company"), "icon": "building-2", "label": gettext("My company")},
        {
            "url": _address("notifications:preferences"),
            "icon": "bell",
            "label": gettext("Notifications"),
        },
        {"url": _address("account_email"), "icon": "mail", "label": gettext("E-mail address")},
        {"url": _address("account_change_password"), "icon": "lock", "label": gettext("Password")},
        {
            "url": _address("mfa_index"),
            "icon": "shield-check",
            "label": gettext("Two-step sign-in and passkeys"),
        },
        {
            "url": _address("usersessions_list"),
            "icon": "monitor",
            "label": gettext("Signed-in devices"),
        },
        {
            "url": _address("socialaccount_connections"),
            "icon": "link",
            "label": gettext("Connected accounts"),
        },
        {"url": _address("accounts:privacy"), "icon": "eye", "label": gettext("Privacy")},
    ]
    return [link for link in links if link["url"]]


def _unread_count(request: HttpRequest) -> int:
    if not apps.is_installed("portal.notifications"):
        return 0

    return int(unread_count(request.user))


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give base.html its frame."""
    staff_area = request.path.startswith(("/staff/", "/design/"))
    return {
        "theme": theme_of(request),
        "company_name": company_name(),
        "staff_area": staff_area,
        "navigation": SimpleLazyObject(
            lambda: _navigation(request, "staff" if staff_area else "customer")
        ),
        "my_links": SimpleLazyObject(lambda: _my_links(request, staff_area=staff_area)),
        "settings_links": SimpleLazyObject(lambda: _settings_links(request)),
        "unread_count": SimpleLazyObject(lambda: _unread_count(request)),
        "search_url": _address("search:search"),
        "notifications_url": _address("notifications:list"),
        "staff_home": _address("portal:today"),
    }
